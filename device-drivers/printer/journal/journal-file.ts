import { err, ok, type Result } from '@motcua/core';
import Database from 'better-sqlite3';
import type { JournalJob, JournalStore } from './journal-store.ts';

/** A print journal in a file of its own (SQLite). The kiosk's service keeps its journal in its database instead. */
export interface JournalFile extends JournalStore {
  /** Ids are numbers in order, from 1. */
  add(id: number): void;
  /** How many jobs there are, which is the greatest id. */
  count(): number;
  all(): IterableIterator<JournalJob>;
  close(): void;
}

export type JournalFileError = {
  readonly code: 'journal-busy' | 'journal-foreign' | 'journal-unusable';
  readonly message: string;
};

const APPLICATION_ID = 0x4d43_504a;
const SCHEMA = `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    copy INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    certainty TEXT
  ) STRICT;
  CREATE INDEX open_jobs ON jobs (id) WHERE state IN ('queued', 'sending', 'sent');
  CREATE TABLE openings (id INTEGER PRIMARY KEY) STRICT;
`;

type Row = Omit<JournalJob, 'id' | 'copy'> & { readonly id: number; readonly copy: 0 | 1 };

const jobOf = ({ id, copy, ...rest }: Row): JournalJob => ({ id: String(id), copy: copy === 1, ...rest });

/** Opens or creates it, for this process alone. */
export function openJournalFile(path: string): Result<JournalFile, JournalFileError> {
  let opened: Database.Database | undefined;
  try {
    const db = new Database(path, { timeout: 2_000 });
    opened = db;
    // Two processes on one journal would print everything twice.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    const application = db.pragma('application_id', { simple: true });
    const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
    if (isEmpty)
      db.transaction(() => {
        db.exec(SCHEMA);
        db.pragma(`application_id = ${APPLICATION_ID}`);
      }).immediate();
    else if (application !== APPLICATION_ID) {
      db.close();
      return err({ code: 'journal-foreign', message: `${path} is a database, but no print journal` });
    }
    db.exec('INSERT INTO openings DEFAULT VALUES');
    // Compiled with NORMAL for WAL, and falls back to it at the first write: acknowledged rows would be lost.
    if (db.pragma('synchronous', { simple: true }) !== 2)
      throw new Error('SQLite does not hold synchronous = FULL');
    return ok(storeOn(db));
  } catch (error) {
    opened?.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_BUSY'))
      return err({ code: 'journal-busy', message: `${path} is in use by another process` });
    if (code === 'SQLITE_NOTADB')
      return err({ code: 'journal-foreign', message: `${path} is no print journal` });
    return err({
      code: 'journal-unusable',
      message: `${path}: ${error instanceof Error ? error.message : 'cannot be opened'}`,
    });
  }
}

function storeOn(db: Database.Database): JournalFile {
  const next = db.prepare<[], Row>(`SELECT * FROM jobs WHERE state = 'queued' ORDER BY id LIMIT 1`);
  const get = db.prepare<[number], Row>('SELECT * FROM jobs WHERE id = ?');
  const interrupted = db.prepare<[], Row>(
    `SELECT * FROM jobs WHERE state IN ('sending', 'sent') ORDER BY id`,
  );
  const update = db.prepare(
    'UPDATE jobs SET state = ?, copy = ?, attempts = ?, problem = ?, certainty = ? WHERE id = ?',
  );
  const insert = db.prepare(`INSERT INTO jobs (id, state) VALUES (?, 'queued')`);
  const last = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM jobs').pluck();
  const all = db.prepare<[], Row>('SELECT * FROM jobs ORDER BY id');
  const optional = (row: Row | undefined) => (row ? jobOf(row) : undefined);
  return {
    next: () => optional(next.get()),
    get: (id) => optional(get.get(Number(id))),
    interrupted: () => interrupted.all().map(jobOf),
    record: (id, { state, copy, attempts, problem, certainty }) => {
      update.run(state, copy ? 1 : 0, attempts, problem, certainty, Number(id));
    },
    add: (id) => {
      insert.run(id);
    },
    count: () => last.get() ?? 0,
    *all() {
      for (const row of all.iterate()) yield jobOf(row);
    },
    close: () => db.close(),
  };
}
