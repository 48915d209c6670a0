import type { Clock, Logger } from '@motcua/core';
import { verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import type { AuditHeads } from './database/audit-heads.ts';

/**
 * Keeps the signed head of a kiosk's audit trail, and returns those that were here before it. One that contradicts an earlier one is an alarm for the city's
 * operator; the upload goes on whatever the head says, because the papers are the citizen's.
 */
export function createNoteAuditHead(deps: {
  readonly heads: AuditHeads;
  /** PEM certificates that may vouch for a kiosk; only the kiosk's own signs heads. */
  readonly trust: (kioskId: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}): (kioskId: string, token: string) => Promise<readonly string[]> {
  const { heads, trust, clock, logger } = deps;
  return async (kioskId, token) => {
    const certificates = await trust(kioskId);
    const head = certificates.map((pem) => verifyAuditHead(token, pem)).find((one) => one !== null);
    if (head?.kioskId !== kioskId) {
      logger.warn({ kiosk: kioskId }, 'the head of an audit trail is not signed by its kiosk');
      return [];
    }
    const before = await heads.recent(kioskId);
    const found = await heads.keep(head, token, clock.now());
    if (found === 'lower' || found === 'contradicts')
      logger.error({ kiosk: kioskId, entry: head.id, alarm: found }, 'an audit trail was cut or replaced');
    return before.map((one) => one.token);
  };
}
