import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, migrate, openDatabase } from './database.ts';
import { migrations } from './migrations.ts';

const KEY = Buffer.alloc(32, 7);
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'database-'));
  file = join(folder, 'kiosk.sqlite');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A database as the first version of the program left it: one visit with everything that belongs to one. */
function populateVersion1(): void {
  const db = new Database(file);
  migrate(db, 1);
  db.exec(`
    INSERT INTO visits (id, version, step_version, step, language, card, started_at, active_at)
      VALUES ('v', 9, 9, 'receipt', 'vi', '{}', 1, 1);
    INSERT INTO requests VALUES ('r', 'v', NULL, 1);
    INSERT INTO ticket_counters VALUES ('A', '2026-10-08', 27);
    INSERT INTO tickets (id, visit_id, prefix, sequence, local_day, procedure_code, people_ahead, issued_at)
      VALUES ('t', 'v', 'A', 27, '2026-10-08', '2.000815', 3, 1);
    INSERT INTO print_jobs (id, visit_id, kind, state, slip, created_at) VALUES ('p', 'v', 'ticket', 'printed', '{}', 1);
    INSERT INTO pages (id, visit_id, paper_code, position, state, file, scanned_at) VALUES ('g', 'v', 'original', 1, 'ready', '/f', 1);
    INSERT INTO dossiers (id, visit_id, state, procedure_code) VALUES ('d', 'v', 'sealed', '2.000815');
    INSERT INTO outbox (dossier_id, next_attempt_at) VALUES ('d', 1);
    INSERT INTO audit (at, event, visit_id, data) VALUES (1, 'visit-started', 'v', '{}');
  `);
  db.close();
}

describe('opening the database', () => {
  it('writes through to the disk at every commit, also after the first write', () => {
    const { db } = openDatabase(file, KEY);
    db.exec(`INSERT INTO ticket_counters VALUES ('A', '2026-10-08', 1)`);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    db.close();
  });

  it('migrates once, and keeps what is there', () => {
    expect(openFresh()).toBe(migrations.length);
    expect(openFresh()).toBe(0);
  });

  it('brings a populated database of the first version to the newest without losing a row', () => {
    populateVersion1();
    const { db, migrated } = openDatabase(file, KEY);
    expect(migrated).toBe(migrations.length - 1);
    const counts = [
      'visits',
      'requests',
      'tickets',
      'print_jobs',
      'pages',
      'dossiers',
      'outbox',
      'audit',
    ].map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(db.prepare('SELECT last FROM ticket_counters').pluck().get()).toBe(27);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    // A page of that time is a whole picture, and its file is never taken in again.
    expect(db.prepare('SELECT sheet, quality FROM pages').all()).toEqual([{ sheet: null, quality: null }]);
    expect(db.prepare('SELECT * FROM scanned_files').all()).toEqual([{ id: 'g', visit_id: 'v' }]);
    // A card of that time was known by its code.
    expect(db.prepare('SELECT identity_level, chip FROM visits').all()).toEqual([
      { identity_level: 'qr', chip: null },
    ]);
    db.close();
  });

  it('leaves a database of a newer program alone', () => {
    populateVersion1();
    openFresh();
    const newer = connect(file, KEY);
    newer.pragma(`user_version = ${migrations.length + 1}`);
    newer.close();
    expect(() => openDatabase(file, KEY)).toThrow(/newer than this program/);
    const after = connect(file, KEY);
    expect(after.pragma('user_version', { simple: true })).toBe(migrations.length + 1);
    expect(after.prepare('SELECT count(*) FROM visits').pluck().get()).toBe(1);
    after.close();
  });

  it('refuses what is no database, and does not overwrite it', async () => {
    await writeFile(file, 'x'.repeat(8_192));
    expect(() => openDatabase(file, KEY)).toThrow();
    expect(await readFile(file, 'utf8')).toBe('x'.repeat(8_192));
  });

  it('has strict tables only: a word where a time belongs is refused', () => {
    const { db } = openDatabase(file, KEY);
    const loose = db.prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
    );
    expect(loose.all()).toEqual([]);
    expect(() => db.exec(`INSERT INTO audit (at, event, data) VALUES ('yesterday', 'x', '{}')`)).toThrow();
    db.close();
  });

  it('holds one open visit and no more', () => {
    const { db } = openDatabase(file, KEY);
    const start = db.prepare(
      `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at) VALUES (?, 1, 1, 'language', 'vi', 1, 1)`,
    );
    start.run('one');
    expect(() => start.run('two')).toThrow(/UNIQUE/);
    db.exec(`UPDATE visits SET ended_at = 2`);
    start.run('two');
    db.close();
  });

  it('a migration that breaks leaves the version before it', () => {
    const { db } = openDatabase(file, KEY);
    db.exec(`DROP TABLE boots; PRAGMA user_version = 0`);
    expect(() => migrate(db)).toThrow(/already exists/);
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    db.close();
  });

  function openFresh(): number {
    const { db, migrated } = openDatabase(file, KEY);
    db.close();
    return migrated;
  }
});
