/** Forward only; a released one is never changed. Index + 1 is `user_version`. */
export const migrations: readonly string[] = [
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
];
