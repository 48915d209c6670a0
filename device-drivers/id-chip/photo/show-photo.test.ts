import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { showPhoto } from './show-photo.ts';

const jp2 = readFileSync(new URL('./fixtures/stripes.jp2', import.meta.url));

describe('the photo on the screen', () => {
  it('of JPEG 2000 is a JPEG of the same picture', async () => {
    const shown = await showPhoto({ format: 'jpeg2000', bytes: jp2 });
    if (!shown.ok) throw new Error(shown.error.code);
    expect(shown.value).toMatchObject({ mediaType: 'image/jpeg', width: 48, height: 64 });
    const { data } = await sharp(shown.value.bytes).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * 48 + x) * 3, (y * 48 + x) * 3 + 3)];
    const near = (colour: readonly number[], wanted: readonly number[]) =>
      colour.every((value, index) => Math.abs(value - wanted[index]!) < 40);
    // Red, green and blue, from top to bottom.
    expect(near(at(24, 8), [255, 0, 0]), `${at(24, 8)}`).toBe(true);
    expect(near(at(24, 32), [0, 255, 0]), `${at(24, 32)}`).toBe(true);
    expect(near(at(24, 56), [0, 0, 255]), `${at(24, 56)}`).toBe(true);
  });

  it('of JPEG is written anew, without what else was in the file', async () => {
    const bytes = await sharp({ create: { width: 30, height: 40, channels: 3, background: '#a04020' } })
      .withExif({ IFD0: { Copyright: 'hidden words' } })
      .jpeg()
      .toBuffer();
    const shown = await showPhoto({ format: 'jpeg', bytes: Buffer.concat([bytes, Buffer.from('<script>')]) });
    if (!shown.ok) throw new Error(shown.error.code);
    expect(shown.value).toMatchObject({ width: 30, height: 40 });
    expect(Buffer.from(shown.value.bytes).includes('hidden words')).toBe(false);
    expect(Buffer.from(shown.value.bytes).includes('<script>')).toBe(false);
  });

  it('that is damaged, cut or claims to be huge is refused', async () => {
    const cut = jp2.subarray(0, jp2.length / 2);
    expect(await showPhoto({ format: 'jpeg2000', bytes: cut })).toMatchObject({ ok: false });
    const start = jp2.indexOf('ff4fff51', 0, 'hex');
    const huge = Buffer.from(jp2);
    // Width and height of the picture, and of its one tile.
    for (const at of [8, 12, 24, 28]) huge.writeUInt32BE(30_000, start + at);
    expect(await showPhoto({ format: 'jpeg2000', bytes: huge })).toEqual({
      ok: false,
      error: { code: 'photo-too-large' },
    });
    const noise = Uint8Array.from({ length: 500 }, (_, at) => (at * 89) & 255);
    expect(await showPhoto({ format: 'jpeg2000', bytes: noise })).toMatchObject({ ok: false });
    expect(await showPhoto({ format: 'jpeg', bytes: noise })).toMatchObject({ ok: false });
  });
});
