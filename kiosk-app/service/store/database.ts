import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3-multiple-ciphers';
import { CHAIN_START, chainHash } from '../audit/audit-chain.ts';
import { migrations } from './migrations.ts';

export type Db = Database.Database;

const PLAIN_MAGIC = Buffer.from('SQLite format 3\0');

export class DatabaseDamagedError extends Error {
  readonly code = 'storage-damaged';
  constructor(detail: string) {
    super(`storage-damaged: ${detail}`);
    this.name = 'DatabaseDamagedError';
  }
}

/**
 * Opens the kiosk's database and brings it to the newest schema. The whole of it is encrypted (ChaCha20-Poly1305, a
 * page at a time, the write-ahead log too), so that no table that is ever added can forget to be.
 *
 * @throws {DatabaseDamagedError} when it does not stand SQLite's check. It is left as it is: what was printed and sealed
 * since the last copy is only in there.
 */
export function openDatabase(file: string, key: Buffer): { readonly db: Db; readonly migrated: number } {
  if (databaseKind(file) === 'plain') encryptInPlace(file, key);
  let db: Db | null = null;
  try {
    db = connect(file, key);
    checkDatabase(db);
    db.pragma('journal_mode = WAL');
    // What is wiped from a row is overwritten, not left in a free page; what is sorted stays in memory.
    db.pragma('secure_delete = ON');
    db.pragma('temp_store = MEMORY');
    const migrated = migrate(db);
    db.exec(
      'CREATE TABLE IF NOT EXISTS boots (id INTEGER PRIMARY KEY) STRICT; INSERT INTO boots DEFAULT VALUES',
    );
    assertDurable(db);
    return { db, migrated };
  } catch (error) {
    db?.close();
    const { code = '' } = error as { code?: string };
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) throw error;
    throw new DatabaseDamagedError(code);
  }
}

/** A connection with the right key and settings; the schema is not looked at. */
export function connect(file: string, key: Buffer, options: Database.Options = {}): Db {
  const db = new Database(file, options);
  try {
    db.pragma(`cipher = 'chacha20'`);
    db.pragma(`key = 'raw:${key.toString('hex')}'`);
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('busy_timeout = 5000');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * SQLite is compiled here with synchronous = NORMAL for WAL and may fall back to it at a connection's first write,
 * which loses acknowledged rows in a power cut: called after a write.
 */
export function assertDurable(db: Db): void {
  if (db.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('SQLite does not hold synchronous = FULL');
}

/** @throws {DatabaseDamagedError} Every page is read and every structure followed; indexes are not compared. */
export function checkDatabase(db: Db): void {
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new DatabaseDamagedError('the check of its structure failed');
}

export function databaseKind(file: string): 'absent' | 'plain' | 'encrypted' {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
  try {
    const head = Buffer.alloc(PLAIN_MAGIC.length);
    const bytes = readSync(descriptor, head, 0, head.length, 0);
    if (bytes === 0) return 'absent';
    return head.equals(PLAIN_MAGIC) ? 'plain' : 'encrypted';
  } finally {
    closeSync(descriptor);
  }
}

/** For a database of the versions that did not encrypt. SQLite rewrites it in one transaction with a rollback journal. */
function encryptInPlace(file: string, key: Buffer): void {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = FULL');
    db.pragma(`cipher = 'chacha20'`);
    db.pragma(`rekey = 'raw:${key.toString('hex')}'`);
  } finally {
    db.close();
  }
}

/**
 * Empties the write-ahead log into the database: until then it holds, page for page, what was wiped from the tables.
 * Not inside a transaction. A reader of another program can keep it from happening; the next wipe does it then.
 */
export function emptyWriteAheadLog(db: Db): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** What SQL cannot: the chain of the audit trail, called once for each entry in their order. */
function registerMigrationFunctions(db: Db): void {
  let before: Buffer = CHAIN_START;
  db.function(
    'audit_chain',
    (id: number, at: number, event: string, visit_id: string | null, data: string) => {
      before = chainHash(before, { id, at, event, visit_id, data });
      return before;
    },
  );
}

/** Forward only; never resets. A database newer than this program is left alone. */
export function migrate(db: Db, upTo = migrations.length): number {
  const current = Number(db.pragma('user_version', { simple: true }));
  if (current > migrations.length)
    throw new Error(`the database is at version ${current}, newer than this program (${migrations.length})`);
  registerMigrationFunctions(db);
  for (let version = current; version < upTo; version++) {
    db.transaction(() => {
      db.exec(migrations[version]!);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
  return Math.max(0, upTo - current);
}
