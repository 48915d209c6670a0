import { err, type Mrz, ok, parseMrz, type Result } from '@motcua/core';
import { readTlvs } from '../tlv.ts';

export type Dg1Error = { readonly code: 'dg1-malformed' | 'dg1-not-td1' | 'dg1-check-digit' };

const TD1_LENGTH = 90;

/**
 * The zone in DG1 (9303-10, 4.7.1): `61 { 5F1F … }`, the ninety characters of a TD1. Nothing is mended here: a chip
 * has no look-alikes. `today` is `YYYY-MM-DD`.
 */
export function parseDg1(bytes: Uint8Array, today: string): Result<Mrz, Dg1Error> {
  const outer = readTlvs(bytes, { maxSiblings: 1 });
  const template = outer.ok ? outer.value[0] : undefined;
  const inner = template?.tag === 0x61 ? readTlvs(template.value, { maxSiblings: 4 }) : undefined;
  const zone = inner?.ok ? inner.value.find((each) => each.tag === 0x5f1f)?.value : undefined;
  if (!zone) return err({ code: 'dg1-malformed' });
  const text = Buffer.from(zone).toString('latin1');
  if (text.length !== TD1_LENGTH || !/^[A-Z0-9<]+$/.test(text)) return err({ code: 'dg1-not-td1' });
  const mrz = parseMrz([text.slice(0, 30), text.slice(30, 60), text.slice(60)], today);
  return mrz.ok && mrz.value.repairs.length === 0 ? ok(mrz.value) : err({ code: 'dg1-check-digit' });
}
