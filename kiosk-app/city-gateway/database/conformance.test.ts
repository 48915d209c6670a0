// Over 400 lines on purpose: what both databases must do, each story told once and run on both.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import { sequentialIds, silentLogger } from '@motcua/core';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postgresPrograms, startTestPostgres, type TestPostgres } from '../simulators/postgres-test-bench.ts';
import { type CityDatabase, openCityDatabase } from './city-database.ts';
import { migrationFrom, schemaVersion } from './migrations.ts';

const ids = sequentialIds();
const now = new Date('2026-10-08T02:10:00Z');
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const unit = { unit: 'H29.15', day: '261008' };

function manifestOf(dossierId: string, kioskId = 'K-1'): DossierManifest {
  return { dossierId, kioskId, procedureCode: '2.000815', size: 10, sha256: '0'.repeat(64), documents: [] };
}
function claimsOf(dossierId: string, number: number): ReceiptClaims {
  return {
    version: 1,
    dossierId,
    sha256: '0'.repeat(64),
    dossierCode: `H29.15-261008-${String(number).padStart(4, '0')}`,
    receivedAt: '2026-10-08T09:10:00+07:00',
    dueAt: null,
    receivingUnit: 'UBND',
    settlingUnit: 'UBND',
    lookUpSecret: 'AAAAA-BBBBB',
  };
}

let postgres: TestPostgres | undefined;
beforeAll(async () => {
  if (postgresPrograms() !== undefined) postgres = await startTestPostgres();
});
afterAll(() => postgres?.close());

const kinds = postgresPrograms() === undefined ? ['sqlite'] : ['sqlite', 'postgres'];

