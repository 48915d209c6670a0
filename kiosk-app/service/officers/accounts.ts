import { type Clock, err, type Ids, ok, type Result } from '@motcua/core';
import type { Db } from '../store/database.ts';
import { hashPassword, verifyPassword } from './password.ts';

export interface Officer {
  readonly id: string;
  readonly login: string;
  readonly fullName: string;
  /** As it stands beside a signature: `Công chức tư pháp - hộ tịch`. */
  readonly position: string;
}

export type LoginError =
  | { readonly code: 'officer-login-wrong' }
  | { readonly code: 'officer-login-locked'; readonly retryAfterSeconds: number };

export type AccountError = {
  readonly code:
    | 'officer-login-malformed'
    | 'officer-login-taken'
    | 'officer-password-weak'
    | 'officer-unknown';
};

/** Officers' accounts: of their own, apart from the kiosk's window and from any visit. */
export interface OfficerAccounts {
  add(account: Omit<Officer, 'id'> & { readonly password: string }): Promise<Result<Officer, AccountError>>;
  setPassword(login: string, password: string): Promise<Result<Officer, AccountError>>;
  /** Ends the waiting after wrong passwords. */
  unlock(login: string): Result<Officer, AccountError>;
  disable(login: string): Result<Officer, AccountError>;
  get(id: string): Officer | null;
  list(): readonly (Officer & { readonly disabled: boolean })[];
  logIn(login: string, password: string): Promise<Result<Officer, LoginError>>;
}

interface OfficerRow {
  readonly id: string;
  readonly login: string;
  readonly full_name: string;
  readonly position: string;
  readonly password: string;
  readonly failures: number;
  readonly locked_until: number | null;
  readonly disabled: number;
}

interface Attempts {
  readonly failures: number;
  readonly locked_until: number | null;
}

const LOGIN = /^[a-z][a-z0-9.-]{1,31}$/;
/** NIST SP 800-63B: length counts, composition rules do not. */
const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 200;
const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const MAX_STRANGERS = 500;

export function createOfficerAccounts(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
}): OfficerAccounts {
  const { db } = deps;
  const now = () => deps.clock.now().getTime();
  const byLogin = db.prepare<[string], OfficerRow>('SELECT * FROM officers WHERE login = ?');
  const byId = db.prepare<[string], OfficerRow>('SELECT * FROM officers WHERE id = ? AND disabled = 0');
  const setAttempts = db.prepare('UPDATE officers SET failures = ?, locked_until = ? WHERE id = ?');
  /** Names that do not exist wait as well: an answer must not tell which ones do. */
  const strangers = new Map<string, Attempts>();
  let decoy: Promise<string> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: each takes 64 MiB, and tries at the same time must not get around the count. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };

  function waitMs({ locked_until }: Attempts): number {
    const left = (locked_until ?? 0) - now();
    // Longer than the longest: the clock was set back since.
    return left > 0 && left <= LONGEST_WAIT_MS ? left : 0;
  }

  function afterFailure({ failures }: Attempts): Attempts {
    const count = failures + 1;
    if (count < FREE_TRIES) return { failures: count, locked_until: null };
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, count - FREE_TRIES));
    return { failures: count, locked_until: now() + wait };
  }

  const named = (login: string, work: (row: OfficerRow) => void): Result<Officer, AccountError> => {
    const row = byLogin.get(login);
    if (!row) return err({ code: 'officer-unknown' });
    work(row);
    return ok(officerOf(row));
  };

  return {
    add: async ({ login, fullName, position, password }) => {
      if (!LOGIN.test(login) || fullName.trim() === '') return err({ code: 'officer-login-malformed' });
      if (weak(password, login)) return err({ code: 'officer-password-weak' });
      const hashed = await hashPassword(password);
      const id = deps.ids.next();
      const added = db
        .prepare(
          `INSERT INTO officers (id, login, full_name, position, password, created_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (login) DO NOTHING`,
        )
        .run(id, login, fullName.trim().normalize('NFC'), position.trim().normalize('NFC'), hashed, now());
      if (added.changes === 0) return err({ code: 'officer-login-taken' });
      return ok(officerOf(byLogin.get(login)!));
    },
    setPassword: async (login, password) => {
      if (weak(password, login)) return err({ code: 'officer-password-weak' });
      const hashed = await hashPassword(password);
      return named(login, (row) => {
        db.prepare(
          'UPDATE officers SET password = ?, failures = 0, locked_until = NULL, disabled = 0 WHERE id = ?',
        ).run(hashed, row.id);
      });
    },
    unlock: (login) => named(login, (row) => setAttempts.run(0, null, row.id)),
    disable: (login) =>
      named(login, (row) => db.prepare('UPDATE officers SET disabled = 1 WHERE id = ?').run(row.id)),
    get: (id) => {
      const row = byId.get(id);
      return row ? officerOf(row) : null;
    },
    list: () =>
      db
        .prepare<[], OfficerRow>('SELECT * FROM officers ORDER BY login')
        .all()
        .map((row) => ({ ...officerOf(row), disabled: row.disabled === 1 })),
    logIn: (login, password) =>
      inTurn(async () => {
        const name = login.trim().toLowerCase().slice(0, 64);
        const row = byLogin.get(name);
        const attempts = row ?? strangers.get(name) ?? { failures: 0, locked_until: null };
        const wait = waitMs(attempts);
        if (wait > 0)
          return err({ code: 'officer-login-locked', retryAfterSeconds: Math.ceil(wait / 1_000) });
        decoy ??= hashPassword('nobody has this password');
        // A name that does not exist takes as long as one that does.
        const stored = row && row.disabled === 0 ? row.password : await decoy;
        const right = await verifyPassword(password.slice(0, LONGEST_PASSWORD), stored);
        if (right && row && row.disabled === 0) {
          setAttempts.run(0, null, row.id);
          return ok(officerOf(row));
        }
        const failed = afterFailure(attempts);
        if (row) setAttempts.run(failed.failures, failed.locked_until, row.id);
        else {
          if (strangers.size >= MAX_STRANGERS) strangers.delete(strangers.keys().next().value!);
          strangers.set(name, failed);
        }
        return err({ code: 'officer-login-wrong' });
      }),
  };
}

function officerOf(row: OfficerRow): Officer {
  return { id: row.id, login: row.login, fullName: row.full_name, position: row.position };
}

function weak(password: string, login: string): boolean {
  const { length } = password;
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) return true;
  return password.toLowerCase().includes(login) || new Set(password).size < 5;
}
