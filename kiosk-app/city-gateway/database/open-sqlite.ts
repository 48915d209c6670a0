import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CompiledQuery, type DatabaseConnection, Kysely, SqliteDialect, SqliteDriver } from 'kysely';
import { lockExclusively } from './exclusive-lock.ts';
import { assertKnownVersion, migrationFrom, schemaVersion } from './migrations.ts';
import type { Connection, Tables } from './tables.ts';

/**
 * Opens the gateway's own database in a folder, brings it up to date, and makes sure that what it acknowledges is on
 * the disk: better-sqlite3 is compiled to fall back to synchronous=NORMAL in WAL mode, and does so at the first write.
 *
 * The folder belongs to one process: a second one fails here, and the death of the first, however it comes, frees it.
 */
export function openSqlite(folder: string): Connection & { readonly close: () => Promise<void> } {
  const unlock = lockExclusively(join(folder, 'gateway.lock'));
  const file = new Database(join(folder, 'gateway.sqlite'));
  try {
    file.pragma('journal_mode = WAL');
    file.pragma('synchronous = FULL');
    file.pragma('foreign_keys = ON');
    file.pragma('busy_timeout = 5000');
    migrate(file);
    if (
      file.pragma('synchronous', { simple: true }) !== 2 ||
      file.pragma('journal_mode', { simple: true }) !== 'wal'
    )
      throw new Error('the database does not keep its durability settings');
  } catch (error) {
    file.close();
    unlock();
    throw error;
  }
  const db = new Kysely<Tables>({ dialect: new ImmediateSqlite({ database: file }) });
  return {
    db,
    dialect: 'sqlite',
    close: async () => {
      await db.destroy();
      unlock();
    },
  };
}

function migrate(file: Database.Database): void {
  file
    .transaction(() => {
      const current = file.pragma('user_version', { simple: true }) as number;
      assertKnownVersion(current);
      for (let version = current; version < schemaVersion; version++)
        file.exec(migrationFrom(version, 'sqlite'));
      // A write at every opening, also without a migration: only after one do the pragmas tell the truth.
      file.pragma(`user_version = ${schemaVersion}`);
    })
    .immediate();
}

/** Kysely begins deferred: a transaction that reads first and writes then fails when another wrote in between. */
class ImmediateSqlite extends SqliteDialect {
  readonly #config: { readonly database: Database.Database };

  constructor(config: { readonly database: Database.Database }) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}