describe.each(kinds)('the database: %s', (kind) => {
  let url: string;
  let folder: string;
  let database: CityDatabase;
  const open = () => openCityDatabase({ url, dataFolder: folder, logger: silentLogger });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'city-db-'));
    url = kind === 'sqlite' ? 'sqlite:' : await postgres!.newDatabase();
    database = await open();
  });
  afterEach(() => database.close());

  async function announced(kioskId?: string): Promise<string> {
    const id = ids.next();
    await database.dossiers.announce(manifestOf(id, kioskId), now, 100);
    return id;
  }
  async function accepted(): Promise<string> {
    const id = await announced();
    await database.dossiers.assign(id, unit, (number) => claimsOf(id, number), now);
    return id;
  }

  it('keeps what it was told, over a restart', async () => {
    const id = await accepted();
    expect(await database.dossiers.keepReceipt(id, 'first')).toBe('first');
    expect(await database.dossiers.keepReceipt(id, 'second')).toBe('first');
    await database.close();
    database = await open();
    expect(await database.dossiers.get(id)).toMatchObject({
      code: 'H29.15-261008-0001',
      receipt: 'first',
      refusal: null,
    });
    expect((await database.dossiers.byCode('H29.15-261008-0001')).map((one) => one.id)).toEqual([id]);
  });

  it('tells an announcement that is repeated from one that is another, and counts unfinished ones', async () => {
    const manifest = manifestOf(ids.next());
    const { dossiers } = database;
    const answers = await Promise.all([1, 2, 3].map(() => dossiers.announce(manifest, now, 1)));
    expect(answers).toEqual(['announced', 'announced', 'announced']);
    expect(await dossiers.announce({ ...manifest, size: 11 }, now, 9)).toBe('conflict');
    expect(await dossiers.announce(manifestOf(ids.next()), now, 1)).toBe('too-many');
    expect(await dossiers.announce(manifestOf(ids.next(), 'K-2'), now, 1)).toBe('announced');
    await dossiers.refuse(manifest.dossierId, 'document-changed');
    expect(await dossiers.announce(manifestOf(ids.next()), now, 1)).toBe('announced');
  });

  it('numbers without gap or double when many are accepted at once, each once however often it is tried', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => announced()));
    const tries = [...all, ...all, ...all];
    const texts = await Promise.all(
      tries.map((id) => database.dossiers.assign(id, unit, (number) => claimsOf(id, number), now)),
    );
    const codes = new Set(texts.map((text) => (JSON.parse(text ?? '{}') as ReceiptClaims).dossierCode));
    expect([...codes].sort()).toEqual(
      all.map((_, index) => `H29.15-261008-${String(index + 1).padStart(4, '0')}`),
    );
    expect(await database.handovers.counts()).toEqual({ waiting: 20, done: 0, refused: 0 });
  });

  it('keeps the code for later versions, each in its place once, and hands them on in their sequence', async () => {
    const { dossiers, handovers } = database;
    const first = await accepted();
    const [second, third, rival] = [await announced(), await announced(), await announced()];
    const follow = (id: string, previous: string) =>
      dossiers.assignVersion(
        id,
        previous,
        (before, dossierVersion) => ({ ...before, dossierId: id, dossierVersion }),
        now,
      );
    const answers = await Promise.all([follow(second, first), follow(rival, first)]);
    expect(answers.filter((one) => one === null)).toHaveLength(1);
    const winner = answers[0] === null ? rival : second;
    expect(await follow(winner, first)).toBe(answers.find((one) => one !== null));
    expect(JSON.parse((await follow(third, winner))!)).toMatchObject({ dossierVersion: 3 });
    const rows = await dossiers.byCode('H29.15-261008-0001');
    expect(rows.map((one) => [one.id, one.version])).toEqual([
      [first, 1],
      [winner, 2],
      [third, 3],
    ]);
    for (const id of [first, winner, third]) {
      expect((await handovers.claim(now, 1_000))?.dossier_id).toBe(id);
      expect(await handovers.claim(now, 1_000)).toBeNull();
      await handovers.done(id, 2, { since: 1, next: null });
    }
    // Nothing of it took a number.
    const next = await accepted();
    expect(await dossiers.get(next)).toMatchObject({ code: 'H29.15-261008-0002', version: 1 });
  });

  it('gives a number back that a transaction did not keep, and stops at the last', async () => {
    const id = await announced();
    const { dossiers } = database;
    const broken = dossiers.assign(
      id,
      unit,
      () => {
        throw new Error('no');
      },
      now,
    );
    await expect(broken).rejects.toThrow('no');
    for (let number = 1; number <= 9_999; number += 9_998) {
      const one = await announced();
      const text = await dossiers.assign(one, unit, (given) => claimsOf(one, given), now);
      expect(JSON.parse(text!)).toMatchObject({ dossierCode: claimsOf(one, number).dossierCode });
      if (number === 1) await execute('update code_counters set last = 9998');
    }
    expect(await dossiers.assign(id, unit, (number) => claimsOf(id, number), now)).toBeNull();
  });

  /** Straight at the database, past the gateway's own connection. */
  async function execute(sql: string): Promise<void> {
    if (kind === 'sqlite') {
      const file = new Database(join(folder, 'gateway.sqlite'));
      file.exec(sql);
      file.close();
      return;
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  it('names what nobody will finish, and forgets it; an accepted dossier never', async () => {
    const [old, refused, done] = [await announced(), await announced(), await accepted()];
    const { dossiers } = database;
    await dossiers.refuse(refused, 'document-changed');
    expect(await dossiers.expired(now, 10)).toEqual([]);
    expect([...(await dossiers.expired(later(1), 10))].sort()).toEqual([old, refused].sort());
    for (const id of [old, refused, done]) await dossiers.expire(id, later(1));
    expect(await dossiers.expired(later(2), 10)).toEqual([]);
    expect(await dossiers.get(old)).toBeUndefined();
    expect((await dossiers.get(refused))?.refusal).toBe('document-changed');
    expect((await dossiers.get(done))?.code).not.toBeNull();
    // Announced again in time, it is waited for again.
    const id = await announced();
    await dossiers.announce(manifestOf(id), later(5_000_000), 100);
    expect(await dossiers.expired(later(1), 10)).toEqual([]);
  });

  it('adds the parts of an upload one after the other; of two that race one wins', async () => {
    const id = await announced();
    const { parts } = database;
    const part = (start: number, length: number, key: string) => ({
      dossier_id: id,
      start,
      length,
      object_key: key,
    });
    expect(await parts.add(part(0, 4, 'a'))).toBe(true);
    expect(await parts.add(part(0, 4, 'b'))).toBe(false);
    expect(await parts.add(part(9, 1, 'c'))).toBe(false);
    const race = await Promise.all([parts.add(part(4, 2, 'd')), parts.add(part(4, 3, 'e'))]);
    expect([...race].sort()).toEqual([false, true]);
    expect((await parts.of(id)).length).toBe(2);
    expect(await parts.unknown(['a', 'b', 'zzz'])).toEqual(['b', 'zzz']);
    expect(await parts.add({ ...part(0, 1, 'f'), dossier_id: ids.next() })).toBe(false);
    await parts.remove(id);
    expect(await parts.end(id)).toBe(0);
  });

  it('gives a kiosk its key, the next one at a renewal, and to nobody else', async () => {
    const { kioskKeys } = database;
    const seen = await Promise.all(['one', 'two', 'three'].map((key) => kioskKeys.see('K-1', key, now)));
    expect([...seen].sort()).toEqual(['current', 'taken', 'taken']);
    const first = ['one', 'two', 'three'][seen.indexOf('current')]!;
    expect(await kioskKeys.renew('K-1', 'next', 'pem', now)).toBe(true);
    expect(await kioskKeys.renew('K-2', first, 'pem', now)).toBe(false);
    // Both hold until the new one shows itself.
    expect(await kioskKeys.see('K-1', first, now)).toBe('current');
    expect(await kioskKeys.see('K-2', 'next', now)).not.toBe('current');
    expect(await kioskKeys.see('K-1', 'next', now)).toBe('current');
    expect(await kioskKeys.see('K-1', first, now)).toBe('superseded');
    expect(await kioskKeys.renew('K-1', first, 'pem', now)).toBe(false);
    expect(await kioskKeys.issued('K-1', 'next')).toBe('pem');
    await kioskKeys.release('K-1');
    expect(await kioskKeys.see('K-1', 'fourth', now)).toBe('current');
  });

  it('hands each hand-over to one worker, and to another when its lease has ended', async () => {
    const all = [await accepted(), await accepted()];
    const { handovers } = database;
    const claimed = await Promise.all([1, 2, 3].map(() => handovers.claim(now, 1_000)));
    expect(
      claimed
        .map((one) => one?.dossier_id)
        .filter(Boolean)
        .sort(),
    ).toEqual(all);
    expect(await handovers.claim(later(999), 1_000)).toBeNull();
    expect(await handovers.claim(later(1_000), 1_000)).toMatchObject({ attempts: 2 });
    await handovers.failed(all[0]!, 'system-timeout', later(5_000));
    await handovers.done(all[1]!, 4, { since: 1, next: null });
    expect(await handovers.claim(later(4_999), 1)).toBeNull();
    expect(await handovers.claim(later(5_000), 1)).toMatchObject({ problem: 'system-timeout' });
    await handovers.refused(all[0]!, 'system-error-422');
    expect(await handovers.counts()).toEqual({ waiting: 0, done: 1, refused: 1 });
    expect(await handovers.retry(all[0]!, now)).toBe(true);
    expect(await handovers.retry(all[1]!, now)).toBe(false);
  });

  it('asks for the status of what was handed over, by its newest version, each time for one worker', async () => {
    const { dossiers, handovers } = database;
    const [first, other] = [await accepted(), await accepted()];
    const second = await announced();
    const claims = { dossierId: second, dossierVersion: 2 };
    await dossiers.assignVersion(second, first, (before) => ({ ...before, ...claims }), now);
    for (const id of [first, second, other]) await dossiers.keepReceipt(id, 'token');
    const at = now.getTime();
    expect(await handovers.statuses([first, other], null)).toEqual([
      { dossierId: first, status: null, handover: 'waiting' },
      { dossierId: other, status: null, handover: 'waiting' },
    ]);
    await handovers.done(first, 4, { since: at, next: at + 10 });
    await handovers.done(other, 2, { since: at, next: at + 20 });
    expect(await handovers.claimStatus(later(9), 1_000)).toBeNull();
    expect(await handovers.claimStatus(later(10), 1_000)).toMatchObject({ code: 'H29.15-261008-0001' });
    expect(await handovers.claimStatus(later(10), 1_000)).toBeNull();
    await handovers.noteStatus(first, 5, { since: at + 10, next: at + 100 });
    expect(await handovers.statuses([first, second], null)).toEqual([
      { dossierId: first, status: 5, handover: 'waiting' },
      { dossierId: second, status: 5, handover: 'waiting' },
    ]);
    // From now on the second version stands for the dossier.
    await handovers.done(second, 4, { since: at + 50, next: at + 60 });
    await handovers.noteStatus(first, 8, { since: null, next: at + 1_000 });
    expect((await handovers.claimStatus(later(2_000), 10_000))?.dossier_id).toBe(other);
    expect((await handovers.claimStatus(later(2_000), 10_000))?.dossier_id).toBe(second);
    expect(await handovers.claimStatus(later(2_000), 10_000)).toBeNull();
    // The system did not answer, and then said that it is over.
    await handovers.noteStatus(other, null, { since: null, next: at + 3_000 });
    expect(await handovers.get(other)).toMatchObject({
      status: 2,
      status_since: at,
      next_status_at: at + 3_000,
    });
    await handovers.noteStatus(other, 10, { since: at + 3_000, next: null });
    expect((await handovers.claimStatus(later(99_000), 1))?.dossier_id).toBe(second);
    const kioskId = (await dossiers.get(first))!.kiosk_id;
    expect(await handovers.statuses([first, other, 'unknown'], kioskId)).toEqual([
      { dossierId: first, status: 4, handover: 'done' },
      { dossierId: other, status: 10, handover: 'done' },
    ]);
    expect(await handovers.statuses([first], 'K-9')).toEqual([]);
  });

  it('lets one at a time touch an upload; who waits makes the holder know, and may give up', async () => {
    const never = new AbortController().signal;
    const wanted: string[] = [];
    const { locks } = database;
    const releaseFirst = await locks.acquire('x', never, () => wanted.push('first'));
    const other = await locks.acquire('y', never, () => undefined);
    const giveUp = AbortSignal.timeout(30);
    await expect(locks.acquire('x', giveUp, () => undefined)).rejects.toThrow();
    const order: number[] = [];
    const waiters = [1, 2].map(async (number) => {
      const release = await locks.acquire('x', never, () => undefined);
      order.push(number);
      await release();
    });
    expect(wanted.length).toBeGreaterThan(0);
    expect(order).toEqual([]);
    await releaseFirst();
    await Promise.all(waiters);
    expect(order).toEqual([1, 2]);
    await other();
  });

  const headOf = (kioskId: string, id: number, letter: string, at: number) =>
    ({ version: 1, kioskId, id, hash: letter.repeat(64), at }) as const;

  it('keeps the heads of an audit trail, and those that do not follow as alarms', async () => {
    const { auditHeads } = database;
    const keep = (id: number, letter: string, kioskId = 'K-1') =>
      auditHeads.keep(headOf(kioskId, id, letter, 1), `${kioskId}.${id}.${letter}`, now);
    expect(await keep(5, 'a')).toBe('follows');
    expect(await keep(5, 'a')).toBe('known');
    expect(await keep(9, 'b')).toBe('follows');
    expect(await keep(5, 'a')).toBe('known');
    expect(await keep(9, 'c')).toBe('contradicts');
    expect(await keep(7, 'd')).toBe('lower');
    expect(await keep(7, 'd', 'K-2')).toBe('follows');
    await database.close();
    database = await open();
    expect(await database.auditHeads.newest('K-1')).toMatchObject({ entry: 9, token: 'K-1.9.b' });
    const alarms = (await database.auditHeads.alarms()).map((one) => one.token);
    expect([...alarms].sort()).toEqual(['K-1.7.d', 'K-1.9.c']);
    expect(await database.auditHeads.newest('K-3')).toBeUndefined();
  });

  it('keeps the first head ever, the newest of each day, the newest eight, and a bounded number of alarms', async () => {
    const { auditHeads } = database;
    const day = (days: number) => new Date(now.getTime() + days * 86_400_000);
    const all = Array.from({ length: 24 }, (_, index) => index + 1);
    for (const entry of all) {
      const at = day(entry <= 12 ? 0 : entry <= 14 ? 1 : 2);
      await auditHeads.keep(headOf('K-1', entry, 'a', at.getTime() + entry), `${entry}`, at);
    }
    const recent = await auditHeads.recent('K-1');
    expect(recent.map((one) => Number(one.token))).toEqual([24, 23, 22, 21, 20, 19, 18, 17]);
    const known = await Promise.all(
      all.map((entry) => auditHeads.keep(headOf('K-1', entry, 'a', 1), 'x', day(2))),
    );
    expect(all.filter((_, index) => known[index] === 'known')).toEqual([
      1, 12, 14, 17, 18, 19, 20, 21, 22, 23, 24,
    ]);
    expect(await auditHeads.recent('K-9')).toEqual([]);
    for (let entry = 7; entry < 140; entry++)
      await auditHeads.keep(headOf('K-2', 1_000 - entry, 'c', entry), `${entry}`, day(2));
    expect((await auditHeads.alarms()).filter((one) => one.kiosk_id === 'K-2')).toHaveLength(100);
  });

  it('a head that was overtaken on the line is no alarm; one that an old disk signs afterwards is', async () => {
    const { auditHeads } = database;
    const at = now.getTime();
    expect(await auditHeads.keep(headOf('K-1', 9, 'a', at), 'newest', now)).toBe('follows');
    expect(await auditHeads.keep(headOf('K-1', 7, 'b', at - 5_000), 'overtaken', now)).toBe('late');
    expect(await auditHeads.keep(headOf('K-1', 8, 'c', at + 5_000), 'old disk', now)).toBe('lower');
    expect(await auditHeads.keep(headOf('K-1', 6, 'd', at - 90_000_000), 'old clock', now)).toBe('lower');
    expect((await auditHeads.newest('K-1'))?.token).toBe('newest');
  });

  it('is not opened by an older program', async () => {
    await database.close();
    const setVersion = (version: number) =>
      execute(
        kind === 'sqlite'
          ? `pragma user_version = ${version}`
          : `update schema_version set version = ${version}`,
      );
    await setVersion(99);
    await expect(open()).rejects.toThrow('newer version');
    await setVersion(schemaVersion);
    database = await open();
    expect(await announced()).toBeDefined();
  });
});

