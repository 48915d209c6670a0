import { ReceiptClaims } from '@motcua/contract';
import type { Clock, IdentityLevel } from '@motcua/core';
import { type CitizenCard, maskNumber, type Slip } from '@motcua/device-drivers';
import type { Catalogue, SiteConfig } from '@motcua/firmware-config';
import type { PrintJournal, PrintKind } from '../devices/print-journal.ts';
import { provisionalReceiptSlip, receiptSlip, type SlipLanguage, type SlipPaper } from '../slips/index.ts';
import { type TicketStore, ticketNumber } from '../tickets/ticket-store.ts';
import type { PageStore } from '../visits/page-store.ts';
import type { VisitStore } from '../visits/visit-store.ts';
import type { DossierRow, DossierStore } from './dossier-store.ts';

/** What a receipt says that is not in the dossier's row: from the visit, or from the dossier's own description. */
export interface ReceiptFacts {
  readonly language: SlipLanguage;
  readonly ownerName: string;
  readonly personNumber: string;
  readonly identityLevel: IdentityLevel;
  /** The procedure's official name. */
  readonly content: string;
  /** Statutory time, in words. */
  readonly statutoryTime: string;
  readonly papers: readonly SlipPaper[];
  readonly ticketNumber: string;
}

/** The receipt that a sealed dossier has earned: the city's, or the kiosk's provisional one. */
export function slipOfReceipt(
  dossier: DossierRow,
  facts: ReceiptFacts,
  site: SiteConfig,
): { readonly kind: Exclude<PrintKind, 'ticket'>; readonly slip: Slip } {
  const { personNumber, statutoryTime, ticketNumber: number, ...said } = facts;
  const common = {
    ...said,
    agency: site.kiosk.serviceUnit,
    maskedNumber: maskNumber(personNumber),
    copy: false,
  };
  const claims = dossier.claims ? ReceiptClaims.parse(JSON.parse(dossier.claims)) : null;
  if (claims)
    return {
      kind: 'receipt',
      slip: receiptSlip({
        ...common,
        dossierCode: claims.dossierCode,
        receivingUnit: claims.receivingUnit,
        settlingUnit: claims.settlingUnit,
        submitterName: null,
        sets: 1,
        receivedAt: new Date(claims.receivedAt),
        dueAt: claims.dueAt ? new Date(claims.dueAt) : null,
        statutoryTime,
        collectAt: site.kiosk.serviceUnit,
        lookUpSecret: claims.lookUpSecret,
      }),
    };
  return {
    kind: 'provisional-receipt',
    slip: provisionalReceiptSlip({
      ...common,
      ticketNumber: number,
      dossierId: dossier.id,
      sealedAt: new Date(dossier.sealed_at ?? 0),
      refused: dossier.state === 'refused',
    }),
  };
}

/** Puts the receipt of the visit that is open into the print journal. */
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
      const earned = dossier.claims ? 'receipt' : 'provisional-receipt';
      if (deps.prints.latest(visitId, [earned])) return;
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
      const facts: ReceiptFacts = {
        language: visit.language,
        ownerName: card.name,
        personNumber: card.number,
        identityLevel: visit.identity_level ?? 'qr',
        content: procedure?.name.vi ?? '',
        statutoryTime: procedure?.duration.vi ?? '',
        papers,
        ticketNumber: ticket ? ticketNumber(ticket) : '',
      };
      const { kind, slip } = slipOfReceipt(dossier, facts, deps.site);
      deps.prints.add(visitId, kind, slip);
    },
  };
}
