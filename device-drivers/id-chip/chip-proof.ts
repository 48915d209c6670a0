import { err, ok, type Result } from '@motcua/core';
import { authenticateActively } from './active-authentication/active-authentication.ts';
import type { RandomBytes } from './bytes.ts';
import type { CardSession, SessionError } from './card-session.ts';
import { authenticateChip, chipAuthenticationKeys } from './chip-authentication/chip-authentication.ts';
import type { LdsFile } from './files/lds-files.ts';
import { parseSecurityInfos, type SecurityInfo } from './security-infos.ts';
import { readTlv } from './tlv.ts';
import type { ChipProof } from './verdict.ts';

/**
 * Asks the chip to prove that it is the original, with whatever key its data name: chip authentication first, active
 * authentication where that is not to be had. A failed proof ends the session; an error is a lost card, not an answer.
 */
export async function proveChip(
  session: CardSession,
  files: ReadonlyMap<LdsFile, Uint8Array>,
  random: RandomBytes,
): Promise<Result<ChipProof, SessionError>> {
  const infos = securityInfosOf(files.get('DG14'));
  const byKey = await proveByChipAuthentication(session, infos, random);
  const dataGroup15 = files.get('DG15');
  if (!byKey.ok || byKey.value.outcome === 'proved' || byKey.value.outcome === 'failed' || !dataGroup15)
    return byKey;
  return proveByActiveAuthentication(session, dataGroup15, infos, random);
}

async function proveByChipAuthentication(
  session: CardSession,
  infos: readonly SecurityInfo[],
  random: RandomBytes,
): Promise<Result<ChipProof, SessionError>> {
  const { offered, keys } = chipAuthenticationKeys(infos);
  if (!keys[0]) return ok({ outcome: offered ? 'not-possible' : 'none' });
  const by = 'chip-authentication';
  const proof = await authenticateChip(session, keys[0], random);
  if (proof.ok) return ok({ outcome: 'proved', by });
  switch (proof.error.code) {
    case 'chip-authentication-failed':
      return ok({ outcome: 'failed', by, reason: 'wrong-key' });
    case 'chip-authentication-refused':
      return ok(refused(by, proof.error.status));
    case 'chip-authentication-bad-key':
      return ok({ outcome: 'not-possible' });
    default:
      return err(proof.error);
  }
}

async function proveByActiveAuthentication(
  session: CardSession,
  dataGroup15: Uint8Array,
  infos: readonly SecurityInfo[],
  random: RandomBytes,
): Promise<Result<ChipProof, SessionError>> {
  const by = 'active-authentication';
  const proof = await authenticateActively(session, dataGroup15, infos, random);
  if (proof.ok) return ok({ outcome: 'proved', by });
  switch (proof.error.code) {
    case 'active-authentication-failed':
      return ok({ outcome: 'failed', by, reason: 'wrong-key' });
    case 'active-authentication-refused':
      return ok(refused(by, proof.error.status));
    case 'active-authentication-bad-key':
      return ok({ outcome: 'not-possible' });
    default:
      return err(proof.error);
  }
}

/** Wrong length, class or an unnamed fault are rather our own command's doing than a chip without a key. */
const OUR_FAULT: readonly number[] = [0x6700, 0x6e00, 0x6f00, 0x6881, 0x6882];

const refused = (by: 'chip-authentication' | 'active-authentication', status: number): ChipProof =>
  OUR_FAULT.includes(status) ? { outcome: 'not-possible' } : { outcome: 'failed', by, reason: 'refused' };

export function securityInfosOf(dataGroup14: Uint8Array | undefined): readonly SecurityInfo[] {
  const template = dataGroup14 && readTlv(dataGroup14);
  const infos =
    template?.ok && template.value.tag === 0x6e ? parseSecurityInfos(template.value.value) : undefined;
  return infos?.ok ? infos.value : [];
}
