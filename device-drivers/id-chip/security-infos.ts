import { err, ok, type Result } from '@motcua/core';
import { toInteger } from './bytes.ts';
import { decodeOid } from './oid.ts';
import { readTlv, readTlvs, type TlvError } from './tlv.ts';

/** One entry of EF.CardAccess or DG14 (9303-11, 9.2): protocol, required data, optional data, both raw. */
export interface SecurityInfo {
  readonly oid: string;
  readonly required: Uint8Array;
  readonly optional: Uint8Array | undefined;
}

const MAX_INFOS = 64;

/** A SET OF SecurityInfo; what is not understood is kept for its readers to pass over. */
export function parseSecurityInfos(bytes: Uint8Array): Result<readonly SecurityInfo[], TlvError> {
  const set = readTlv(bytes);
  if (!set.ok) return set;
  if (set.value.tag !== 0x31) return err({ code: 'tlv-bad-tag' });
  const entries = readTlvs(set.value.value, { maxSiblings: MAX_INFOS });
  if (!entries.ok) return entries;
  const infos: SecurityInfo[] = [];
  for (const entry of entries.value) {
    const parts = readTlvs(entry.value, { maxSiblings: 8 });
    if (!parts.ok) return parts;
    const [identifier, required, optional] = parts.value;
    const oid = identifier?.tag === 0x06 ? decodeOid(identifier.value) : undefined;
    if (oid && required) infos.push({ oid, required: required.raw, optional: optional?.raw });
  }
  return ok(infos);
}

/** A small INTEGER as in versions, parameter and key ids; undefined for anything else. */
export function smallInteger(raw: Uint8Array | undefined): number | undefined {
  const integer = raw && readTlv(raw);
  if (!integer?.ok || integer.value.tag !== 0x02 || integer.value.value.length > 4) return undefined;
  return Number(toInteger(integer.value.value));
}
