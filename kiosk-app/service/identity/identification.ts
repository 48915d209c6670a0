import { type Clock, type Logger, vietnamTime } from '@motcua/core';
import { type CardError, parseCitizenCard, recogniseForeignCode } from '@motcua/device-drivers';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Db } from '../store/database.ts';
import { storageProblem } from '../store/faults.ts';
import type { VisitStore } from '../visits/visit-store.ts';

export interface Identification {
  readonly onCode: (code: Uint8Array) => void;
  /** A visit is open that waits for a card. */
  readonly isWaiting: () => boolean;
  /** Why the latest code could not be stored; kept in memory, because what would store it has failed. */
  readonly trouble: (visitId: string) => string | null;
}

/** Takes codes from the reader into the visit that waits for a card; at any other time they are dropped unread. */
export function createIdentification(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly onActivity: () => void;
}): Identification {
  let trouble: { readonly visitId: string; readonly code: string } | null = null;
  const waitingVisit = () => {
    const visit = deps.visits.open();
    return visit?.step === 'identity' && visit.identity_state !== 'confirmed' ? visit : null;
  };
  return {
    isWaiting: () => waitingVisit()?.identity_state === 'waiting',
    trouble: (visitId) => (trouble?.visitId === visitId ? trouble.code : null),
    onCode: (code) => {
      const visit = waitingVisit();
      if (!visit) return;
      const card = parseCitizenCard(code, vietnamTime(deps.clock.now()).localDay);
      const problem = card.ok ? null : problemOf(code, card.error);
      try {
        deps.db
          .transaction(() => {
            if (card.ok) {
              const { warnings } = card.value;
              const read = JSON.stringify(card.value);
              deps.visits.change(visit.id, {
                identity_state: 'read',
                card: read,
                identity_problem: null,
                // The same card shown once more keeps what its chip has proved.
                ...(read !== visit.card && { identity_level: 'qr' as const, chip: null }),
              });
              deps.audit.record('card-read', visit.id, { source: 'qr', warnings: warnings.length });
            } else {
              deps.visits.change(visit.id, {
                identity_state: 'waiting',
                card: null,
                identity_level: null,
                chip: null,
                identity_problem: problem,
              });
              deps.audit.record('card-refused', visit.id, { code: problem });
            }
          })
          .immediate();
        trouble = null;
      } catch (error) {
        deps.logger.error({ err: error, visit: visit.id }, 'a code could not be stored');
        trouble = { visitId: visit.id, code: storageProblem(error) ?? 'kiosk-error' };
      }
      if (problem)
        deps.logger.warn({ visit: visit.id, code: problem, ...adviceOn(problem) }, 'a code was refused');
      deps.onActivity();
      deps.changes.bump();
    },
  };
}

/** The screen says what the person holds there, when that is known. */
function problemOf(code: Uint8Array, error: CardError): string {
  return (error.code === 'card-not-a-card' && recogniseForeignCode(code)) || error.code;
}

/** For the technician: a keyboard wedge and a wrong code page lose letters, another mode of the reader does not. */
function adviceOn(problem: string): { readonly advice?: string } {
  if (problem !== 'card-damaged-text') return {};
  return { advice: 'if this repeats, set the reader to USB-COM or HID POS and UTF-8: motcua setup-reader' };
}
