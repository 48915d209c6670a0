import { ReceiptClaims } from '@motcua/contract';
import type { Clock } from '@motcua/core';
import { type CitizenCard, maskNumber } from '@motcua/device-drivers';
import type { Catalogue, SiteConfig } from '@motcua/firmware-config';
import type { PrintJournal } from '../devices/print-journal.ts';
import { provisionalReceiptSlip, receiptSlip } from '../slips/index.ts';
import { type TicketStore, ticketNumber } from '../tickets/ticket-store.ts';
import type { PageStore } from '../visits/page-store.ts';
import type { VisitStore } from '../visits/visit-store.ts';
import type { DossierStore } from './dossier-store.ts';

/** Puts the receipt that the visit has earned into the print journal: the city's, or the kiosk's provisional one. */
export interface Receipts {
  /** Inside the caller's transaction; does nothing when that receipt is in the journal already. */
  add(visitId: string): void;
  print(): void;
}

export function createReceipts(deps: {
  readonly site: SiteConfig;
  readonly catalogue: () => Catalogue;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly tickets: TicketStore;
  readonly dossiers: DossierStore;
  readonly prints: PrintJournal;
}): Receipts {
  return {
    print: () => deps.prints.wake(),
    add: (visitId) => {
      const visit = deps.visits.get(visitId);
      const dossier = deps.dossiers.ofVisit(visitId);
      if (!visit || !dossier?.sealed_at) return;
      const claims = dossier.claims ? ReceiptClaims.parse(JSON.parse(dossier.claims)) : null;
      const kind = claims ? 'receipt' : 'provisional-receipt';
      if (deps.prints.latest(visitId, [kind])) return;
      const procedure = deps.catalogue().procedures.find((entry) => entry.code === visit.procedure_code);
      const card = JSON.parse(visit.card ?? 'null') as CitizenCard;
      const ticket = deps.tickets.ofVisit(visitId);
      const pages = deps.pages.ofVisit(visitId);
      const papers = (procedure?.papers ?? [])
        .map((paper) => ({
          name: paper.name.vi,
          pages: pages.filter((page) => page.paper_code === paper.code).length,
        }))
        .filter((paper) => paper.pages > 0);
      const common = {
        language: visit.language,
        agency: deps.site.kiosk.serviceUnit,
        ownerName: card.name,
        maskedNumber: maskNumber(card.number),
        identityLevel: visit.identity_level ?? 'qr',
        content: procedure?.name.vi ?? '',
        papers,
        copy: false,
      };
      const slip = claims
        ? receiptSlip({
            ...common,
            dossierCode: claims.dossierCode,
            receivingUnit: claims.receivingUnit,
            settlingUnit: claims.settlingUnit,
            submitterName: null,
            sets: 1,
            receivedAt: new Date(claims.receivedAt),
            dueAt: claims.dueAt ? new Date(claims.dueAt) : null,
            statutoryTime: procedure?.duration.vi ?? '',
            collectAt: deps.site.kiosk.serviceUnit,
            lookUpSecret: claims.lookUpSecret,
          })
        : provisionalReceiptSlip({
            ...common,
            ticketNumber: ticket ? ticketNumber(ticket) : '',
            dossierId: dossier.id,
            sealedAt: new Date(dossier.sealed_at),
            refused: dossier.state === 'refused',
          });
      deps.prints.add(visitId, kind, slip);
    },
  };
}
