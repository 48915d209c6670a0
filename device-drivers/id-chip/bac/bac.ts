import { err, ok, type Result } from '@motcua/core';
import { concat, equalBytes, type RandomBytes } from '../bytes.ts';
import type { CardSession, SessionError } from '../card-session.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';
import { bacKeys, bacSessionKeys, openBac, sealBac } from './bac-keys.ts';

export type BacError =
  | SessionError
  /** The chip refused the key: number, birth date or expiry are not this card's. */
  | { readonly code: 'wrong-password' }
  | { readonly code: 'bac-failed'; readonly status: number | null };

/** Basic access control (9303-11, 4.3) with the application selected; the session goes on under its keys. */
export async function performBac(
  session: CardSession,
  information: string,
  random: RandomBytes,
): Promise<Result<SessionKeys, BacError>> {
  const challenge = await session.send({ cla: 0, ins: 0x84, p1: 0, p2: 0, le: 8 });
  if (!challenge.ok) return challenge;
  const challengeOfCard = challenge.value.data;
  if (challenge.value.status !== 0x9000 || challengeOfCard.length !== 8)
    return err({ code: 'bac-failed', status: challenge.value.status });

  const keys = bacKeys(information);
  const challengeOfReader = random(8);
  const keyOfReader = random(16);
  const sealed = sealBac(keys, concat(challengeOfReader, challengeOfCard, keyOfReader));
  const answer = await session.send({ cla: 0, ins: 0x82, p1: 0, p2: 0, data: sealed, le: 40 });
  if (!answer.ok) return answer;
  const { status, data } = answer.value;
  // 6300; some chips take the wrong MAC for a fault of secure messaging.
  if (status >> 8 === 0x63 || status === 0x6988) return err({ code: 'wrong-password' });
  if (status !== 0x9000) return err({ code: 'bac-failed', status });
  const opened = openBac(keys, data);
  const echoed =
    opened &&
    equalBytes(opened.subarray(0, 8), challengeOfCard) &&
    equalBytes(opened.subarray(8, 16), challengeOfReader);
  if (!echoed) return err({ code: 'bac-failed', status: null });
  const sessionKeys = bacSessionKeys(keyOfReader, opened.subarray(16), challengeOfCard, challengeOfReader);
  session.secure(sessionKeys);
  return ok(sessionKeys);
}
