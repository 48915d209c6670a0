import { err, ok, type Result } from '@motcua/core';
import { smallInteger } from '../security-infos.ts';
import { readTlv, readTlvs } from '../tlv.ts';
import { type HashName, hashOf, parseAlgorithm } from './algorithms.ts';
import { parseSignedData, type SignedData } from './signed-data.ts';

/** The document security object of EF.SOD (9303-10, 4.6.2): the hash of each data group, signed. */
export interface SecurityObject {
  readonly hash: HashName;
  /** By data group, 1 to 16. */
  readonly hashes: ReadonlyMap<number, Uint8Array>;
  readonly signed: SignedData;
}

export type SecurityObjectError = { readonly code: 'sod-malformed' | 'sod-algorithm-not-supported' };

const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';
const malformed = err<SecurityObjectError>({ code: 'sod-malformed' });

/** Nothing is verified here. */
export function parseSecurityObject(file: Uint8Array): Result<SecurityObject, SecurityObjectError> {
  const template = readTlv(file);
  const signed =
    template.ok && template.value.tag === 0x77 ? parseSignedData(template.value.value) : undefined;
  if (!signed?.ok || signed.value.contentType !== LDS_SECURITY_OBJECT) return malformed;
  const object = readTlv(signed.value.content);
  const parts =
    object.ok && object.value.tag === 0x30 ? readTlvs(object.value.value, { maxSiblings: 4 }) : undefined;
  const [, algorithmPart, list] = parts?.ok ? parts.value : [];
  const algorithm = algorithmPart && parseAlgorithm(algorithmPart.raw);
  // Sixteen data groups, no more.
  const entries = list?.tag === 0x30 ? readTlvs(list.value, { maxSiblings: 16 }) : undefined;
  if (!algorithm || !entries?.ok) return malformed;
  const hash = hashOf(algorithm);
  if (!hash) return err({ code: 'sod-algorithm-not-supported' });
  const hashes = new Map<number, Uint8Array>();
  for (const entry of entries.value) {
    const pair = readTlvs(entry.value, { maxSiblings: 2 });
    const [number, value] = pair.ok ? [smallInteger(pair.value[0]?.raw), pair.value[1]] : [];
    if (number === undefined || number < 1 || number > 16 || value?.tag !== 0x04 || hashes.has(number))
      return malformed;
    hashes.set(number, value.value);
  }
  return ok({ hash, hashes, signed: signed.value });
}
