import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { defaultCatalogueFolder, loadCatalogue } from '@motcua/firmware-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDigitiser } from '../digitiser.ts';
import { loadKinds } from './load-kinds.ts';
import { kinds, understand, valuesOf } from './understanding-test-bench.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinds-'));
});
afterAll(() => rm(folder, { recursive: true }));

const INVITATION = {
  code: 'invitation',
  name: { vi: 'Giấy mời', en: 'Invitation' },
  titles: ['giay moi hop'],
  anchors: ['kinh moi', 'thoi gian', 'dia diem'],
  roles: { guest: { name: { vi: 'Khách', en: 'Guest' }, submits: true } },
  fields: [
    { name: 'guest.fullName', labels: ['kinh moi'] },
    'guest.birthDate',
    { name: 'room', label: { vi: 'Địa điểm', en: 'Place' }, type: 'text', labels: ['dia diem'] },
  ],
};

describe('a kind of one’s own', () => {
  it('is one file in a folder: it is recognised and its fields are read', async () => {
    await writeFile(join(folder, 'invitation.json'), JSON.stringify(INVITATION));
    const { kind, fields } = understand(
      'GIẤY MỜI HỌP\nKính mời: Ông Lê Văn Tám\nNgày sinh: 02/03/1980\nĐịa điểm: Phòng 204, dãy B',
      unwrap(loadKinds(folder)),
    );
    expect(kind).toMatchObject({ code: 'invitation', name: { en: 'Invitation' } });
    expect(valuesOf(fields)).toEqual({
      'guest.fullName': 'Lê Văn Tám',
      'guest.birthDate': '1980-03-02',
      room: 'Phòng 204, dãy B',
    });
    expect(fields[0]?.person).toEqual({
      role: 'guest',
      name: { vi: 'Khách', en: 'Guest' },
      submits: true,
    });
  });

  it.each([
    [
      'a field of unknown type',
      { fields: [{ name: 'room', label: INVITATION.name, type: 'colour', labels: [] }] },
      'fields.0',
    ],
    ['a label with tones', { titles: ['giấy mời'] }, 'titles.0'],
    ['a field of a role that there is not', { fields: ['host.fullName'] }, '"host" is none of the roles'],
    ['a field that nobody explains', { fields: ['guest.shoeSize'] }, 'fields.0: "guest.shoeSize"'],
    [
      'a check of a field that there is not',
      { checks: [{ check: 'dates-in-order', earlier: 'a', later: 'b' }] },
      'checks.0',
    ],
    ['two submitters', { roles: { guest: INVITATION.roles.guest, host: INVITATION.roles.guest } }, 'roles'],
    ['a word that is no setting', { colour: 'red' }, 'colour'],
    ['another code than its file’s', { code: 'letter' }, 'code'],
  ])('that is broken by %s is refused at the start, by file and place', async (_, fault, place) => {
    await writeFile(join(folder, 'invitation.json'), JSON.stringify({ ...INVITATION, ...fault }));
    const loaded = loadKinds(folder);
    expect(loaded).toMatchObject({ ok: false, error: { code: 'kinds-invalid' } });
    const message = loaded.ok ? '' : loaded.error.message;
    expect(message).toContain(join(folder, 'invitation.json'));
    expect(message).toContain(place);
    expect(() => createDigitiser({ kindsFolder: folder })).toThrow('invitation.json');
  });

  it('that is no JSON, or a folder that there is not, is refused too', async () => {
    await writeFile(join(folder, 'invitation.json'), '{ "code": ');
    expect(loadKinds(folder)).toMatchObject({ ok: false });
    expect(loadKinds(join(folder, 'none'))).toMatchObject({ ok: false });
  });
});

it('every kind that the catalogue expects can be recognised', () => {
  const catalogue = unwrap(loadCatalogue(defaultCatalogueFolder(), '2026-11-01'));
  const codes = kinds.kinds.map(({ code }) => code);
  for (const { papers } of catalogue.procedures)
    for (const paper of papers) for (const kind of paper.kinds) expect(codes, paper.code).toContain(kind);
});
