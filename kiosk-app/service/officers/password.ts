import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** RFC 9106, second recommended option: 64 MiB, three passes, four lanes. About a third of a second here. */
const COST = { memory: 65_536, passes: 3, parallelism: 4 } as const;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** A stored hash may cost more than ours one day, but never so much that a log-in stops the service. */
const DEAREST = { memory: 262_144, passes: 10, parallelism: 8 } as const;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2 as never);

/** Argon2id with a salt of its own, as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive('argon2id', { ...COST, message: normal(password), nonce, tagLength: TAG_BYTES });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/** False as well for a stored text that is no hash of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(stored) ?? [];
  if (salt === undefined || tag === undefined) return false;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  if (cost.memory > DEAREST.memory || cost.passes > DEAREST.passes || cost.parallelism > DEAREST.parallelism)
    return false;
  const nonce = Buffer.from(salt, 'base64');
  const found = await derive('argon2id', { ...cost, message: normal(password), nonce, tagLength: TAG_BYTES });
  return timingSafeEqual(found, Buffer.from(tag, 'base64'));
}

/** The same letters typed on another keyboard may be composed differently. */
function normal(password: string): string {
  return password.normalize('NFC');
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
