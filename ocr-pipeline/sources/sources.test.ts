import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DigitisedPage, PictureLayer } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { encodeJbig2 } from '../pdf/jbig2.ts';
import { forgeTiff } from './forge-tiff.ts';
import { importPage } from './import-page.ts';
import { faultOf } from './pdfinfo.ts';
import { planSources } from './plan-sources.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-sources-'));
});
afterAll(() => rm(folder, { recursive: true }));

const bars = (width: number, height: number, every: number) =>
  new Uint8Array(width * height).map((_, at) => ((at % width) % every < every / 2 ? 0 : 255));
const page = (width: number, height: number, every: number, over = {}) => ({
  width,
  height,
  data: bars(width, height, every),
  ...over,
});

async function put(name: string, data: Uint8Array | string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, data);
  return file;
}

async function codes(files: readonly string[], max = 500) {
  return (await planSources(files, max)).map((source) => {
    if (source.kind === 'refused') return source.error.code;
    return source.kind === 'page' ? `page ${source.page}/${source.pages} at ${source.index}` : source.why;
  });
}

async function grey(file: string) {
  const { data, info } = await sharp(file).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

async function makePdf(name: string, over: readonly Partial<DigitisedPage>[]): Promise<string> {
  const imageFile = join(folder, 'white.jpg');
  await sharp({ create: { width: 400, height: 600, channels: 3, background: '#eee' } })
    .jpeg()
    .toFile(imageFile);
  const base = { imageFile, width: 400, height: 600, dpi: 150, lines: [] };
  const meta = { title: name, language: 'vi-VN', createdAt: new Date(0), producer: 'test' };
  const pages = over.map((each) => ({ ...base, ...each }) as unknown as DigitisedPage);
  return unwrap(await composePdf(pages, meta, join(folder, name))).file;
}

const text = {
  lines: [{ words: [{ text: 'Chữ', box: { x: 9, y: 9, width: 60, height: 20 }, confidence: 90 }] }],
};

describe('TIFF', () => {
  test('every page becomes a page, previews do not', async () => {
    const tiff = forgeTiff([page(200, 300, 20), page(130, 150, 20, { preview: true }), page(240, 320, 8)]);
    const file = await put('pages.tif', tiff);
    expect(await codes([file])).toEqual(['page 1/2 at 0', 'page 2/2 at 2']);
    const second = unwrap(await importPage(file, 2, join(folder, 'second')));
    expect(await grey(second)).toEqual({ width: 240, height: 320, data: bars(240, 320, 8) });
    expect(await sharp(second).metadata()).toMatchObject({ density: 200 });
  });

  test('a fax of 204 × 98 dpi gets square pixels and stays black and white, row for row', async () => {
    const fax = page(432, 250, 6, { bilevel: true, horizontal: 204, vertical: 102 });
    const file = await put('fax.tif', forgeTiff([fax]));
    const square = unwrap(await importPage(file, 0, join(folder, 'fax-page')));
    expect(await sharp(square).metadata()).toMatchObject({ bitsPerSample: 1, channels: 1, density: 204 });
    expect(await grey(square)).toEqual({ width: 432, height: 500, data: bars(432, 500, 6) });
  });

  test('one page with square pixels is used as it is', async () => {
    const file = await put('one.tif', forgeTiff([page(200, 300, 10)]));
    expect(unwrap(await importPage(file, 0, join(folder, 'unused')))).toBe(file);
  });

  test('where directories run in circles or out of the file, the pages before are taken and the rest is named', async () => {
    const sound = forgeTiff([page(200, 300, 10)]);
    const circle = Buffer.from(sound);
    const directory = circle.readUInt32LE(4);
    circle.writeUInt32LE(directory, directory + 2 + 13 * 12);
    const beyond = Buffer.from(sound);
    beyond.writeUInt32LE(0x7fff_fff0, directory + 2 + 13 * 12);
    const files = [await put('circle.tif', circle), await put('beyond.tif', beyond)];
    expect(await codes(files)).toEqual([
      'page 1/1 at 0',
      'page-truncated',
      'page 1/1 at 0',
      'page-truncated',
    ]);
    const first = unwrap(await importPage(files[0]!, 0, join(folder, 'before-circle')));
    expect(await grey(first)).toEqual({ width: 200, height: 300, data: bars(200, 300, 10) });
  });
});

describe('PDF', () => {
  test('pages that are pictures come out at their own resolution, black and white ones pixel for pixel', async () => {
    const width = 400;
    const shape = new Uint8Array(width * 600).map((_, at) => ((at * 7) % 11 < 4 ? 1 : 0));
    const jb2 = await put('shape.jb2', encodeJbig2({ width, height: 600, data: shape }));
    const layer: PictureLayer = { kind: 'bilevel', file: jb2, width, height: 600 };
    const file = await makePdf('pictures.pdf', [{}, { picture: [layer] }]);
    expect(await codes([file])).toEqual(['page 1/2 at 0', 'page 2/2 at 1']);
    const first = unwrap(await importPage(file, 0, join(folder, 'pdf-1')));
    expect(await sharp(first).metadata()).toMatchObject({ width: 400, height: 600, density: 150 });
    const second = unwrap(await importPage(file, 1, join(folder, 'pdf-2')));
    expect(await sharp(second).metadata()).toMatchObject({ bitsPerSample: 1, channels: 1, density: 150 });
    const truth = shape.map((ink) => (ink === 1 ? 0 : 255));
    expect(Buffer.compare((await grey(second)).data, truth)).toBe(0);
  });

  test('one with text, visible or not, or with a signature is a finished document', async () => {
    const plain = await makePdf('plain.pdf', [{}]);
    const signed = await put(
      'signed.pdf',
      Buffer.concat([await readFile(plain), Buffer.from('/ByteRange [0 1 2 3]')]),
    );
    const partly = await makePdf('text.pdf', [{}, text, {}]);
    expect(await codes([partly, signed])).toEqual(['text', 'signature']);
    expect(await planSources([partly], 500)).toMatchObject([{ withoutText: [1, 3] }]);
  });

  test('locked, cut off or fake: said so', async () => {
    const plain = await makePdf('whole.pdf', [{}, {}]);
    const locked = join(folder, 'locked.pdf');
    execFileSync('qpdf', ['--encrypt', 'user', 'owner', '256', '--', plain, locked]);
    const cut = await put('cut.pdf', (await readFile(plain)).subarray(0, 700));
    const fake = await put('fake.pdf', '%PDF-1.7\nnothing');
    expect(await codes([locked, cut, fake])).toEqual([
      'page-pdf-locked',
      'page-pdf-damaged',
      'page-pdf-damaged',
    ]);
  });

  test('a page whose picture cannot be drawn is an error, not a white page', async () => {
    const file = await makePdf('torn.pdf', [{}]);
    const bytes = await readFile(file);
    const start = bytes.indexOf('/DCTDecode');
    bytes.fill(0, bytes.indexOf('stream', start) + 7, bytes.indexOf('endstream', start) - 1);
    const torn = await importPage(await put('torn.pdf', bytes), 0, join(folder, 'torn'));
    expect(torn).toMatchObject({ ok: false, error: { code: 'page-pdf-damaged' } });
  });

  /** The PDF with other words in it, its cross-reference table mended. */
  async function rewrite(pdf: string, from: string, to: string): Promise<string> {
    const plain = `${pdf}.plain`;
    execFileSync('qpdf', ['--qdf', pdf, plain]);
    const text = (await readFile(plain)).toString('latin1');
    expect(text).toContain(from);
    await writeFile(plain, Buffer.from(text.replace(from, to), 'latin1'));
    const mended = `${pdf}.mended`;
    execFileSync('qpdf', ['--warning-exit-0', plain, mended], { stdio: 'ignore' });
    return mended;
  }

  test('a line drawn over a black and white picture is kept', async () => {
    const size = { width: 400, height: 600 };
    const data = new Uint8Array(size.width * size.height).map((_, at) => (at % 97 < 3 ? 1 : 0));
    const layer: PictureLayer = {
      kind: 'bilevel',
      file: await put('text.jb2', encodeJbig2({ ...size, data })),
      ...size,
    };
    const pdf = await makePdf('text-only.pdf', [{ picture: [layer] }]);
    const file = await rewrite(pdf, '/Im0 Do Q', '/Im0 Do Q 0 0 1 RG 2 w 20 40 m 150 60 l S');
    const page = unwrap(await importPage(file, 0, join(folder, 'drawn-over')));
    const { channels } = await sharp(page).stats();
    // Blue is white or blue, but for the print: red goes dark where the line is.
    expect(channels[2]!.mean - channels[0]!.mean).toBeGreaterThan(1);
  });

  test('what is cut off its page stays hidden, and paper keeps its size', async () => {
    const pdf = await makePdf('whole-sheet.pdf', [{}]);
    const file = await rewrite(pdf, '/Parent', '/CropBox [48 0 144 288] /Parent');
    const page = unwrap(await importPage(file, 0, join(folder, 'cropped')));
    expect(await sharp(page).metadata()).toMatchObject({ width: 200, height: 600, density: 150 });
  });

  test('one that takes too long to be read is not called damaged', () => {
    expect(faultOf({ code: 'exec-timeout' })).toBe('page-timeout');
    expect(faultOf({ code: 'exec-failed', stderr: 'Syntax Error' })).toBe('page-pdf-damaged');
  });

  test('without poppler-utils the cure is named', async () => {
    const file = await makePdf('any.pdf', [{}]);
    vi.stubEnv('PATH', folder);
    try {
      expect(await codes([file])).toEqual(['page-pdf-tools-missing']);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('what is no page', () => {
  test('a folder, a pipe that nobody writes to, nothing, and a file that may not be read', async () => {
    const pipe = join(folder, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    const inner = join(folder, 'folder.png');
    await mkdir(inner);
    const closed = await put('closed.jpg', 'x');
    await chmod(closed, 0);
    const found = await codes([inner, pipe, join(folder, 'none.tif'), closed]);
    // The superuser may read everything.
    const unreadable = process.getuid?.() === 0 ? 'page-not-an-image' : 'page-not-readable';
    expect(found).toEqual(['page-not-a-file', 'page-not-a-file', 'page-missing', unreadable]);
  });

  test('pictures that move', async () => {
    const frames = Array.from({ length: 2 }, (_, at) => ({
      create: { width: 200, height: 300, channels: 3 as const, background: at === 0 ? '#fff' : '#000' },
    }));
    const images = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    const moving = sharp(images, { join: { animated: true } });
    const gif = await put('moving.gif', await moving.clone().gif().toBuffer());
    const webp = await put('moving.webp', await moving.clone().webp().toBuffer());
    const still = await put('still.webp', await sharp(images[0]).webp().toBuffer());
    expect(await codes([gif, webp, still])).toEqual([
      'page-animated',
      'page-animated',
      'page 1/1 at undefined',
    ]);
  });

  test('a file that would make the document too long is refused whole, the others go on', async () => {
    const long = await put('long.tif', forgeTiff([1, 2, 3].map(() => page(130, 130, 10))));
    const short = await put('short.tif', forgeTiff([page(130, 130, 10)]));
    expect(await codes([long, long, short], 4)).toEqual([
      'page 1/3 at 0',
      'page 2/3 at 1',
      'page 3/3 at 2',
      'page-too-many',
      'page 1/1 at 0',
    ]);
  });
});
