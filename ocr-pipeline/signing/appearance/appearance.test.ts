import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, systemClock, unwrap } from '@motcua/core';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE_PICTURE } from '../../imaging/sheet.ts';
import type { DigitisedPage } from '../../page.ts';
import { composePdf } from '../../pdf/compose-pdf.ts';
import { preflight } from '../../pdf/preflight-test-bench.ts';
import { makeSelfSigned } from '../self-signed.ts';
import type { SigningKey } from '../signing-key.ts';
import { softwareKey } from '../software-key.ts';
import { placeBlock } from './block-layout.ts';
import { readSealImage } from './seal-image.ts';
import { signVisibly } from './sign-visibly.ts';
import { createTextFont } from './tinos.ts';

let folder: string;
let key: SigningKey;
const time = new Date('2026-10-08T02:04:05Z');
const officer = {
  role: 'officer',
  fullName: 'Nguyễn Thị Thanh Hường',
} as const;
const agency = { role: 'agency', form: 'SAO Y', agency: 'Ủy ban nhân dân phường Tân Hưng' } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appearance-'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = makeSelfSigned({ id: 'x', name: 'Người ký', privateKey, now: systemClock.now() });
  key = softwareKey(privateKey, [new X509Certificate(der)], 'ecdsa-p256-sha256');
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe('the visible block', () => {
  it('of the officer and the agency, one after the other, keeps PDF/A-1b and every byte before it', async () => {
    await paper('a4.pdf', 1_654, 2_339);
    await sign('a4.pdf', 'officer.pdf', { ...officer, time });
    await sign('officer.pdf', 'both.pdf', { ...agency, time });
    const [before, after] = [await readFile(at('a4.pdf')), await readFile(at('both.pdf'))];
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expect(await preflight(at('both.pdf'))).toBe('The file both.pdf is a valid PDF/A-1b file');
    const [left, right] = [await words('both.pdf', 0, 827), await words('both.pdf', 827, 827)];
    expect(left).toBe(
      'ĐÃ SỐ HÓA TỪ BẢN GIẤY Người chuyển đổi: Nguyễn Thị Thanh Hường Thời gian: 08.10.2026 09:04:05 +07:00',
    );
    expect(right).toBe('SAO Y Ủy ban nhân dân phường Tân Hưng 08.10.2026 09:04:05 +07:00');
    const seen = unwrap(
      await exec('pdfsig', ['-nocert', at('both.pdf')], { timeoutMs: 20_000 }),
    ).stdout.toString();
    expect(seen.match(/Signature is Valid/g)).toHaveLength(2);
    const fonts = unwrap(await exec('pdffonts', [at('both.pdf')], { timeoutMs: 20_000 })).stdout.toString();
    // Embedded, a subset, with Unicode.
    expect(fonts).toMatch(/SIGNTR\+Tinos-Regular +CID TrueType +Identity-H +yes yes yes/);
  });

  it('of the profile tt02 shows the red seal at actual size, without transparency', async () => {
    const dpi = 300;
    const diameter = Math.round((36 / 25.4) * dpi);
    const ring = `<svg xmlns="http://www.w3.org/2000/svg" width="${diameter}" height="${diameter}"><circle cx="50%" cy="50%" r="${diameter / 2 - 12}" fill="none" stroke="#d3122a" stroke-width="20"/></svg>`;
    const png = await sharp(Buffer.from(ring)).png().withMetadata({ density: dpi }).toBuffer();
    await paper('sealed-from.pdf', 1_654, 2_339);
    await sign('sealed-from.pdf', 'sealed.pdf', { ...agency, time }, unwrap(await readSealImage(png)));
    expect(await preflight(at('sealed.pdf'))).toBe('The file sealed.pdf is a valid PDF/A-1b file');
    // Drawn again: red pixels over 36 mm at the right edge, the paper's colour inside the ring.
    const drawn = unwrap(
      await exec('pdftoppm', ['-r', '100', '-singlefile', '-png', at('sealed.pdf')], {
        timeoutMs: 20_000,
        maxOutputBytes: 9_999_999,
      }),
    ).stdout;
    const { data, info } = await sharp(drawn).raw().toBuffer({ resolveWithObject: true });
    const red = (x: number, y: number) => {
      const [r, g, b] = data.subarray(
        (y * info.width + x) * info.channels,
        (y * info.width + x) * info.channels + 3,
      );
      return r! > 150 && g! < 90 && b! < 90;
    };
    const columns = Array.from({ length: info.width }, (_, x) => x).filter((x) =>
      Array.from({ length: 300 }, (_, y) => y).some((y) => red(x, y)),
    );
    const across = columns.at(-1)! - columns[0]! + 1;
    expect(Math.abs(across - ((36 - (24 / dpi) * 25.4) / 25.4) * 100)).toBeLessThanOrEqual(10);
    expect(columns[0]).toBeGreaterThan(info.width * 0.75);
  });

  it.each([
    [
      'a photograph',
      'seal-image-unreadable',
      async () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .jpeg()
          .toBuffer(),
    ],
    [
      'a picture whose size nobody stated',
      'seal-image-without-size',
      async () =>
        sharp({ create: { width: 9, height: 9, channels: 4, background: 'red' } })
          .png()
          .toBuffer(),
    ],
    ['nothing', 'seal-image-unreadable', async () => Buffer.alloc(0)],
  ])('takes no seal from %s', async (_, code, make) => {
    const seal = await readSealImage(await make());
    expect(seal.ok || seal.error.code).toBe(code);
  });

  it('stays on its half of papers of any size, and never covers more than a third of one', () => {
    const { width } = createTextFont();
    fc.assert(
      fc.property(
        fc.integer({ min: 150, max: 3_000 }),
        fc.integer({ min: 140, max: 3_000 }),
        fc.lorem({ maxCount: 12 }),
        (pageWidth, pageHeight, name) => {
          const page = { width: pageWidth, height: pageHeight };
          const lines = ['ĐÃ SỐ HÓA TỪ BẢN GIẤY', `Người chuyển đổi: ${name}`, '08.10.2026 09:04:05 +07:00'];
          const [left, right] = (['left', 'right'] as const).map((side) =>
            placeBlock({ page, side, lines, widthOf: width }),
          );
          expect(left!.rect[2]).toBeLessThan(right!.rect[0]);
          for (const { rect } of [left!, right!]) {
            expect(rect[0]).toBeGreaterThanOrEqual(0);
            expect(rect[2]).toBeLessThanOrEqual(pageWidth);
            expect(rect[3]).toBeLessThanOrEqual(pageHeight);
            expect(rect[3] - rect[1]).toBeLessThanOrEqual(pageHeight / 2);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has every letter that Vietnamese names are written with', () => {
    const letters =
      'ăâđêôơưĂÂĐÊÔƠƯ' +
      [...'aăâeêioôơuưyAĂÂEÊIOÔƠUƯY']
        .flatMap((base) =>
          ['\u0300', '\u0301', '\u0303', '\u0309', '\u0323'].map((tone) => (base + tone).normalize('NFC')),
        )
        .join('');
    const font = createTextFont();
    const missing = font.encode('?');
    expect([...letters].filter((letter) => font.encode(letter) === missing)).toEqual([]);
    expect(font.encode('漢')).toBe(missing);
  });
});

async function paper(name: string, width: number, height: number): Promise<void> {
  const image = at(`${name}.jpg`);
  await sharp({ create: { width, height, channels: 3, background: '#f4f1e6' } })
    .jpeg()
    .toFile(image);
  const page: DigitisedPage = {
    imageFile: image,
    thumbnailFile: image,
    width,
    height,
    dpi: 200,
    skew: 0,
    rotation: 0,
    lines: [],
    text: '',
    confidence: 90,
    kind: { code: 'unknown', name: { vi: '', en: '' }, score: 0 },
    fields: [],
    codes: [],
    sheet: WHOLE_PICTURE,
    engine: { name: 'tesseract.js', version: '7.0.0' },
    milliseconds: 0,
  };
  const meta = { title: 'Giấy', language: 'vi-VN', createdAt: time, producer: 'Một Cửa Kiosk' };
  unwrap(await composePdf([page], meta, at(name), { level: '1b' }));
}

async function sign(
  from: string,
  to: string,
  content: Parameters<typeof signVisibly>[0]['content'],
  seal?: Parameters<typeof signVisibly>[0]['seal'],
) {
  unwrap(
    await signVisibly({
      from: at(from),
      to: at(to),
      key,
      content,
      seal,
      signerName: 'Người ký',
      authorities: null,
    }),
  );
}

/** What pdftotext reads in a strip of the first page, in pixels at 200 dpi; annotations are part of it once drawn. */
async function words(file: string, x: number, width: number): Promise<string> {
  const flat = at(`flat-${file}`);
  unwrap(await exec('qpdf', ['--flatten-annotations=all', at(file), flat], { timeoutMs: 20_000 }));
  const area = ['-r', '200', '-x', String(x), '-y', '0', '-W', String(width), '-H', '800'];
  const read = unwrap(await exec('pdftotext', [...area, flat, '-'], { timeoutMs: 20_000 }));
  return read.stdout.toString('utf8').trim().replace(/\s+/g, ' ').normalize('NFC');
}
