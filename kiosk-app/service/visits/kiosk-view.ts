import type {
  CatalogueView,
  ChipView,
  IdentityView,
  KioskView,
  PageView,
  PaperView,
  PrintView,
  ProcedureView,
  QualityRemark,
  SubmissionView,
  TicketView,
  VisitView,
} from '@motcua/contract';
import { problem, ReceiptClaims } from '@motcua/contract';
import type { Clock } from '@motcua/core';
import type { CitizenCard } from '@motcua/device-drivers';
import type { DigitisedPage, PageQuality } from '@motcua/ocr-pipeline';
import type { Devices } from '../devices/devices.ts';
import type { PrintJournal } from '../devices/print-journal.ts';
import type { DossierStore } from '../dossiers/dossier-store.ts';
import type { ChipIdentification } from '../identity/chip-identification.ts';
import type { ChipOutcome } from '../identity/chip-outcome.ts';
import { maskCard } from '../identity/masked-card.ts';
import type { SpaceBudget } from '../store/space-budget.ts';
import { type TicketStore, ticketNumber } from '../tickets/ticket-store.ts';
import type { LateWrites } from './late-writes.ts';
import { pageFindings } from './page-findings.ts';
import type { PageRow, PageStore } from './page-store.ts';
import type { VisitRow, VisitStore } from './visit-store.ts';

export interface KioskFacts {
  readonly kioskName: string;
  readonly wardName: { readonly vi: string; readonly en: string };
  readonly profile: 'appliance' | 'demo';
  readonly version: string;
  readonly pixelsPerMillimetre: number;
}

export interface ViewDeps {
  readonly facts: KioskFacts;
  readonly idleWarningMs: () => number;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly tickets: TicketStore;
  readonly dossiers: DossierStore;
  readonly prints: PrintJournal;
  readonly devices: Devices;
  readonly procedures: () => CatalogueView;
  readonly idleRemainingMs: () => number;
  /** Why the code that was shown last could not be stored. */
  readonly identityTrouble: (visitId: string) => string | null;
  readonly chip: Pick<ChipIdentification, 'state' | 'photo'>;
  readonly space: SpaceBudget;
  readonly late: Pick<LateWrites, 'trouble'>;
  /** Reads a page's result; cached by the caller, since the view is built often. */
  readonly digitised: (page: PageRow) => DigitisedPage | null;
}

/** Everything the screen shows, made from what is stored; nothing here changes anything. */
export function buildKioskView(deps: ViewDeps): KioskView {
  const visit = deps.visits.open();
  const leaving = deps.visits.leaving();
  const trouble = leaving && deps.late.trouble(leaving);
  return {
    ...deps.facts,
    idleWarningMs: deps.idleWarningMs(),
    now: deps.clock.now().toISOString(),
    devices: [...deps.devices.views()],
    problem: optionalProblem(trouble ?? (deps.space.level() === 'short' ? 'disk-full' : null)),
    visit: visit ? buildVisitView(deps, visit) : null,
  };
}

function buildVisitView(deps: ViewDeps, visit: VisitRow): VisitView {
  const procedure = deps.procedures().procedures.find((entry) => entry.code === visit.procedure_code) ?? null;
  const card = visit.card ? (JSON.parse(visit.card) as CitizenCard) : null;
  return {
    id: visit.id,
    version: visit.version,
    step: visit.step,
    language: visit.language,
    idleDeadline: new Date(deps.clock.now().getTime() + deps.idleRemainingMs()).toISOString(),
    procedure,
    ticket: ticketView(deps, visit),
    identity: identityView(deps, visit, card),
    papers: procedure ? papersView(deps, visit, procedure, card) : [],
    scan: {
      state: visit.scan_paper ? 'scanning' : 'idle',
      paperCode: visit.scan_paper,
      replacesPage: visit.scan_replaces,
      problem: optionalProblem(visit.scan_problem),
    },
    submission: submissionView(deps, visit),
    problem: optionalProblem(deps.late.trouble(visit.id) ?? visit.problem),
  };
}

function optionalProblem(code: string | null) {
  return code ? problem(code) : null;
}

