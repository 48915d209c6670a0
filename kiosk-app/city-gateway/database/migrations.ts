import type { Dialect } from './tables.ts';

/**
 * Forward only; a released one is never changed. Written in SQLite's words; what PostgreSQL says otherwise and cannot
 * be translated by `migrationFor` stands beside it.
 */
const migrations: readonly (string | Readonly<Record<Dialect, string>>)[] = [
  `create table dossiers (
    id text primary key,
    manifest text not null,
    announced_at integer not null,
    damaged_uploads integer not null default 0,
    refusal text,
    code text unique,
    claims text,
    receipt text,
    check (claims is null or code is not null),
    check (receipt is null or claims is not null)
  ) strict;
  create table code_counters (
    unit text not null,
    day text not null,
    last integer not null check (last between 1 and 9999),
    primary key (unit, day)
  ) strict, without rowid;`,

  {
    sqlite: `alter table dossiers add column kiosk_id text not null default '';
      update dossiers set kiosk_id = manifest ->> 'kioskId';`,
    postgres: `alter table dossiers add column kiosk_id text not null;`,
  },

  `alter table dossiers add column bytes_removed_at integer;
  create index waiting_dossiers on dossiers (kiosk_id, announced_at) where claims is null;
  create table upload_parts (
    dossier_id text not null,
    start integer not null check (start >= 0),
    length integer not null check (length > 0),
    object_key text not null unique,
    primary key (dossier_id, start)
  ) strict, without rowid;
  create table kiosk_keys (
    kiosk_id text not null,
    key_hash text not null unique,
    state text not null check (state in ('current', 'next', 'superseded')),
    since integer not null,
    certificate text,
    primary key (kiosk_id, key_hash)
  ) strict, without rowid;
  create unique index one_current_key on kiosk_keys (kiosk_id) where state = 'current';
  create table handovers (
    dossier_id text primary key references dossiers (id),
    attempts integer not null default 0,
    next_attempt_at integer not null,
    leased_until integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    problem text,
    status integer check (status between 1 and 10)
  ) strict, without rowid;
  create index due_handovers on handovers (next_attempt_at) where state = 'waiting';
  insert into handovers (dossier_id, next_attempt_at)
    select id, announced_at from dossiers where claims is not null;`,

  `create table audit_heads (
    kiosk_id text not null,
    entry integer not null check (entry > 0),
    hash text not null,
    token text not null,
    received_at integer not null,
    alarm text check (alarm in ('lower', 'contradicts')),
    primary key (kiosk_id, entry, hash)
  ) strict, without rowid;`,

  {
    // SQLite drops no constraint: both tables are copied, since one refers to the other.
    sqlite: `create table new_dossiers (
      id text primary key,
      manifest text not null,
      announced_at integer not null,
      damaged_uploads integer not null default 0,
      refusal text,
      code text,
      claims text,
      receipt text,
      kiosk_id text not null default '',
      bytes_removed_at integer,
      version integer not null default 1 check (version > 0),
      previous text,
      unique (code, version),
      check (claims is null or code is not null),
      check (receipt is null or claims is not null),
      check (claims is null or (version = 1) = (previous is null))
    ) strict;
    insert into new_dossiers (id, manifest, announced_at, damaged_uploads, refusal, code, claims, receipt, kiosk_id,
        bytes_removed_at)
      select id, manifest, announced_at, damaged_uploads, refusal, code, claims, receipt, kiosk_id, bytes_removed_at
      from dossiers;
    create table new_handovers (
      dossier_id text primary key references new_dossiers (id),
      attempts integer not null default 0,
      next_attempt_at integer not null,
      leased_until integer not null default 0,
      state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
      problem text,
      status integer check (status between 1 and 10)
    ) strict, without rowid;
    insert into new_handovers (dossier_id, attempts, next_attempt_at, leased_until, state, problem, status)
      select dossier_id, attempts, next_attempt_at, leased_until, state, problem, status from handovers;
    drop table handovers;
    drop table dossiers;
    alter table new_dossiers rename to dossiers;
    alter table new_handovers rename to handovers;
    create index waiting_dossiers on dossiers (kiosk_id, announced_at) where claims is null;
    create index due_handovers on handovers (next_attempt_at) where state = 'waiting';`,
    postgres: `alter table dossiers drop constraint dossiers_code_key;
    alter table dossiers add column version bigint not null default 1 check (version > 0);
    alter table dossiers add column previous text;
    alter table dossiers add unique (code, version);
    alter table dossiers add check (claims is null or (version = 1) = (previous is null));`,
  },

  `alter table audit_heads add column signed_at integer;`,

  // What became of a dossier is asked of the city's system again and again, until it is over.
  `alter table handovers add column status_since integer;
  alter table handovers add column next_status_at integer;
  create index due_statuses on handovers (next_status_at) where next_status_at is not null;
  update handovers set status_since = next_attempt_at, next_status_at = next_attempt_at
    where state = 'done' and status not in (3, 7, 8, 10);`,
];

/** How many there are: the version that a database has after all of them. */
export const schemaVersion = migrations.length;

/** The SQL that brings a database from `version` to `version + 1`. */
export function migrationFrom(version: number, dialect: Dialect): string {
  const migration = migrations[version];
  if (migration === undefined) throw new Error(`there is no migration from version ${version}`);
  if (typeof migration !== 'string') return migration[dialect];
  if (dialect === 'sqlite') return migration;
  return migration.replace(/\) strict(, without rowid)?;/g, ');').replaceAll(' integer', ' bigint');
}

export function assertKnownVersion(version: number): void {
  if (version > schemaVersion)
    throw new Error(`the database is of a newer version (${version}) than this program (${schemaVersion})`);
}
