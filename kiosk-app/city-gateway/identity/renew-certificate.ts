import { X509Certificate } from 'node:crypto';
import { type Clock, err, ok, type Result } from '@motcua/core';
import type { KioskKeys } from '../database/kiosk-keys.ts';
import { type Authority, issueCertificate, keyHashOf } from './authority.ts';
import { type RequestProblem, readCertificateRequest } from './certificate-request.ts';

const DAYS = 180;
const DAY_MS = 86_400_000;

/**
 * Certifies the next key of a kiosk that has proved who it is. The same request again gives the same certificate, so
 * that an answer that got lost costs nothing. The old certificate stays good until the new one is first used.
 */
export async function renewCertificate(
  deps: { readonly authority: Authority; readonly keys: KioskKeys; readonly clock: Clock },
  kioskId: string,
  requestPem: string,
): Promise<Result<string, RequestProblem | { readonly code: 'request-key-taken' }>> {
  const request = readCertificateRequest(requestPem);
  if (!request.ok) return request;
  const { publicKey } = request.value;
  const keyHash = keyHashOf(publicKey);
  const now = deps.clock.now();
  const issued = await deps.keys.issued(kioskId, keyHash);
  if (issued !== null && daysLeft(issued, now) > DAYS / 2) return ok(issued);
  const certificate = await issueCertificate(deps.authority, {
    publicKey,
    holder: { kind: 'kiosk', kioskId },
    days: DAYS,
    now,
  });
  return (await deps.keys.renew(kioskId, keyHash, certificate, now))
    ? ok(certificate)
    : err({ code: 'request-key-taken' });
}

function daysLeft(pem: string, now: Date): number {
  return (new X509Certificate(pem).validToDate.getTime() - now.getTime()) / DAY_MS;
}