function ticketView(deps: ViewDeps, visit: VisitRow): TicketView | null {
  const ticket = deps.tickets.ofVisit(visit.id);
  const print = deps.prints.latest(visit.id, ['ticket']);
  if (!ticket || !print) return null;
  return {
    id: ticket.id,
    number: ticketNumber(ticket),
    peopleAhead: ticket.people_ahead,
    issuedAt: new Date(ticket.issued_at).toISOString(),
    print: deps.prints.view(print),
  };
}

function identityView(deps: ViewDeps, visit: VisitRow, card: CitizenCard | null): IdentityView {
  return {
    state: visit.identity_state,
    card: card ? maskCard(card) : null,
    level: visit.identity_level,
    chip: card ? chipView(deps, visit) : null,
    warnings: card?.warnings.map((code) => problem(code)) ?? [],
    problem: optionalProblem(deps.identityTrouble(visit.id) ?? visit.identity_problem),
    reopenedPages: visit.reopened_pages,
  };
}

function chipView(deps: ViewDeps, visit: VisitRow): ChipView | null {
  const live = deps.chip.state();
  const outcome = visit.chip ? (JSON.parse(visit.chip) as ChipOutcome) : null;
  if (outcome)
    return {
      state: 'read',
      step: 'proving',
      share: 1,
      verdict: outcome.verdict,
      problem: optionalProblem(outcome.problem),
      photoUrl: deps.chip.photo() ? `/api/visit/photo?v=${visit.version}` : null,
    };
  return live && { ...live, verdict: null, problem: optionalProblem(live.problem), photoUrl: null };
}

function papersView(
  deps: ViewDeps,
  visit: VisitRow,
  procedure: ProcedureView,
  card: CitizenCard | null,
): PaperView[] {
  const pages = deps.pages.ofVisit(visit.id);
  return procedure.papers.map((paper) => ({
    ...paper,
    pages: pages.filter((page) => page.paper_code === paper.code).map((page) => pageView(deps, page, card)),
  }));
}

function pageView(deps: ViewDeps, page: PageRow, card: CitizenCard | null): PageView {
  const result = page.state === 'ready' ? deps.digitised(page) : null;
  const stamp = `${page.revision}-${result ? 'read' : 'raw'}`;
  return {
    id: page.id,
    state: page.state,
    thumbnailUrl: `/api/pages/${page.id}/thumbnail?v=${stamp}`,
    imageUrl: `/api/pages/${page.id}/image?v=${stamp}`,
    rotation: page.rotation,
    kind: result?.kind.name ?? null,
    kindCode: result?.kind.code ?? null,
    confidence: result?.confidence ?? null,
    ...(result && card ? pageFindings(page, result, card) : { findings: [], fields: [] }),
    quality: remarks(page),
    problem: optionalProblem(page.problem),
  };
}

/** One remark a code: three bright spots are one thing to do. */
function remarks(page: PageRow): QualityRemark[] {
  if (!page.quality || page.problem) return [];
  const { findings, side } = JSON.parse(page.quality) as PageQuality;
  if (side !== 'printed') return [{ severity: 'warn', problem: problem('quality-empty') }];
  return findings
    .filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index)
    .map(({ code, severity }) => ({ severity, problem: problem(`quality-${code}`) }));
}

function submissionView(deps: ViewDeps, visit: VisitRow): SubmissionView {
  const dossier = deps.dossiers.ofVisit(visit.id);
  const print = deps.prints.latest(visit.id, ['receipt', 'provisional-receipt']);
  const claims = dossier?.claims ? ReceiptClaims.parse(JSON.parse(dossier.claims)) : null;
  return {
    state: dossier ? deps.dossiers.submissionState(dossier) : 'none',
    dossierId: dossier?.id ?? null,
    dossierCode: claims?.dossierCode ?? null,
    lookUpSecret: claims?.lookUpSecret ?? null,
    dueAt: claims?.dueAt ?? null,
    receipt: receiptKind(print),
    print: print ? (deps.prints.view(print) satisfies PrintView) : null,
    problem: optionalProblem(dossier ? deps.dossiers.problemOf(dossier) : null),
  };
}

function receiptKind(print: { readonly kind: string } | null): SubmissionView['receipt'] {
  if (!print) return 'none';
  return print.kind === 'receipt' ? 'official' : 'provisional';
}
