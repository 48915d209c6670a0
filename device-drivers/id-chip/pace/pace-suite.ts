import type { AgreementGroup } from '../crypto/agreement-group.ts';
import type { CipherName } from '../crypto/cipher-suite.ts';
import { type DhGroupName, dhGroup } from '../crypto/dh-group.ts';
import type { CurveName } from '../crypto/ec-curve.ts';
import { ecGroup } from '../crypto/ec-group.ts';

/** One way of doing PACE, as a chip offers it in EF.CardAccess. */
export interface PaceSuite {
  /** `0.4.0.127.0.7.2.2.4.2.2` and the like. */
  readonly oid: string;
  readonly agreement: 'ecdh' | 'dh';
  readonly mapping: 'generic' | 'integrated';
  readonly cipher: CipherName;
  /** Standardized domain parameters, 0 to 2 or 8 to 18 (9303-11, table of domain parameters). */
  readonly parameterId: number;
}

const ID_PACE = '0.4.0.127.0.7.2.2.4';
const ciphers: Readonly<Record<string, CipherName>> = {
  1: '3des',
  2: 'aes-128',
  3: 'aes-192',
  4: 'aes-256',
};

const dhGroups: Readonly<Record<number, DhGroupName>> = {
  0: 'rfc5114-1024-160',
  1: 'rfc5114-2048-224',
  2: 'rfc5114-2048-256',
};

/** 11 and 14 are brainpoolP224r1 and brainpoolP320r1, which no cipher of PACE needs but chips may name. */
const curves: Readonly<Record<number, CurveName>> = {
  8: 'prime192v1',
  9: 'brainpoolP192r1',
  10: 'secp224r1',
  11: 'brainpoolP224r1',
  12: 'prime256v1',
  13: 'brainpoolP256r1',
  14: 'brainpoolP320r1',
  15: 'secp384r1',
  16: 'brainpoolP384r1',
  17: 'brainpoolP512r1',
  18: 'secp521r1',
};

/**
 * By the arc below id-PACE. Chip authentication mapping (6) is generic mapping with a proof of the chip at its end, which
 * is passed over here: chip authentication comes later.
 */
const families: Readonly<Record<string, readonly [PaceSuite['agreement'], PaceSuite['mapping']]>> = {
  1: ['dh', 'generic'],
  2: ['ecdh', 'generic'],
  3: ['dh', 'integrated'],
  4: ['ecdh', 'integrated'],
  6: ['ecdh', 'generic'],
};

/** Undefined for what is not done here: proprietary domain parameters. */
export function paceSuite(oid: string, parameterId: number): PaceSuite | undefined {
  if (!oid.startsWith(`${ID_PACE}.`)) return undefined;
  const [family = '', cipherArc = '', ...more] = oid.slice(ID_PACE.length + 1).split('.');
  const cipher = ciphers[cipherArc];
  const [agreement, mapping] = families[family] ?? [];
  if (!cipher || !agreement || !mapping || more.length > 0) return undefined;
  // The encoding of integrated mapping does not exist for this curve's field.
  if (mapping === 'integrated' && curves[parameterId] === 'secp224r1') return undefined;
  const domain = agreement === 'dh' ? dhGroups[parameterId] : curves[parameterId];
  return domain && { oid, agreement, mapping, cipher, parameterId };
}

export function paceGroup(suite: PaceSuite): AgreementGroup {
  return suite.agreement === 'dh'
    ? dhGroup(dhGroups[suite.parameterId]!)
    : ecGroup(curves[suite.parameterId]!);
}
