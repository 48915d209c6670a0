import { CertificateRequest, type IssuedCertificate } from '@motcua/contract';
import type { Clock, Logger } from '@motcua/core';
import type { FastifyInstance } from 'fastify';
import type { KioskKeys } from '../database/kiosk-keys.ts';
import { problem } from '../http/problem.ts';
import type { Authority } from '../identity/authority.ts';
import { renewCertificate } from '../identity/renew-certificate.ts';

/** Renewal over the kiosk's present certificate. The first one is brought to a kiosk by a technician. */
export function addCertificateRoutes(
  app: FastifyInstance,
  deps: {
    readonly authority: Authority | null;
    readonly keys: KioskKeys;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): void {
  const { authority, logger } = deps;
  app.post('/certificates', async (request, reply) => {
    const { kioskId } = request;
    if (authority === null || kioskId === null) return problem(reply, 404, 'renewal-not-offered');
    const body = CertificateRequest.safeParse(request.body).data;
    if (body === undefined) return problem(reply, 422, 'request-malformed');
    const renewed = await renewCertificate({ ...deps, authority }, kioskId, body.request);
    if (!renewed.ok) {
      const { code } = renewed.error;
      logger.warn({ kiosk: kioskId, code }, 'a certificate was not renewed');
      return problem(reply, code === 'request-key-taken' ? 409 : 422, code);
    }
    logger.info({ kiosk: kioskId }, 'a certificate was renewed');
    return { certificate: renewed.value } satisfies IssuedCertificate;
  });
}
