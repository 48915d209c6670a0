import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sequentialIds, silentLogger } from '@motcua/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CityDatabase, openCityDatabase } from '../database/city-database.ts';
import { startTestS3, type TestS3 } from '../simulators/s3-test-bench.ts';
import { type CityStore, OffsetConflict } from './city-store.ts';
import { openCityStore } from './open-city-store.ts';

const ids = sequentialIds();
const now = new Date();
let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
});
afterAll(() => s3.close());

async function* thenBreaks(bytes: Buffer) {
  yield bytes;
  throw new Error('line cut');
}

describe.each(['disk', 's3'])('the store: %s', (kind) => {
  let folder: string;
  let database: CityDatabase;
  let store: CityStore;
  const open = () =>
    openCityStore({
      url: kind === 'disk' ? 'disk:' : `s3://${s3.bucket}/some/where`,
      dataFolder: folder,
      s3: s3.access,
      parts: database.parts,
    });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'city-store-'));
    database = await openCityDatabase({ url: 'sqlite:', dataFolder: folder, logger: silentLogger });
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    await database.close();
  });

  async function newUpload(): Promise<string> {
    const dossierId = ids.next();
    const rest = { kioskId: 'K', procedureCode: '1', size: 9, sha256: '0'.repeat(64), documents: [] };
    await database.dossiers.announce({ dossierId, ...rest }, now, 99);
    await store.ensure(dossierId);
    return dossierId;
  }
  const add = (id: string, offset: number, text: string) =>
    store.append(id, offset, Readable.from([Buffer.from(text)]));
  const read = (id: string) => store.withFile(id, (file) => readFile(file, 'utf8'));

  it('grows from the first byte on, also over a restart; making it ready again takes nothing away', async () => {
    const id = await newUpload();
    expect(await store.receivedBytes(id)).toBe(0);
    expect(await add(id, 0, 'Giấy ')).toBe(7);
    await store.close();
    store = await open();
    await store.ensure(id);
    expect(await store.receivedBytes(id)).toBe(7);
    expect(await add(id, 7, 'khai sinh')).toBe(16);
    expect(await read(id)).toBe('Giấy khai sinh');
  });

  it('takes no bytes but at its end', async () => {
    const id = await newUpload();
    await add(id, 0, 'abc');
    for (const offset of [0, 2, 4]) await expect(add(id, offset, 'x')).rejects.toThrow(OffsetConflict);
    expect(await read(id)).toBe('abc');
  });

  it('keeps what came before the line was cut', async () => {
    const id = await newUpload();
    await expect(store.append(id, 0, Readable.from(thenBreaks(Buffer.from('half'))))).rejects.toThrow(
      'line cut',
    );
    expect(await store.receivedBytes(id)).toBe(4);
    expect(await add(id, 4, ' whole')).toBe(10);
    expect(await read(id)).toBe('half whole');
  });

  it('begins again after damage, and forgets what is removed', async () => {
    const id = await newUpload();
    await add(id, 0, 'damaged');
    await store.discard(id);
    expect(await store.receivedBytes(id)).toBe(0);
    await add(id, 0, 'good');
    expect(await read(id)).toBe('good');
    await store.remove(id);
    expect(await store.receivedBytes(id)).toBe(0);
    await store.remove(id);
  });

  it('keeps a sealed dossier whole when the upload is tidied away, also when sealed twice', async () => {
    const id = await newUpload();
    await add(id, 0, 'first ');
    await add(id, 6, 'second');
    await store.withFile(id, (file) => store.seal(id, file));
    await store.withFile(id, (file) => store.seal(id, file));
    await store.tidy(id);
    expect(await read(id)).toBe('first second');
    expect(await store.hasRoomFor(1)).toBe(true);
    expect(await store.hasRoomFor(1e18)).toBe(false);
  });

  it('refuses names that are no ids', async () => {
    for (const id of ['../../etc/passwd', '', 'x', `${ids.next()}/..`]) {
      await expect(add(id, 0, 'x')).rejects.toThrow();
      await expect(store.withFile(id, async () => undefined)).rejects.toThrow();
      await expect(store.remove(id)).rejects.toThrow();
    }
  });
});

describe('the object store', () => {
  it('removes objects that a dead gateway wrote and no row knows, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'city-store-'));
    const database = await openCityDatabase({ url: 'sqlite:', dataFolder: folder, logger: silentLogger });
    const own = await startTestS3();
    const { access } = own;
    const open = () =>
      openCityStore({ url: `s3://${own.bucket}`, dataFolder: folder, s3: access, parts: database.parts });
    const store = await open();
    await expect(open()).rejects.toThrow('another gateway');
    const dossierId = ids.next();
    const rest = { kioskId: 'K', procedureCode: '1', size: 9, sha256: '0'.repeat(64), documents: [] };
    await database.dossiers.announce({ dossierId, ...rest }, now, 99);
    await store.append(dossierId, 0, Readable.from([Buffer.from('kept')]));
    // As after a crash between the object and its row.
    const forgetful = { ...database.parts, add: () => Promise.reject(new Error('killed')) };
    const dying = await openCityStore({
      url: `s3://${own.bucket}`,
      dataFolder: await mkdtemp(join(tmpdir(), 'city-store-')),
      s3: access,
      parts: forgetful,
    });
    await expect(dying.append(dossierId, 4, Readable.from([Buffer.from('lost')]))).rejects.toThrow('killed');
    const objects = async () =>
      (await readdir(join(own.folder, 'uploads', dossierId))).filter((name) => name.endsWith('_object'));
    expect((await objects()).length).toBe(2);
    await store.sweep(now);
    // Young ones may belong to a request that still runs.
    expect((await objects()).length).toBe(2);
    await store.sweep(new Date(now.getTime() + 25 * 3_600_000));
    expect((await objects()).length).toBe(1);
    expect(await store.withFile(dossierId, (file) => readFile(file, 'utf8'))).toBe('kept');
    expect(await readdir(join(folder, 'spool'))).toEqual([]);
    await Promise.all([store.close(), dying.close(), database.close(), own.close()]);
  });
});
