import { type CitizenCard, type Mrz, mrzCheckDigit, parseCitizenCard, parseMrz, unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { crossCheck } from './cross-check.ts';
import type { HolderDetails } from './files/dg13.ts';

const TODAY = '2026-11-23';

const qrOf = (name: string, number = '031188004321', birth = '09111988', sex = 'Nữ'): CitizenCard =>
  unwrap(parseCitizenCard(`${number}||${name}|${birth}|${sex}|Hải Phòng|02052021`, TODAY));

function mrzOf(nameLine: string, number = '031188004321', birth = '881109', sex = 'F'): Mrz {
  const digit = (text: string) => `${text}${mrzCheckDigit(text)}`;
  const first = `IDVNM${digit(number.slice(3))}${number}<<${mrzCheckDigit(number)}`;
  const [born, expires] = [digit(birth), digit('281109')];
  const composite = mrzCheckDigit(`${first.slice(5)}${born}${expires}${'<'.repeat(11)}`);
  return unwrap(
    parseMrz(
      [first, `${born}${sex}${expires}VNM${'<'.repeat(11)}${composite}`, nameLine.padEnd(30, '<')],
      TODAY,
    ),
  );
}

const holderOf = (name: string): HolderDetails => ({
  number: '031188004321',
  name,
  birthDate: '1988-11-09',
  sex: 'female',
  nationality: null,
  ethnicity: null,
  religion: null,
  placeOfOrigin: null,
  residence: null,
  identifyingMarks: null,
  issueDate: null,
  expiryDate: null,
  father: null,
  mother: null,
  spouse: null,
  oldNumber: null,
  texts: new Map(),
});

describe('QR, DG1 and DG13', () => {
  it('agree, wherever the tone mark stands and whatever the case', () => {
    expect(
      crossCheck({ qr: qrOf('Phạm Thị Hòa'), mrz: mrzOf('PHAM<<THI<HOA'), holder: holderOf('PHẠM THỊ HOÀ') }),
    ).toEqual([]);
  });

  it.each([
    ['a name of another tone', qrOf('Phạm Thị Hóa'), 'name', ['qr', 'dg13']],
    ['another number', qrOf('Phạm Thị Hòa', '031188004322'), 'number', ['qr', 'dg1']],
    ['another birth date', qrOf('Phạm Thị Hòa', '031188004321', '10111988'), 'birth-date', ['qr', 'dg1']],
    ['another sex', qrOf('Phạm Thị Hòa', '031188004321', '09111988', 'Nam'), 'sex', ['qr', 'dg13']],
    ['another person’s name', qrOf('Phạm Thị Hoan'), 'name', ['qr', 'dg1']],
  ])('are told apart by %s', (_, qr, field, between) => {
    const found = crossCheck({ qr, mrz: mrzOf('PHAM<<THI<HOA'), holder: holderOf('Phạm Thị Hòa') });
    expect(found).toContainEqual({ field, between });
    expect(found.every((each) => each.field === field)).toBe(true);
  });

  it('a name that the zone had to cut is still the same', () => {
    const holder = holderOf('Công Tằng Tôn Nữ Đoàn Thị Phương Thảo Nguyên');
    expect(crossCheck({ mrz: mrzOf('CONG<<TANG<TON<NU<DOAN<THI<PHU'), holder })).toEqual([]);
    expect(crossCheck({ mrz: mrzOf('CONG<<TANG<T<N<D<T<PHUONG<THAO'), holder })).toEqual([]);
    expect(crossCheck({ mrz: mrzOf('CONG<<TANG<TON<NU<DOAN<THI<LAN'), holder })).toHaveLength(1);
  });

  it('what was not read contradicts nothing', () => {
    expect(crossCheck({ qr: qrOf('Phạm Thị Hòa'), mrz: null, holder: null })).toEqual([]);
  });
});
