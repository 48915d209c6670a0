import Database from 'better-sqlite3';
import { migrations } from './migrations.ts';

export type Db = Database.Database;

/**
 * Opens the gateway's database, brings it up to date, and makes sure that what it acknowledges is on the disk:
 * better-sqlite3 is compiled to fall back to synchronous=NORMAL in WAL mode, and does so at the first write.
 */
export function openDatabase(file: string): Db {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  migrate(db);
  if (
    db.pragma('synchronous', { simple: true }) !== 2 ||
    db.pragma('journal_mode', { simple: true }) !== 'wal'
  )
    throw new Error('the database does not keep its durability settings');
  return db;
}

function migrate(db: Db): void {
  db.transaction(() => {
    const current = db.pragma('user_version', { simple: true }) as number;
    if (current > migrations.length)
      throw new Error(
        `the database is of a newer version (${current}) than this program (${migrations.length})`,
      );
    for (const sql of migrations.slice(current)) db.exec(sql);
    // A write at every opening, also without a migration: only after one do the pragmas above tell the truth.
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}
