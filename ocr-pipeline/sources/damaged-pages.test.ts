import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectPage } from '../imaging/inspect-page.ts';
import { straightenPage } from '../imaging/straighten.ts';
import type { DigitisedPage } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { forgeTiff } from './forge-tiff.ts';
import { importPage } from './import-page.ts';
import { planSources } from './plan-sources.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-damaged-'));
});
afterAll(() => rm(folder, { recursive: true }));

const noise = (width: number, height: number) =>
  new Uint8Array(width * height).map((_, at) => (at * 7919) % 251);
const page = (width = 300, height = 400) => ({ width, height, data: noise(width, height) });

const pictureOf = ({ width, height, data }: ReturnType<typeof page>) =>
  sharp(data, { raw: { width, height, channels: 1 } }).toColourspace('b-w');

async function put(name: string, data: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, data);
  return file;
}

let imports = 0;
/** What becomes of each page of the file: `ok`, or the code of its error. */
async function outcomes(file: string, to = folder): Promise<readonly string[]> {
  const plan = await planSources([file], 500);
  const found: string[] = [];
  for (const source of plan) {
    imports += 1;
    if (source.kind !== 'page') found.push(source.kind === 'refused' ? source.error.code : source.why);
    else {
      const picture = await importPage(source.file, source.index ?? 0, join(to, `import-${imports}`));
      found.push(picture.ok ? 'ok' : picture.error.code);
    }
  }
  return found;
}

describe('a TIFF of which libvips makes a black picture, and says nothing', () => {
  /** The value of a tag in the first directory of what `forgeTiff` writes. */
  function setTag(tiff: Buffer, tag: number, value: number): Buffer {
    const changed = Buffer.from(tiff);
    const directory = changed.readUInt32LE(4);
    for (let at = 0; at < changed.readUInt16LE(directory); at += 1) {
      const entry = directory + 2 + at * 12;
      if (changed.readUInt16LE(entry) === tag) changed.writeUInt32LE(value, entry + 8);
    }
    return changed;
  }
  const sound = forgeTiff([page()]);
  const COMPRESSION = 259;
  const PHOTOMETRIC = 262;
  const STRIP_OFFSETS = 273;

  test.each([
    ['a picture that goes on beyond the end of the file', [STRIP_OFFSETS, 100_000], 'page-truncated'],
    ['old-style JPEG', [COMPRESSION, 6], 'page-unsupported'],
    ['LZMA', [COMPRESSION, 34_925], 'page-unsupported'],
    ['Zstandard', [COMPRESSION, 50_000], 'page-unsupported'],
    ['YCbCr that is not JPEG', [PHOTOMETRIC, 6], 'page-unsupported'],
    ['CIELAB', [PHOTOMETRIC, 8], 'page-unsupported'],
    ['32 bits a channel', [258, 32], 'page-unsupported'],
  ] as const)('%s is named', async (name, [tag, value], code) => {
    const file = await put(`${name}.tif`, setTag(sound, tag, value));
    expect(await inspectPage(file)).toMatchObject({ ok: false, error: { code } });
    expect(await outcomes(file)).toEqual([code]);
  });

  test('a bad first page does not take the others with it', async () => {
    const three = setTag(forgeTiff([page(), page(), page()]), COMPRESSION, 50_000);
    expect(await outcomes(await put('three.tif', three))).toEqual(['page-unsupported', 'ok', 'ok']);
    const tiny = await put('tiny.tif', forgeTiff([page(1, 1), page()]));
    expect(await outcomes(tiny)).toEqual(['ok', 'ok']);
    expect((await planSources([tiny], 500)).map(({ kind }) => kind)).toEqual(['page', 'page']);
  });

  test('a strip that cannot be decoded is an error of its page only', async () => {
    const alone = await pictureOf(page()).tiff({ compression: 'lzw' }).toBuffer();
    expect(await outcomes(await put('lzw.tif', alone))).toEqual(['ok']);
    alone.fill(0xa5, 2_000, 2_600);
    // Taken as it is; whoever decodes it is told.
    await expect(straightenPage(await put('alone.tif', alone), undefined)).rejects.toThrow();
    const picture = await pictureOf(page()).png().toBuffer();
    const two = sharp([picture, picture], { join: { animated: true } });
    const bytes = await two.tiff({ compression: 'lzw' }).toBuffer();
    bytes.fill(0xa5, 2_000, 2_600);
    expect(await outcomes(await put('broken-lzw.tif', bytes))).toEqual(['page-truncated', 'ok']);
  });

  test('the pages before the end of a file that was cut are taken', async () => {
    const three = forgeTiff([page(), page(), page()]);
    const cut = await put('cut.tif', three.subarray(0, three.length * 0.8));
    expect(await outcomes(cut)).toEqual(['ok', 'ok', 'page-truncated']);
  });
});

describe('a PDF with a JPEG', () => {
  async function pdfOf(name: string, change: (bytes: Buffer) => void): Promise<string> {
    const imageFile = join(folder, 'noise.jpg');
    await pictureOf(page()).jpeg().toFile(imageFile);
    const base = { imageFile, width: 300, height: 400, dpi: 150, lines: [] };
    const meta = { title: name, language: 'vi-VN', createdAt: new Date(0), producer: 'test' };
    const file = join(folder, name);
    unwrap(await composePdf([base as unknown as DigitisedPage], meta, file));
    const bytes = await readFile(file);
    change(bytes);
    await writeFile(file, bytes);
    return file;
  }
  const startOf = (bytes: Buffer) => bytes.indexOf('\xff\xd8\xff', 0, 'latin1');

  test('that is whole is taken, one that is cut off or none at all is named', async () => {
    expect(await outcomes(await pdfOf('whole.pdf', () => undefined))).toEqual(['ok']);
    const cut = await pdfOf('cut.pdf', (bytes) => {
      const start = startOf(bytes);
      const closing = '\nendstream\nendobj\n';
      const end = bytes.indexOf(closing, start) + closing.length;
      bytes.write('20000', bytes.lastIndexOf('/Length ', start) + '/Length '.length);
      bytes.fill('\n', start + 20_000, end).write(closing, start + 20_000);
    });
    const ended = await pdfOf('ended.pdf', (bytes) => {
      bytes.write('\xff\xd9', startOf(bytes) + 20_000, 'latin1');
    });
    const noJpeg = await pdfOf('none.pdf', (bytes) => {
      const start = startOf(bytes);
      bytes.fill(0x55, start, bytes.indexOf('\nendstream', start));
    });
    for (const file of [cut, ended, noJpeg]) expect(await outcomes(file)).toEqual(['page-pdf-damaged']);
    expect((await readdir(folder)).filter((name) => name.endsWith('.pictures'))).toEqual([]);
  });

  /** Only root may mount a small disk. */
  test.skipIf(process.getuid?.() !== 0)('is not called damaged when the disk is full', async () => {
    const file = await pdfOf('page.pdf', () => undefined);
    const disk = join(folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      expect(await outcomes(file, disk)).toEqual(['page-disk-full']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

test('a file that is gone when its page is read is missing', async () => {
  const file = join(folder, 'gone.tif');
  expect(await importPage(file, 0, join(folder, 'gone'))).toMatchObject({
    ok: false,
    error: { code: 'page-missing' },
  });
});
