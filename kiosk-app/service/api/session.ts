import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';

const TOKEN = /^[\w-]{43}$/;
const CODE_LIFETIME_MS = 60_000;
const MAX_CODES = 20;

/**
 * The token of this boot, in a file that only the service's user (and the shell's group on the appliance) reads. A
 * restarted service takes the same one again, so that the window that is open goes on working.
 */
export async function openSessionToken(runFolder: string): Promise<string> {
  mkdirSync(runFolder, { recursive: true, mode: 0o750 });
  const file = join(runFolder, 'token');
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (TOKEN.test(known)) return known;
  const token = randomBytes(32).toString('base64url');
  await writeFileDurable(file, `${token}\n`, 0o640);
  return token;
}

/** One-time codes: the address that opens a window is visible to other users of the machine, so it works only once. */
export interface LaunchCodes {
  create(): string;
  redeem(code: string): boolean;
}

export function createLaunchCodes(now: () => number): LaunchCodes {
  const codes = new Map<string, number>();
  return {
    create: () => {
      for (const [code, until] of codes) if (until < now() || codes.size >= MAX_CODES) codes.delete(code);
      const code = randomBytes(24).toString('base64url');
      codes.set(code, now() + CODE_LIFETIME_MS);
      return code;
    },
    redeem: (code) => {
      const until = codes.get(code);
      codes.delete(code);
      return until !== undefined && until >= now();
    },
  };
}