describe('the embedded database', () => {
  it('belongs to one process at a time', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'city-db-'));
    const options = { url: 'sqlite:', dataFolder, logger: silentLogger };
    const first = await openCityDatabase(options);
    await expect(openCityDatabase(options)).rejects.toThrow('another gateway');
    await first.close();
    await (await openCityDatabase(options)).close();
  });

  it('is brought up to date from the first version, with what is in it', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'city-db-'));
    const file = new Database(join(dataFolder, 'gateway.sqlite'));
    file.exec(migrationFrom(0, 'sqlite'));
    file.pragma('user_version = 1');
    const [open, done] = [ids.next(), ids.next()];
    const insert = file.prepare(
      'insert into dossiers (id, manifest, announced_at, code, claims, receipt) values (?, ?, ?, ?, ?, ?)',
    );
    insert.run(open, JSON.stringify(manifestOf(open, 'K-7')), 5, null, null, null);
    insert.run(
      done,
      JSON.stringify(manifestOf(done)),
      5,
      'H29.15-261008-0007',
      JSON.stringify(claimsOf(done, 7)),
      'token',
    );
    file.prepare('insert into code_counters values (?, ?, ?)').run('H29.15', '261008', 7);
    file.close();
    const database = await openCityDatabase({ url: 'sqlite:', dataFolder, logger: silentLogger });
    expect(await database.dossiers.get(done)).toMatchObject({ version: 1, previous: null });
    expect(await database.dossiers.get(open)).toMatchObject({ kiosk_id: 'K-7', receipt: null });
    expect(await database.dossiers.get(done)).toMatchObject({ code: 'H29.15-261008-0007', receipt: 'token' });
    const text = await database.dossiers.assign(open, unit, (number) => claimsOf(open, number), now);
    expect(JSON.parse(text!)).toMatchObject({ dossierCode: 'H29.15-261008-0008' });
    expect(await database.handovers.counts()).toMatchObject({ waiting: 2 });
    await database.close();
  });
});

