import type { TLSSocket } from 'node:tls';
import { type Clock, err, ok, type Result } from '@motcua/core';
import type { KioskKeys } from '../database/kiosk-keys.ts';
import { commonNameOf, keyHashOf } from './authority.ts';
import type { RevocationList } from './revocation-list.ts';

export type IdentityProblem = {
  readonly status: 401 | 403;
  readonly code:
    | 'certificate-missing'
    | 'certificate-untrusted'
    | 'certificate-not-valid-now'
    | 'certificate-names-no-kiosk'
    | 'certificate-revoked'
    | 'certificate-superseded'
    | 'kiosk-id-taken';
};

const KIOSK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TIME_ERRORS: ReadonlySet<unknown> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Which kiosk is at the other end of a connection: the common name of a client certificate that the city's authority
 * issued, that holds now, that is not revoked, and whose key is this kiosk's. Asked anew at each request, since a
 * certificate can be revoked while its connection lives.
 */
export async function identifyKiosk(
  socket: TLSSocket,
  deps: { readonly keys: KioskKeys; readonly revoked: RevocationList | null; readonly clock: Clock },
): Promise<Result<string, IdentityProblem>> {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return err({ status: 401, code: 'certificate-missing' });
  if (!socket.authorized) {
    // Node's types say Error, Node gives the code.
    const known = TIME_ERRORS.has(socket.authorizationError as unknown);
    return err({ status: 403, code: known ? 'certificate-not-valid-now' : 'certificate-untrusted' });
  }
  const now = deps.clock.now();
  if (certificate.validToDate < now) return err({ status: 403, code: 'certificate-not-valid-now' });
  const kioskId = commonNameOf(certificate);
  if (kioskId === undefined || !KIOSK_ID.test(kioskId))
    return err({ status: 403, code: 'certificate-names-no-kiosk' });
  if (await deps.revoked?.isRevoked(certificate.serialNumber))
    return err({ status: 403, code: 'certificate-revoked' });
  switch (await deps.keys.see(kioskId, keyHashOf(certificate.publicKey), now)) {
    case 'current':
      return ok(kioskId);
    case 'superseded':
      return err({ status: 403, code: 'certificate-superseded' });
    case 'taken':
      return err({ status: 403, code: 'kiosk-id-taken' });
  }
}
