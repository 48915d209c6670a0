import { mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectPage, isComplete } from './inspect-page.ts';
import { makeThumbnail } from './thumbnail.ts';

let folder: string;
let jpeg: Buffer;
let png: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const page = sharp({ create: { width: 400, height: 600, channels: 3, background: '#fff', noise } });
  jpeg = await page.clone().jpeg().toBuffer();
  png = await page.clone().png().toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

async function inspect(name: string, content: Uint8Array | string) {
  const file = join(folder, name);
  await writeFile(file, content);
  const result = await inspectPage(file);
  return result.ok ? result.value : result.error.code;
}

describe('inspectPage takes a whole picture', () => {
  it('by its bytes, whatever its name', async () => {
    expect(await inspect('page.png', jpeg)).toEqual({ width: 400, height: 600, format: 'jpeg' });
    expect(await inspect('page', png)).toEqual({ width: 400, height: 600, format: 'png' });
  });

  it('with zeros behind the end, as some scanners leave', async () => {
    expect(await inspect('zeros.jpg', Buffer.concat([jpeg, Buffer.alloc(64)]))).toMatchObject({
      format: 'jpeg',
    });
  });

  it('as TIFF', async () => {
    const tiff = await sharp(png).tiff().toBuffer();
    expect(await inspect('page.tif', tiff)).toMatchObject({ format: 'tiff', width: 400 });
  });
});

describe('inspectPage refuses', () => {
  it('what is not there, a folder, an empty file', async () => {
    expect(await inspectPage(join(folder, 'none.jpg'))).toMatchObject({ error: { code: 'page-missing' } });
    expect(await inspectPage(folder)).toMatchObject({ error: { code: 'page-not-a-file' } });
    expect(await inspect('empty.jpg', '')).toBe('page-empty');
    const circle = join(folder, 'circle.jpg');
    await symlink(circle, circle);
    expect(await inspectPage(circle)).toMatchObject({ error: { code: 'page-missing' } });
  });

  it.each([
    ['a PDF', '%PDF-1.7\n%âãÏÓ\n', 'page-is-pdf'],
    ['a PDF behind junk', `\n\n${' '.repeat(300)}%PDF-1.4\n`, 'page-is-pdf'],
    ['HTML', '<!doctype html><p>not found', 'page-not-an-image'],
    ['a cut GIF', 'GIF89a\u0001\u0000\u0001\u0000', 'page-truncated'],
    ['a HEIC', '\u0000\u0000\u0000\u0018ftypheic\u0000\u0000', 'page-heic'],
    ['text', 'hello', 'page-not-an-image'],
  ])('%s', async (_, content, code) => {
    expect(await inspect('page.png', content)).toBe(code);
  });

  it.each([
    ['BigTIFF', 'II+\0\b\0\0\0'],
    ['Windows bitmap', 'BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['JPEG 2000 without its file format', '\xff\x4f\xff\x51\0\x2f'],
    ['JPEG XL', '\xff\x0a\xfa\x7f'],
    ['Photoshop', '8BPS\0\x01'],
    ['DjVu', 'AT&TFORM\0\0\x01\x00DJVU'],
    ['Netpbm', 'P6\n4 4\n255\n'],
  ])('%s, which is a picture all the same', async (_, content) => {
    expect(await inspect('page.png', Buffer.from(content, 'latin1'))).toBe('page-unsupported');
  });

  it('a PNG that is none behind its signature', async () => {
    expect(await inspect('fake.png', Buffer.concat([png.subarray(0, 8), Buffer.alloc(200, 65)]))).toBe(
      'page-not-an-image',
    );
  });

  it('pictures that end early', async () => {
    expect(await inspect('cut.jpg', jpeg.subarray(0, jpeg.length / 2))).toBe('page-truncated');
    expect(await inspect('cut.png', png.subarray(0, png.length - 400))).toBe('page-truncated');
    expect(await inspect('stub.jpg', jpeg.subarray(0, 10))).toBe('page-truncated');
    expect(await inspect('stub.png', png.subarray(0, 12))).toBe('page-truncated');
  });

  it('a picture of one pixel', async () => {
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect(await inspect('dot.png', dot)).toBe('page-too-small');
  });

  it('200 megapixels, by the header alone', async () => {
    expect(await inspect('huge.png', withSize(png, 20_000, 10_000))).toBe('page-too-large');
  });

  it('half as many where the whole picture must be held in memory', async () => {
    const interlaced = Buffer.from(png);
    interlaced[28] = 1;
    expect(await inspect('large.png', withSize(png, 10_000, 10_000))).toMatchObject({ width: 10_000 });
    expect(await inspect('held.png', withSize(interlaced, 10_000, 10_000))).toBe('page-too-large');
    const size = { width: 9_000, height: 7_000, channels: 3, background: '#fff' } as const;
    const progressive = await sharp({ create: size }).jpeg({ progressive: true }).toBuffer();
    expect(await inspect('held.jpg', progressive)).toBe('page-too-large');
  });

  it('a file of a gigabyte, unread', async () => {
    const file = join(folder, 'gigabyte.jpg');
    const handle = await open(file, 'w');
    await handle.truncate(1_073_741_824);
    await handle.close();
    expect(await inspectPage(file)).toMatchObject({ error: { code: 'page-too-large' } });
  });
});

describe('isComplete', () => {
  async function complete(name: string, content: Uint8Array) {
    const file = join(folder, name);
    await writeFile(file, content);
    const facts = await inspectPage(file);
    if (!facts.ok) throw new Error(facts.error.code);
    return isComplete(file, facts.value);
  }
  const END = Buffer.from([0xff, 0xd9]);

  it('sees that a JPEG was cut and closed again, baseline or progressive', async () => {
    const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
    for (const whole of [jpeg, progressive]) {
      expect(await complete('whole.jpg', whole)).toBe(true);
      const cut = whole.subarray(0, whole.length * 0.6);
      expect(await complete('closed.jpg', Buffer.concat([cut, END]))).toBe(false);
    }
  });

  it('minds no stray bytes between its parts, of which libjpeg warns too', async () => {
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const stray = Buffer.concat([jpeg.subarray(0, scan), Buffer.from([1, 2, 3]), jpeg.subarray(scan)]);
    const strict = sharp(stray, { failOn: 'warning' }).raw().toBuffer();
    await expect(strict).rejects.toThrow('extraneous bytes');
    expect(await complete('stray.jpg', stray)).toBe(true);
    expect(await complete('page.png', png)).toBe(true);
  });
});

/** The PNG with another size in its header, checksum mended. */
function withSize(source: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(source);
  copy.writeUInt32BE(width, 16);
  copy.writeUInt32BE(height, 20);
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}

describe('makeThumbnail', () => {
  it('honours EXIF orientation and the person’s turn', async () => {
    const file = join(folder, 'exif.jpg');
    await writeFile(file, await sharp(jpeg).withMetadata({ orientation: 6 }).toBuffer());
    const to = join(folder, 'thumbnail.jpg');
    expect(await makeThumbnail(file, to, 0)).toMatchObject({ ok: true });
    expect(await sharp(await readFile(to)).metadata()).toMatchObject({
      width: 480,
      height: 320,
      format: 'jpeg',
    });
    await makeThumbnail(file, to, 90);
    expect(await sharp(await readFile(to)).metadata()).toMatchObject({ width: 320, height: 480 });
  });
});