describe.skipIf(postgresPrograms() === undefined)('PostgreSQL', () => {
  it('is refused when it does not keep what it acknowledges', async () => {
    const url = await postgres!.newDatabase();
    const dataFolder = await mkdtemp(join(tmpdir(), 'city-db-'));
    const careless = `${url}?options=-c%20synchronous_commit%3Doff`;
    await expect(openCityDatabase({ url: careless, dataFolder, logger: silentLogger })).rejects.toThrow(
      'synchronous_commit',
    );
  });

  it('a lock that another gateway has is asked for, and given when it is let go', async () => {
    const url = await postgres!.newDatabase();
    const dataFolder = await mkdtemp(join(tmpdir(), 'city-db-'));
    const gateways = await Promise.all(
      [1, 2, 3].map(() => openCityDatabase({ url, dataFolder, logger: silentLogger })),
    );
    const wanted: number[] = [];
    const acquire = (number: number) =>
      gateways[number]!.locks.acquire('x', AbortSignal.timeout(10_000), () => void wanted.push(number));
    const release = await acquire(0);
    const waiting = [acquire(1), acquire(2)];
    await expect.poll(() => wanted).toContain(0);
    // Only the holder is asked; who waits is not driven away.
    expect(wanted).not.toContain(1);
    await release();
    const first = await Promise.race(waiting);
    await first();
    for (const one of waiting) await (await one)();
    for (const one of gateways) await one.close();
  });

  it('lost and back, is used again; the locks of a lost session are free', async () => {
    const url = await postgres!.newDatabase();
    const dataFolder = await mkdtemp(join(tmpdir(), 'city-db-'));
    const database = await openCityDatabase({ url, dataFolder, logger: silentLogger });
    const never = new AbortController().signal;
    const id = ids.next();
    await database.dossiers.announce(manifestOf(id), now, 10);
    const release = await database.locks.acquire(id, never, () => undefined);
    await postgres!.kill();
    await expect(database.dossiers.get(id)).rejects.toThrow();
    await postgres!.start();
    expect((await database.dossiers.get(id))?.id).toBe(id);
    await release();
    await (await database.locks.acquire(id, never, () => undefined))();
    await database.close();
  });
});
