import { createHash } from 'node:crypto';
import type { Clock } from '@motcua/core';
import { type DeviceKey, signAuditHead } from '@motcua/ocr-pipeline/dossier';
import type { Db } from '../store/database.ts';

/**
 * Each entry of the audit trail carries the hash of itself and of the entry before: what is changed, left out or put in
 * breaks every hash behind it. A chain alone cannot show that its end was cut off; the signed head, which the city gets
 * with each upload, can.
 */
export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  readonly event: string;
  readonly visit_id: string | null;
  readonly data: string;
}

export const CHAIN_START = Buffer.alloc(32);

export function chainHash(before: Buffer, { id, at, event, visit_id, data }: AuditEntry): Buffer {
  return createHash('sha256')
    .update('motcua/audit/1\0')
    .update(before)
    .update(JSON.stringify([id, at, event, visit_id, data]))
    .digest();
}

export interface ChainReport {
  readonly entries: number;
  /** Id of the first entry that does not follow from the one before; null: the chain holds. */
  readonly brokenAt: number | null;
  /** Of the last entry, and of the one that was asked for, hexadecimal; null: there is none. */
  readonly head: string | null;
  readonly asked: string | null;
}

export function verifyChain(db: Db, askedId?: number): ChainReport {
  const rows = db
    .prepare<[], AuditEntry & { hash: Buffer }>(
      'SELECT id, at, event, visit_id, data, hash FROM audit ORDER BY id',
    )
    .iterate();
  let before: Buffer = CHAIN_START;
  let entries = 0;
  let brokenAt: number | null = null;
  let asked: string | null = null;
  for (const row of rows) {
    entries++;
    // Ids count up without a gap: an entry that was taken out whole, with all hashes made anew, still shows.
    if (brokenAt === null && (row.id !== entries || !chainHash(before, row).equals(row.hash)))
      brokenAt = row.id;
    before = row.hash;
    if (row.id === askedId) asked = row.hash.toString('hex');
  }
  return { entries, brokenAt, head: entries > 0 ? before.toString('hex') : null, asked };
}

/** The newest entry, signed for the city; null while there is none. */
export function signedAuditHead(
  db: Db,
  key: Pick<DeviceKey, 'privateKey'>,
  kioskId: string,
  clock: Clock,
): string | null {
  const last = db
    .prepare<[], { id: number; hash: Buffer }>('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1')
    .get();
  if (last === undefined) return null;
  const { id, hash } = last;
  const at = clock.now().getTime();
  return signAuditHead({ version: 1, kioskId, id, hash: hash.toString('hex'), at }, key.privateKey);
}
