import type { Logger } from '@motcua/core';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { assertKnownVersion, migrationFrom, schemaVersion } from './migrations.ts';
import type { Connection, Tables } from './tables.ts';

/** Any number that nothing else on this database uses as an advisory lock. */
const MIGRATION_LOCK = 7_402_931;
const BIGINT = 20;

/** Milliseconds and byte counts fit a JavaScript number exactly; `pg` would make text of them. */
const types = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') =>
    oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/**
 * Opens the database that several gateways share and brings it up to date; gateways that start together wait for each
 * other. Throws when the server does not keep what it acknowledges (`fsync`, `synchronous_commit`, `full_page_writes`).
 */
export async function openPostgres(options: {
  readonly url: string;
  readonly logger: Logger;
  readonly maxConnections?: number;
}): Promise<Connection & { readonly close: () => Promise<void> }> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    types,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'motcua-city-gateway',
  });
  // An idle connection that the server drops; the next query takes a fresh one.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'a database connection was lost'));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertDurable(db);
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, dialect: 'postgres', close: () => db.destroy() };
}

async function assertDurable(db: Kysely<Tables>): Promise<void> {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    if (rows[0]?.value === 'off')
      throw new Error(`PostgreSQL runs with ${name} = off: what it says is stored may be lost`);
  }
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
    await sql`create table if not exists schema_version (version bigint not null)`.execute(tx);
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(tx);
    const current = rows[0]?.version ?? 0;
    assertKnownVersion(current);
    for (let version = current; version < schemaVersion; version++)
      await sql.raw(migrationFrom(version, 'postgres')).execute(tx);
    await sql`delete from schema_version`.execute(tx);
    await sql`insert into schema_version values (${schemaVersion})`.execute(tx);
  });
}
