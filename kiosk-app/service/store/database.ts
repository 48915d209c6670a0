import Database from 'better-sqlite3';
import { migrations } from './migrations.ts';

export type Db = Database.Database;

/**
 * Opens the kiosk's database and brings it to the newest schema.
 * better-sqlite3 is compiled with synchronous = NORMAL for WAL and falls back to it at the first write, which loses
 * acknowledged rows in a power cut: FULL is set here and asserted after a write.
 */
export function openDatabase(file: string): { readonly db: Db; readonly migrated: number } {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  // What is wiped from a row is overwritten, not left in a free page.
  db.pragma('secure_delete = ON');
  const migrated = migrate(db);
  db.exec(
    'CREATE TABLE IF NOT EXISTS boots (id INTEGER PRIMARY KEY) STRICT; INSERT INTO boots DEFAULT VALUES',
  );
  if (db.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('SQLite does not hold synchronous = FULL');
  return { db, migrated };
}

/**
 * Empties the write-ahead log into the database: until then it holds, page for page, what was wiped from the tables.
 * Not inside a transaction. A reader of another program can keep it from happening; the next wipe does it then.
 */
export function emptyWriteAheadLog(db: Db): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** Forward only; never resets. A database newer than this program is left alone. */
export function migrate(db: Db, upTo = migrations.length): number {
  const current = Number(db.pragma('user_version', { simple: true }));
  if (current > migrations.length)
    throw new Error(`the database is at version ${current}, newer than this program (${migrations.length})`);
  for (let version = current; version < upTo; version++) {
    db.transaction(() => {
      db.exec(migrations[version]!);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
  return Math.max(0, upTo - current);
}
