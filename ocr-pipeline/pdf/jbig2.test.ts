import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bilevel } from '../imaging/ink-layers.ts';
import { listSpecimens } from '../specimens/index.ts';
import { encodeJbig2 } from './jbig2.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-jbig2-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The smallest PDF around the streams, one page each; poppler rebuilds the missing cross-reference table. */
async function decodedByPoppler(images: readonly Bilevel[]): Promise<readonly Bilevel[]> {
  const parts: Uint8Array[] = [Buffer.from('%PDF-1.4\n')];
  const put = (text: string) => parts.push(Buffer.from(text, 'latin1'));
  put('1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n');
  put(
    `2 0 obj <</Type/Pages/Count ${images.length}/Kids[${images.map((_, at) => `${3 + 3 * at} 0 R`).join(' ')}]>> endobj\n`,
  );
  for (const [at, image] of images.entries()) {
    const first = 3 + 3 * at;
    const code = encodeJbig2(image);
    put(`${first} 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents ${first + 1} 0 R`);
    put(`/Resources<</XObject<</I ${first + 2} 0 R>>>>>> endobj\n`);
    put(`${first + 1} 0 obj <</Length 26>> stream\nq 100 0 0 100 0 0 cm /I Do\nendstream endobj\n`);
    put(`${first + 2} 0 obj <</Type/XObject/Subtype/Image/Width ${image.width}/Height ${image.height}`);
    put(`/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/JBIG2Decode/Length ${code.length}>> stream\n`);
    parts.push(code);
    put('\nendstream endobj\n');
  }
  put('trailer <</Root 1 0 R>>\n');
  const file = join(folder, 'images.pdf');
  await writeFile(file, Buffer.concat(parts));
  unwrap(await exec('pdfimages', ['-png', file, join(folder, 'image')], { timeoutMs: 30_000 }));
  return Promise.all(
    images.map(async (_, at) => {
      const { data, info } = await sharp(join(folder, `image-${String(at).padStart(3, '0')}.png`))
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data: data.map((value) => (value < 128 ? 1 : 0)) };
    }),
  );
}

function sameAs(one: Bilevel, other: Bilevel): boolean {
  return (
    one.width === other.width && one.height === other.height && Buffer.compare(one.data, other.data) === 0
  );
}

test('any bilevel image comes back pixel for pixel from another decoder', async () => {
  const side = fc.integer({ min: 1, max: 70 });
  const image = fc
    .tuple(side, side, fc.integer({ min: 0, max: 8 }), fc.boolean())
    .chain(([width, height, ink, streaks]) =>
      fc
        .array(fc.integer({ min: 0, max: 8 }), { minLength: width * height, maxLength: width * height })
        .map((values) => {
          const data = Uint8Array.from(values, (value) => (value < ink ? 1 : 0));
          // Rows that repeat the one above exercise typical prediction.
          if (streaks)
            for (let at = width; at < data.length; at += 1)
              if (at % (3 * width) >= width) data[at] = data[at - width]!;
          return { width, height, data };
        }),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(image, { minLength: 20, maxLength: 40 }), async (images) => {
      const decoded = await decodedByPoppler(images);
      expect(images.map((one, at) => sameAs(one, decoded[at]!))).toEqual(images.map(() => true));
    }),
    { numRuns: 8, seed: 11, endOnFailure: true },
  );
});

test('a page of text comes back pixel for pixel and smaller than fax coding', async () => {
  const specimen = listSpecimens().find(({ name }) => name === '13-contract')!;
  const page = sharp(specimen.file).toColourspace('b-w').threshold(140);
  const fax = await page.clone().tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer();
  const { data, info } = await page.raw().toBuffer({ resolveWithObject: true });
  const image = { width: info.width, height: info.height, data: data.map((value) => (value < 128 ? 1 : 0)) };
  const [decoded] = await decodedByPoppler([image]);
  expect(sameAs(image, decoded!)).toBe(true);
  expect(encodeJbig2(image).length).toBeLessThan(fax.length * 0.8);
});
