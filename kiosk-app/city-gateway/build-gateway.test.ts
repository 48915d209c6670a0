import { mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DossierManifest } from '@motcua/contract';
import { manualClock, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from './simulators/index.ts';
import { postgresPrograms, startTestPostgres, type TestPostgres } from './simulators/postgres-test-bench.ts';
import { startTestS3, type TestS3 } from './simulators/s3-test-bench.ts';
import { createTestKiosk, makeTestDossier } from './simulators/test-kiosk.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const ids = systemIds(clock);
let postgres: TestPostgres | undefined;
let s3: TestS3;
let folder: string;
let seal: Seal;
let trusted: string[];
let gateway: TestGateway;
let setup: { readonly databaseUrl?: string; readonly storeUrl?: string; readonly s3?: TestS3['access'] };

beforeAll(async () => {
  s3 = await startTestS3();
  if (postgresPrograms() !== undefined) postgres = await startTestPostgres();
});
afterAll(async () => {
  await postgres?.close();
  await s3.close();
});

async function start() {
  gateway = await startTestGateway({ folder, clock, trust: () => trusted, ...setup });
}
async function restart() {
  await gateway.close();
  await start();
}
const makeDossier = (change: Partial<DossierManifest> = {}) =>
  makeTestDossier({ folder, seal, clock, ids, change });
const kiosk = createTestKiosk(() => gateway.url);
const { announce, call, claimsOf, commit, head, send, take } = kiosk;
afterAll(kiosk.close);

async function prepare() {
  clock.set('2026-10-08T02:10:00Z');
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  seal = await openSeal({
    folder: join(folder, 'kiosk-keys'),
    clock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk Tân Hưng 1',
  });
  trusted = [seal.certificatePem];
  await start();
}

const setups =
  postgresPrograms() === undefined ? ['SQLite and disk'] : ['SQLite and disk', 'PostgreSQL and S3'];

describe.each(setups)('the gateway on %s', (name) => {
  beforeEach(async () => {
    setup =
      name === 'SQLite and disk'
        ? {}
        : {
            databaseUrl: await postgres!.newDatabase(),
            storeUrl: `s3://${s3.bucket}/${ids.next()}`,
            s3: s3.access,
          };
    await prepare();
  });
  afterEach(() => gateway.close());

  describe('taking a dossier', () => {
    it('answers with a signed receipt: code, time, due date, units, secret', async () => {
      const one = await makeDossier();
      const claims = await claimsOf(await take(one));
      expect(claims).toMatchObject({
        version: 1,
        dossierId: one.id,
        sha256: one.manifest.sha256,
        dossierCode: 'H29.15-261008-0001',
        receivedAt: '2026-10-08T09:10:00+07:00',
        dueAt: '2026-10-08T17:00:00+07:00',
        receivingUnit: 'UBND phường Tân Hưng',
      });
      expect(claims['lookUpSecret']).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
      expect((await call('GET', `/dossiers/${one.id}`)).json).toMatchObject({ state: 'accepted' });
      expect((await call('GET', `/dossiers/${one.id}`)).text).not.toContain(claims['lookUpSecret']);
    });

    it('gives the same receipt again, byte for byte, also after a restart and to calls at the same time', async () => {
      const one = await makeDossier();
      await announce(one);
      await send(one);
      const answers = await Promise.all([commit(one), commit(one), commit(one)]);
      await restart();
      answers.push(await commit(one));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect(answers[0]?.status).toBe(200);
      expect((await announce(one)).json).toEqual({ state: 'accepted', uploadUrl: `/uploads/${one.id}` });
    });

    it('keeps the code of a dossier for its later versions, and takes none before the one it follows', async () => {
      const first = await makeDossier();
      const second = await makeTestDossier({ folder, seal, clock, ids, previous: first });
      const stray = await makeTestDossier({
        folder,
        seal,
        clock,
        ids,
        previous: { ...first, manifest: { ...first.manifest, sha256: '0'.repeat(64) } },
      });
      const rival = await makeTestDossier({ folder, seal, clock, ids, previous: first });
      const later = { status: 409, json: { code: 'previous-version-unknown' } };
      expect(await take(second)).toMatchObject(later);
      expect(await commit(second)).toMatchObject(later);
      const before = await claimsOf(await take(first));
      expect(before).toMatchObject({ dossierVersion: 1 });
      clock.advance(86_400_000);
      expect(await claimsOf(await commit(second))).toMatchObject({
        dossierId: second.id,
        dossierCode: before.dossierCode,
        dossierVersion: 2,
        lookUpSecret: before.lookUpSecret,
        dueAt: before.dueAt,
      });
      expect(await take(stray)).toMatchObject({ status: 409, json: { code: 'previous-version-differs' } });
      expect(await take(rival)).toMatchObject({ status: 422, json: { code: 'previous-version-followed' } });
      const { dossierCode, lookUpSecret } = before;
      const seen = await kiosk.post('/status', { dossierCode, lookUpSecret });
      expect(seen).toMatchObject({ status: 200, json: { dossierCode, receivedAt: before.receivedAt } });
      expect((await claimsOf(await take(await makeDossier()))).dossierCode).toMatch(/-261009-0001$/);
    });

    it('refuses for good what follows a refused dossier: it would wait for ever', async () => {
      const refused = await makeDossier({ procedureCode: '1.000001' });
      const follower = await makeTestDossier({ folder, seal, clock, ids, previous: refused });
      expect(await take(refused)).toMatchObject({ status: 422, json: { code: 'manifest-disagrees' } });
      const answer = { status: 422, json: { code: 'previous-version-refused' } };
      expect(await take(follower)).toMatchObject(answer);
      expect(await commit(follower)).toMatchObject(answer);
    });

    it('numbers without gap or double, per local day, also across refusals', async () => {
      const dossiers = await Promise.all([1, 2, 3, 4, 5].map(() => makeDossier()));
      const wrong = await makeDossier({ procedureCode: '1.000001' });
      const answers = await Promise.all([...dossiers, wrong].map(take));
      const codes = await Promise.all(answers.slice(0, 5).map(claimsOf));
      expect(codes.map((one) => one['dossierCode']).sort()).toEqual(
        [1, 2, 3, 4, 5].map((number) => `H29.15-261008-000${number}`),
      );
      // 00:10 of the next day in Vietnam, still the day before in UTC.
      clock.set('2026-10-08T17:10:00Z');
      const next = await claimsOf(await take(await makeDossier()));
      expect(next['dossierCode']).toBe('H29.15-261009-0001');
    });
  });

  describe('uploading', () => {
    it('goes on from what it has, also after a restart; a repeated announcement takes nothing away', async () => {
      const one = await makeDossier();
      expect((await announce(one)).json).toEqual({ state: 'waiting', uploadUrl: `/uploads/${one.id}` });
      expect((await send(one, one.bytes.subarray(0, 3_000))).status).toBe(204);
      await restart();
      await announce(one);
      const seen = (await head(one)).headers;
      expect([seen['upload-offset'], seen['upload-length']]).toEqual(['3000', String(one.bytes.length)]);
      expect((await send(one, one.bytes.subarray(9), 9)).status).toBe(409);
      expect(await commit(one)).toMatchObject({ status: 409, json: { code: 'upload-incomplete' } });
      expect((await send(one, one.bytes.subarray(3_000), 3_000)).status).toBe(204);
      expect((await commit(one)).status).toBe(200);
    });

    it('takes no byte more than announced, none after acceptance, and offers no other tus method', async () => {
      const one = await makeDossier();
      await announce(one);
      expect((await send(one, Buffer.concat([one.bytes, Buffer.alloc(1)]))).status).toBe(413);
      await send(one);
      await commit(one);
      expect((await send(one, Buffer.alloc(5), one.bytes.length)).status).toBe(413);
      const tus = { 'tus-resumable': '1.0.0', 'upload-length': '5' };
      expect((await call('POST', '/uploads', '', tus)).status).toBe(404);
      expect((await call('DELETE', `/uploads/${one.id}`, undefined, tus)).status).toBe(404);
      expect((await call('GET', `/dossiers/${one.id}`)).json).toMatchObject({
        receivedBytes: one.bytes.length,
      });
    });

    it('asks for damaged bytes again, and gives up at the third time', async () => {
      const one = await makeDossier();
      const damaged = Buffer.from(one.bytes);
      damaged[500]! ^= 1;
      await announce(one);
      for (const expected of [409, 409, 422]) {
        await send(one, damaged);
        const answer = await commit(one);
        expect(answer.status).toBe(expected);
        if (expected === 409) expect((await head(one)).headers['upload-offset']).toBe('0');
      }
      expect(await commit(one)).toMatchObject({ status: 422, json: { code: 'upload-hash-differs' } });
    });

    it('survives a client that vanishes in the middle of a chunk', async () => {
      const one = await makeDossier();
      await announce(one);
      const { port } = new URL(gateway.url);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(
            `PATCH /uploads/${one.id} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${one.bytes.length}\r\n\r\n`,
          );
          socket.write(one.bytes.subarray(0, 4_000), () => socket.resetAndDestroy());
        });
        socket.on('close', () => resolve());
      });
      const offset = Number((await head(one)).headers['upload-offset']);
      expect(offset).toBeLessThanOrEqual(4_000);
      expect((await send(one, one.bytes.subarray(offset), offset)).status).toBe(204);
      expect((await commit(one)).status).toBe(200);
    });
  });

  describe('refusing', () => {
    const problem = (status: number, code: string) => ({
      status,
      type: expect.stringContaining('application/problem+json'),
      json: expect.objectContaining({ status, code }),
    });

    it('another manifest for an id that is known', async () => {
      const one = await makeDossier();
      await announce(one);
      expect(await announce(one, { ...one.manifest, kioskId: 'K-2' })).toMatchObject(
        problem(409, 'manifest-conflict'),
      );
    });

    it.each<[string, Partial<DossierManifest>]>([
      ['kiosk-disagrees', { kioskId: 'K-99' }],
      ['manifest-disagrees', { documents: [] }],
      ['manifest-disagrees', { procedureCode: '1.004222' }],
    ])('a manifest that tells another story than the container: %s', async (code, change) => {
      const one = await makeDossier(change);
      expect(await take(one)).toMatchObject(problem(422, code));
      // It stays refused: the kiosk must not be told two things.
      await restart();
      expect(await commit(one)).toMatchObject(problem(422, code));
      expect((await call('GET', `/dossiers/${one.id}`)).json).toMatchObject({
        state: 'refused',
        refusal: code,
      });
    });

    it('a container that was changed, for good; one of a kiosk not enrolled, until it is', async () => {
      const one = await makeDossier();
      const { createHash } = await import('node:crypto');
      const changed = Buffer.from(one.bytes);
      changed[one.bytes.indexOf('%PDF') + 20]! ^= 1;
      const sha256 = createHash('sha256').update(changed).digest('hex');
      await announce(one, { ...one.manifest, sha256 });
      await send(one, changed);
      expect(await commit(one)).toMatchObject(problem(422, 'document-changed'));
      const other = await makeDossier();
      trusted.length = 0;
      expect(await take(other)).toMatchObject(problem(409, 'signer-untrusted'));
      trusted.push(seal.certificatePem);
      expect((await commit(other)).status).toBe(200);
    });

    it('ids that are paths, manifests that are none, bodies that are too long, addresses that are not', async () => {
      const one = await makeDossier();
      const paths = ['..%2f..%2fetc%2fpasswd', `${one.id}%00`, one.id.toLowerCase(), 'x'.repeat(500)];
      for (const id of paths) {
        const put = await announce(one, { ...one.manifest, dossierId: decodeURIComponent(id) }, id);
        expect(put.status).toBeGreaterThanOrEqual(400);
        expect((await call('POST', `/dossiers/${id}/commit`)).status).toBeGreaterThanOrEqual(400);
        expect((await head({ ...one, id })).status).toBeGreaterThanOrEqual(400);
      }
      expect(await announce(one, { ...one.manifest, size: -1 })).toMatchObject(
        problem(422, 'manifest-refused'),
      );
      expect(await announce(one, one.manifest, ids.next())).toMatchObject(problem(422, 'manifest-refused'));
      expect(await announce(one, { pad: 'x'.repeat(300_000) })).toMatchObject(
        problem(413, 'request-refused'),
      );
      expect(await call('GET', '/nothing')).toMatchObject(problem(404, 'not-found'));
      expect(await call('GET', `/dossiers/${one.id}`)).toMatchObject(problem(404, 'dossier-unknown'));
      expect(await commit(one)).toMatchObject(problem(409, 'dossier-unknown'));
      expect((await call('GET', '/healthz')).json).toEqual({ status: 'ok' });
    });
  });
});

describe('the gateway on its own disk', () => {
  beforeEach(async () => {
    setup = {};
    await prepare();
  });
  afterEach(() => gateway.close());

  it('says so when the numbers of a day are used up, and goes on the next day', async () => {
    const first = await makeDossier();
    await take(first);
    const file = new Database(join(folder, 'gateway.sqlite'));
    file.prepare('update code_counters set last = ?').run(9_999);
    file.close();
    const one = await makeDossier();
    expect(await take(one)).toMatchObject({ status: 503, json: { code: 'codes-used-up' } });
    clock.set('2026-10-09T02:00:00Z');
    expect((await claimsOf(await commit(one))).dossierCode).toBe('H29.15-261009-0001');
  });

  it('asks for the bytes again when the disk lost a file that was announced', async () => {
    const one = await makeDossier();
    await announce(one);
    await send(one);
    await truncate(join(folder, 'dossiers', one.id), 10);
    expect(await commit(one)).toMatchObject({ status: 409 });
    await writeFile(join(folder, 'dossiers', one.id), '');
    expect((await send(one)).status).toBe(204);
    expect((await commit(one)).status).toBe(200);
  });
});
