import { createHash, createPublicKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
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

export const AuditHead = z.object({
  version: z.literal(1),
  kioskId: z.string().min(1).max(80),
  /** The newest entry and its hash. */
  id: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.int(),
});
export type AuditHead = z.infer<typeof AuditHead>;

const DOMAIN = Buffer.from('motcua/audit-head/1\0');
const MAX_TOKEN_CHARACTERS = 2_000;

/** `payload.signature`, both base64url: ECDSA P-256 with SHA-256 (IEEE P1363) over the domain and the payload. */
export function signAuditHead(head: AuditHead, privateKey: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(head));
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
  const signature = sign('sha256', Buffer.concat([DOMAIN, payload]), key);
  return `${payload.toString('base64url')}.${signature.toString('base64url')}`;
}

/** Null: not a head, or not signed by that certificate's key. */
export function verifyAuditHead(token: string, certificatePem: string): AuditHead | null {
  if (token.length > MAX_TOKEN_CHARACTERS) return null;
  const [payload, signature] = token.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!payload || !signature) return null;
  try {
    const key = createPublicKey(
      new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'pem' }),
    );
    const good = verify(
      'sha256',
      Buffer.concat([DOMAIN, payload]),
      { key, dsaEncoding: 'ieee-p1363' },
      signature,
    );
    return good ? (AuditHead.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null) : null;
  } catch {
    return null;
  }
}

/** The newest entry, to be signed; null while there is none. */
export function auditHead(db: Db, kioskId: string, at: number): AuditHead | null {
  const last = db
    .prepare<[], { id: number; hash: Buffer }>('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1')
    .get();
  return last ? { version: 1, kioskId, id: last.id, hash: last.hash.toString('hex'), at } : null;
}
