import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataKeys, type DataKeys } from '../data-keys.ts';
import { type Db, openDatabase } from '../database.ts';
import { type BlobStore, createBlobStore } from './blob-store.ts';
import { FRAME_BYTES } from './sealed-file.ts';

let folder: string;
let db: Db;
let keys: DataKeys;
let blobs: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  ({ db } = openDatabase(join(folder, 'db'), Buffer.alloc(32, 7)));
  keys = createDataKeys(db, Buffer.alloc(32, 8));
  await mkdir(join(folder, 'blobs'));
  blobs = createBlobStore(join(folder, 'blobs'), keys);
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

async function put(content: Uint8Array, owner = 'visit'): Promise<string> {
  const file = join(folder, 'plain');
  await writeFile(file, content);
  return blobs.put(owner, file);
}
const pathOf = (ref: string) => join(folder, 'blobs', ref);
async function get(ref: string, from = 0, bytes = Number.MAX_SAFE_INTEGER): Promise<Buffer> {
  return buffer((await blobs.open(ref)).read(from, bytes));
}

describe('an encrypted file', () => {
  it('gives back what was put in, whole and in part, at every size around a frame', async () => {
    for (const size of [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES + 5]) {
      const content = randomBytes(size);
      const ref = await put(content);
      expect((await blobs.open(ref)).size).toBe(size);
      expect((await get(ref)).equals(content)).toBe(true);
    }
    const content = randomBytes(2 * FRAME_BYTES + 99);
    const ref = await put(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length + 9), fc.nat(content.length), async (from, bytes) => {
        expect((await get(ref, from, bytes)).equals(content.subarray(from, from + bytes))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('holds nothing of the content, nor its hash as a name', async () => {
    const content = Buffer.from('Nguyễn Thị Hoa'.repeat(50));
    const ref = await put(content);
    expect((await readFile(pathOf(ref))).includes('Hoa')).toBe(false);
    expect(ref).not.toContain(createHash('sha256').update(content).digest('hex'));
  });

  it('is one file for one content of one owner, and none in common with another owner', async () => {
    const [one, same, other] = [
      await put(Buffer.from('a')),
      await put(Buffer.from('a')),
      await put(Buffer.from('a'), 'w'),
    ];
    expect(same).toBe(one);
    expect(other.split('/')[1]).not.toBe(one.split('/')[1]);
    expect(await readdir(join(folder, 'blobs', 'visit'))).toHaveLength(1);
    expect((await get(one)).toString()).toBe('a');
  });

  it('does not open when any bit of it was changed', async () => {
    const ref = await put(randomBytes(300));
    const sealed = await readFile(pathOf(ref));
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(sealed);
        changed[at]! ^= 1 << bit;
        await writeFile(pathOf(ref), changed);
        await expect(get(ref)).rejects.toThrow('blob-damaged');
      }),
      { numRuns: 60 },
    );
  });

  it('does not open when frames were swapped, left out or taken from another file, or its name is another’s', async () => {
    const [one, two] = [await put(randomBytes(2 * FRAME_BYTES)), await put(randomBytes(2 * FRAME_BYTES))];
    const sealed = await readFile(pathOf(one));
    const frame = (from: Buffer, index: number) =>
      from.subarray(32 + index * (FRAME_BYTES + 16), 32 + (index + 1) * (FRAME_BYTES + 16));
    const foreign = await readFile(pathOf(two));
    for (const forged of [
      [sealed.subarray(0, 32), frame(sealed, 1), frame(sealed, 0)],
      [sealed.subarray(0, 32), frame(sealed, 0)],
      [sealed.subarray(0, 32), frame(sealed, 0), frame(foreign, 1)],
      [foreign],
    ]) {
      await writeFile(pathOf(one), Buffer.concat(forged));
      await expect(get(one)).rejects.toThrow('blob-damaged');
    }
    await truncate(pathOf(one), 10);
    await expect(get(one)).rejects.toThrow('blob-damaged');
    await rm(pathOf(one));
    await expect(get(one)).rejects.toThrow('blob-damaged');
  });

  it('cannot be read any more once its key was destroyed, and the sweep deletes what is left', async () => {
    const [gone, kept] = [await put(randomBytes(9)), await put(randomBytes(9), 'other')];
    await writeFile(`${pathOf(kept)}.1-1.tmp`, 'half');
    keys.destroy('visit');
    await expect(get(gone)).rejects.toThrow('its key is gone');
    await blobs.sweep();
    expect(await readdir(join(folder, 'blobs'))).toEqual(['other']);
    expect(await readdir(join(folder, 'blobs', 'other'))).toHaveLength(1);
  });

  it('does not come out of another kiosk’s key', async () => {
    const ref = await put(randomBytes(9));
    const stranger = createBlobStore(join(folder, 'blobs'), createDataKeys(db, Buffer.alloc(32, 9)));
    await expect(stranger.open(ref)).rejects.toThrow();
  });
});
