import { writeFile } from 'node:fs/promises';
import { unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE_PICTURE } from '../../imaging/sheet.ts';
import type { DigitisedPage } from '../../page.ts';
import { composePdf } from '../../pdf/compose-pdf.ts';
import { openPadesBench, type PadesBench } from '../pades/pades-test-bench.ts';
import { askBouncyCastle, askPreflight } from './outside-test-bench.ts';

/** Our documents under the eyes of programs that are not ours. */
let bench: PadesBench;
beforeAll(async () => {
  bench = await openPadesBench();
  const picture = bench.at('page.jpg');
  const size = { width: 400, height: 600 };
  await sharp({ create: { ...size, channels: 3, background: '#d8e0c0' } })
    .jpeg()
    .toFile(picture);
  const page: DigitisedPage = {
    ...size,
    dpi: 200,
    imageFile: picture,
    thumbnailFile: picture,
    skew: 0,
    rotation: 0,
    lines: [{ words: [{ text: 'Nguyễn', box: { x: 40, y: 40, width: 120, height: 30 }, confidence: 90 }] }],
    text: '',
    confidence: 90,
    kind: { code: 'unknown', name: { vi: '', en: '' }, score: 0 },
    fields: [],
    codes: [],
    sheet: WHOLE_PICTURE,
    engine: { name: 'tesseract.js', version: '7.0.0' },
    milliseconds: 0,
  };
  const meta = {
    title: 'Giấy khai sinh',
    language: 'vi-VN',
    createdAt: new Date(),
    producer: 'Một Cửa Kiosk',
  };
  unwrap(await composePdf([page], meta, bench.at('own.pdf'), { level: '1b' }));
});
afterAll(() => bench.close());

describe('our own PDF/A', () => {
  it('stays one, for PDFBox Preflight, through two signatures and all their levels', async () => {
    const [kiosk, officer] = [await bench.key('kiosk'), await bench.key('officer')];
    await bench.sign('own.pdf', 'one.pdf', kiosk);
    expect(await askPreflight(bench.at('one.pdf'))).toBe('The file one.pdf is a valid PDF/A-1b file');
    const bytes = await bench.sign('one.pdf', 'two.pdf', officer);
    expect(await askPreflight(bench.at('two.pdf'))).toBe('The file two.pdf is a valid PDF/A-1b file');
    expect(bench.verify(bytes).signatures.map(({ level, changes }) => [level, changes])).toEqual([
      ['B-LTA', []],
      ['B-LTA', []],
    ]);
  });
});

describe('BouncyCastle', () => {
  const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  const p384 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'];

  it('accepts signatures and time-stamps of every kind of key, and none over other bytes', async () => {
    const files: string[] = [];
    for (const [name, newKey, padding] of [
      ['pss', rsa, 'pss'],
      ['rsa', rsa, 'pkcs1'],
      ['p384', p384, 'pss'],
    ] as const) {
      const key = await bench.key(`bc-${name}`, { newKey }, padding);
      const bytes = await bench.sign('table.pdf', `${name}.pdf`, key, 'B-T');
      const [a, b, c] = /\/ByteRange \[0 (\d+) (\d+) (\d+)\]/
        .exec(bytes.toString('latin1'))!
        .slice(1)
        .map(Number);
      const cms = Buffer.from(bytes.toString('latin1', a! + 1, b! - 1), 'hex');
      const content = Buffer.concat([bytes.subarray(0, a), bytes.subarray(b!, b! + c!)]);
      files.push(bench.at(`${name}.p7s`), bench.at(`${name}.content`));
      await writeFile(bench.at(`${name}.p7s`), cms);
      await writeFile(bench.at(`${name}.content`), content);
    }
    await writeFile(bench.at('other'), 'other');
    const told = await askBouncyCastle(...files, files[0]!, bench.at('other'));
    expect(told.split('\n')).toEqual([
      ...['1.2.840.113549.1.1.10', '1.2.840.113549.1.1.11', '1.2.840.10045.4.3.3'].flatMap((oid) => [
        `signature holds ${oid}`,
        'time-stamp holds',
        'crls 0',
      ]),
      expect.stringContaining('refused: message-digest attribute value does not match'),
    ]);
  });
});
