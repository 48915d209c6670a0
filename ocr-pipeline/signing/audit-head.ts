import { type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** The newest entry of a kiosk's audit trail: who knows it can tell that the trail was cut behind it. */
export const AuditHead = z.object({
  version: z.literal(1),
  kioskId: z.string().min(1).max(80),
  /** Number of the entry, counted from 1 without a gap, and its hash in the chain. */
  id: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Milliseconds since 1970, by the kiosk's clock. */
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
    const key = { key: new X509Certificate(certificatePem).publicKey, dsaEncoding: 'ieee-p1363' as const };
    const good = verify('sha256', Buffer.concat([DOMAIN, payload]), key, signature);
    return good ? (AuditHead.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null) : null;
  } catch {
    return null;
  }
}
