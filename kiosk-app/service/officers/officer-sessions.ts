import { hash, randomBytes } from 'node:crypto';

export const OFFICER_COOKIE = 'motcua_officer';

/** Who is logged in. In memory only: a restart of the service ends every session. */
export interface OfficerSessions {
  /** The secret for the cookie. */
  open(officerId: string): string;
  /** The officer of a cookie; null when the session is over. `touch` makes it fresh again: somebody is there. */
  use(secret: string, touch: boolean): string | null;
  close(secret: string): void;
  closeAllOf(officerId: string): void;
  anybody(): boolean;
}

const IDLE_MS = 10 * 60_000;
const LONGEST_MS = 10 * 3_600_000;
const MAX_SESSIONS = 100;

/** @param monotonicMs a clock that nobody can set back. */
export function createOfficerSessions(monotonicMs: () => number): OfficerSessions {
  // By the hash: a secret is not compared byte by byte, and a dump of the memory shows none.
  const sessions = new Map<string, { readonly officerId: string; readonly since: number; seen: number }>();
  const keyOf = (secret: string) => hash('sha256', secret, 'hex');
  const over = ({ since, seen }: { since: number; seen: number }) =>
    monotonicMs() - seen > IDLE_MS || monotonicMs() - since > LONGEST_MS;

  return {
    open: (officerId) => {
      for (const [key, session] of sessions) if (over(session)) sessions.delete(key);
      if (sessions.size >= MAX_SESSIONS) sessions.delete(sessions.keys().next().value!);
      const secret = randomBytes(32).toString('base64url');
      const at = monotonicMs();
      sessions.set(keyOf(secret), { officerId, since: at, seen: at });
      return secret;
    },
    use: (secret, touch) => {
      const key = keyOf(secret);
      const session = sessions.get(key);
      if (!session || over(session)) {
        sessions.delete(key);
        return null;
      }
      if (touch) session.seen = monotonicMs();
      return session.officerId;
    },
    close: (secret) => {
      sessions.delete(keyOf(secret));
    },
    anybody: () => [...sessions.values()].some((session) => !over(session)),
    closeAllOf: (officerId) => {
      for (const [key, session] of sessions) if (session.officerId === officerId) sessions.delete(key);
    },
  };
}
