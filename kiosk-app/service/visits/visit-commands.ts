import type { CommandRequest, VisitCommand } from '@motcua/contract';
import { type Clock, type Ids, type Logger, reachesLevel, unreachable } from '@motcua/core';
import { blockingError, type CitizenCard } from '@motcua/device-drivers';
import { type Catalogue, findField, findProcedure } from '@motcua/firmware-config';
import type { DigitisedPage } from '@motcua/ocr-pipeline';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Changes } from '../changes.ts';
import type { Devices } from '../devices/devices.ts';
import type { PrintJournal } from '../devices/print-journal.ts';
import type { DossierStore } from '../dossiers/dossier-store.ts';
import type { Submission } from '../dossiers/submission.ts';
import type { PersonKey } from '../identity/person-key.ts';
import { ticketSlip } from '../slips/ticket-slip.ts';
import type { Db } from '../store/database.ts';
import { storageProblem } from '../store/faults.ts';
import type { FileLayout } from '../store/file-layout.ts';
import { type TicketStore, ticketNumber } from '../tickets/ticket-store.ts';
import { removePage, turnPage } from './change-page.ts';
import type { Digitising } from './digitising.ts';
import type { Ending } from './ending.ts';
import type { LateWrites } from './late-writes.ts';
import type { PageRow, PageStore } from './page-store.ts';
import { MAX_PAGES, type Scanning } from './scanning.ts';
import type { EndReason, VisitRow, VisitStore } from './visit-store.ts';

export interface CommandDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly tickets: TicketStore;
  readonly dossiers: DossierStore;
  readonly prints: PrintJournal;
  readonly devices: Devices;
  readonly scanning: Scanning;
  readonly digitising: Digitising;
  readonly submission: Submission;
  readonly ending: Ending;
  readonly late: LateWrites;
  readonly files: FileLayout;
  readonly audit: AuditLog;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly catalogue: () => Catalogue;
  readonly personKey: PersonKey;
  readonly digitised: (page: PageRow) => DigitisedPage | null;
  readonly wardName: { readonly vi: string; readonly en: string };
  readonly idle: { arm(): void; disarm(): void };
}

/** A command's outcome inside the transaction: the code of a refusal, or what to do once it is on disk. */
export type Outcome = { readonly refused: string } | { readonly after?: () => void };

const done: Outcome = {};
const refused = (code: string): Outcome => ({ refused: code });

/**
 * Carries out what people touch, one command at a time. Each is stored with its request id before it is answered: a
 * repeated request gets the same answer and changes nothing. Returns the code of what kept it from being done.
 */
export function createVisitCommands(deps: CommandDeps) {
  const { db, visits } = deps;
  const findRequest = db.prepare<[string], { problem: string | null }>(
    'SELECT problem FROM requests WHERE id = ?',
  );
  let turn: Promise<unknown> = Promise.resolve();

  async function handle(request: CommandRequest): Promise<string | null> {
    try {
      const answered = findRequest.get(request.requestId);
      if (answered) return answered.problem;
      const hindrance = await preflight(deps, request.command);
      const outcome = db
        .transaction((): Outcome => {
          const result = hindrance ? refused(hindrance) : apply(request);
          const code = 'refused' in result ? result.refused : null;
          const visitId = request.visitId ?? visits.open()?.id ?? null;
          db.prepare('INSERT INTO requests (id, visit_id, problem, answered_at) VALUES (?, ?, ?, ?)').run(
            request.requestId,
            visitId,
            code,
            deps.clock.now().getTime(),
          );
          return result;
        })
        .immediate();
      if ('refused' in outcome) return outcome.refused;
      outcome.after?.();
      if (visits.open()) deps.idle.arm();
      else deps.idle.disarm();
      deps.changes.bump();
      return null;
    } catch (error) {
      const code = storageProblem(error) ?? 'kiosk-error';
      deps.logger.error({ err: error, command: request.command.type, code }, 'a command failed');
      return request.command.type === 'finish' ? finishUnstored(request) : code;
    }
  }

  function apply(request: CommandRequest): Outcome {
    const visit = visits.open();
    if (request.command.type === 'start') return start(visit);
    if (!visit || visit.id !== request.visitId) return refused('visit-over');
    if ((request.version ?? 0) < visit.step_version && request.command.type !== 'stay')
      return refused('screen-outdated');
    if (visit.problem) visits.change(visit.id, { problem: null });
    return applyToVisit(deps, visit, request.command);
  }

  function start(visit: VisitRow | null): Outcome {
    if (visit) return refused('visit-already-open');
    const leaving = visits.leaving();
    if (leaving) return refused(deps.late.trouble(leaving) ?? 'kiosk-error');
    visits.start(deps.ids.next(), 'vi');
    return done;
  }

  function finishUnstored(request: CommandRequest): string | null {
    const visit = visits.open();
    if (!visit || visit.id !== request.visitId) return 'visit-over';
    if (visit.step === 'submit') return 'command-out-of-place';
    endUnstored(visit, endReason(deps, visit));
    return null;
  }

  /** A disk that takes nothing must not keep a person on the screen: she is gone from it, and the row follows. */
  function endUnstored(visit: VisitRow, reason: EndReason): void {
    visits.leave(visit.id);
    deps.idle.disarm();
    deps.changes.bump();
    void deps.scanning
      .cancel()
      .then(() => deps.ending.clearMemory(visit.id))
      .then(() =>
        deps.late.write(visit.id, () => {
          db.transaction(() => deps.ending.end(visit, reason)).immediate()();
        }),
      )
      .catch((error: unknown) =>
        deps.logger.error({ err: error }, 'a visit that was left could not be wiped'),
      );
  }

  /** Ends the open visit from inside the service: nobody has touched the screen for the whole idle time. */
  function timeOut(): void {
    const visit = visits.open();
    if (!visit) return;
    if (visit.step === 'submit' || deps.scanning.active()) {
      deps.idle.arm();
      return;
    }
    try {
      const after = db.transaction(() => deps.ending.end(visit, 'timed-out')).immediate();
      after();
      deps.changes.bump();
    } catch (error) {
      deps.logger.error({ err: error }, 'the end of a visit could not be stored; it is tried again');
      endUnstored(visit, 'timed-out');
    }
  }

  return {
    handle: (request: CommandRequest): Promise<string | null> => {
      const result = turn.then(() => handle(request));
      turn = result.catch(() => undefined);
      return result;
    },
    timeOut,
  };
}

/** What has to be asked of devices before anything is stored. */
async function preflight(deps: CommandDeps, command: VisitCommand): Promise<string | null> {
  if (command.type === 'take-number' || command.type === 'print-again') {
    if (!deps.devices.ticketPrinter) return 'printer-offline';
    return blockingError(await deps.devices.ticketPrinter.condition()) ?? null;
  }
  if (command.type === 'scan-paper' || command.type === 'rescan-page') return deps.scanning.refusal();
  return null;
}

function applyToVisit(
  deps: CommandDeps,
  visit: VisitRow,
  command: Exclude<VisitCommand, { type: 'start' }>,
): Outcome {
  const { visits, pages } = deps;
  const at = (...steps: readonly VisitRow['step'][]) => steps.includes(visit.step);
  const misplaced = refused('command-out-of-place');
  const move = (step: VisitRow['step'], after?: () => void): Outcome => {
    visits.change(visit.id, { step });
    return after ? { after } : done;
  };
  switch (command.type) {
    case 'choose-language':
      visits.change(visit.id, {
        language: command.language,
        ...(at('language') && { step: 'service' as const }),
      });
      return done;
    case 'choose-service':
      if (!at('service')) return misplaced;
      if (!findProcedure(deps.catalogue(), command.procedureCode)) return refused('procedure-unknown');
      visits.change(visit.id, { step: 'number', procedure_code: command.procedureCode });
      return done;
    case 'back':
      if (at('service')) return move('language');
      if (at('number') && !deps.tickets.ofVisit(visit.id)) return move('service');
      return at('review') ? move('papers') : misplaced;
    case 'take-number':
      return at('number') ? takeNumber(deps, visit) : misplaced;
    case 'print-again':
      return printAgain(deps, visit);
    case 'continue':
      return at('number') && deps.tickets.ofVisit(visit.id) ? move('identity') : misplaced;
    case 'confirm-card':
      return at('identity') && visit.identity_state === 'read' ? confirmCard(deps, visit) : misplaced;
    case 'reject-card':
      if (!at('identity')) return misplaced;
      visits.change(visit.id, {
        identity_state: 'waiting',
        card: null,
        identity_level: null,
        chip: null,
        identity_problem: null,
      });
      return done;
    case 'scan-paper':
    case 'rescan-page':
      return at('papers') && !visit.scan_paper ? beginScan(deps, visit, command) : misplaced;
    case 'cancel-scan':
      // A scan whose end could not be stored (a full disk) is only a mark in the row.
      if (visit.scan_paper && !deps.scanning.active())
        visits.change(visit.id, { scan_paper: null, scan_replaces: null });
      return { after: () => void deps.scanning.cancel() };
    case 'turn-page':
    case 'remove-page': {
      const page = pages.get(command.pageId);
      if (!at('papers', 'review')) return misplaced;
      if (page?.visit_id !== visit.id) return refused('page-unknown');
      return command.type === 'turn-page'
        ? turnPage(deps, visit, page, command.degrees)
        : removePage(deps, visit, page);
    }
    case 'review':
      if (!at('papers') || visit.scan_paper) return misplaced;
      return hindranceToReview(deps, visit) ?? move('review');
    case 'submit':
      return at('review') ? (hindranceToReview(deps, visit) ?? submit(deps, visit)) : misplaced;
    case 'finish':
      if (at('submit')) return misplaced;
      return { after: endWhenScanned(deps, deps.ending.end(visit, endReason(deps, visit))) };
    case 'stay':
      visits.touch(visit.id);
      return done;
    default:
      return unreachable(command);
  }
}

/** A running scan is stopped first: a page that arrives later must find nobody's folder. */
function endWhenScanned(deps: CommandDeps, wipe: () => void): () => void {
  return () => void deps.scanning.cancel().then(wipe);
}

function endReason(deps: CommandDeps, visit: VisitRow): EndReason {
  if (visit.step === 'receipt') return 'finished';
  return deps.tickets.ofVisit(visit.id) ? 'number-only' : 'cancelled';
}

function takeNumber(deps: CommandDeps, visit: VisitRow): Outcome {
  if (deps.tickets.ofVisit(visit.id)) return done;
  const procedure = findProcedure(deps.catalogue(), visit.procedure_code ?? '');
  const field = procedure && findField(deps.catalogue(), procedure.field);
  if (!procedure || !field) return refused('procedure-unknown');
  const ticket = deps.tickets.issue({
    id: deps.ids.next(),
    visitId: visit.id,
    prefix: field.prefix,
    field: field.code,
    procedureCode: procedure.code,
  });
  deps.prints.add(
    visit.id,
    'ticket',
    ticketSlip({
      language: visit.language,
      wardName: deps.wardName,
      number: ticketNumber(ticket),
      service: procedure.name,
      issuedAt: new Date(ticket.issued_at),
      peopleAhead: ticket.people_ahead,
      ticketId: ticket.id,
      copy: false,
    }),
  );
  deps.visits.change(visit.id, {});
  return { after: () => deps.prints.wake() };
}

function printAgain(deps: CommandDeps, visit: VisitRow): Outcome {
  const kinds =
    visit.step === 'receipt' ? (['receipt', 'provisional-receipt'] as const) : (['ticket'] as const);
  const job = deps.prints.latest(visit.id, kinds);
  if (!job) return refused('command-out-of-place');
  deps.prints.printAgain(job.id);
  return { after: () => deps.prints.wake() };
}

function confirmCard(deps: CommandDeps, visit: VisitRow): Outcome {
  const card = JSON.parse(visit.card ?? 'null') as CitizenCard;
  const wanted = findProcedure(deps.catalogue(), visit.procedure_code ?? '')?.identityLevel ?? 'qr';
  if (!reachesLevel(visit.identity_level, wanted)) return refused('identity-level-too-low');
  const personKey = deps.personKey(card.number);
  const draft = deps.visits.findDraft(personKey, visit.procedure_code ?? '');
  const reopened = draft ? deps.pages.moveToVisit(draft.id, visit.id) : 0;
  if (draft) {
    // What was made of them went with the memory of the visit that broke off.
    deps.pages.unread(visit.id);
    deps.visits.change(draft.id, { draft_until: null, person_key: null });
    deps.audit.record('draft-reopened', visit.id, { pages: reopened });
  }
  deps.visits.change(visit.id, {
    step: 'papers',
    identity_state: 'confirmed',
    person_key: personKey,
    reopened_pages: reopened,
  });
  deps.audit.record('card-confirmed', visit.id, { level: visit.identity_level });
  return {
    after: () => {
      for (const page of deps.pages.ofVisit(visit.id))
        if (page.state === 'waiting' || page.state === 'reading') deps.digitising.enqueue(page);
    },
  };
}

function beginScan(
  deps: CommandDeps,
  visit: VisitRow,
  command: Extract<VisitCommand, { type: 'scan-paper' | 'rescan-page' }>,
): Outcome {
  const replaced = command.type === 'rescan-page' ? deps.pages.get(command.pageId) : null;
  if (command.type === 'rescan-page' && replaced?.visit_id !== visit.id) return refused('page-unknown');
  const paperCode = command.type === 'scan-paper' ? command.paperCode : (replaced?.paper_code ?? '');
  const procedure = findProcedure(deps.catalogue(), visit.procedure_code ?? '');
  if (!procedure?.papers.some((paper) => paper.code === paperCode)) return refused('paper-unknown');
  if (deps.pages.ofVisit(visit.id).length >= MAX_PAGES) return refused('pages-too-many');
  deps.visits.change(visit.id, {
    scan_paper: paperCode,
    scan_replaces: replaced?.id ?? null,
    scan_problem: null,
  });
  return { after: () => deps.scanning.run(visit.id) };
}

function hindranceToReview(deps: CommandDeps, visit: VisitRow): Outcome | null {
  const procedure = findProcedure(deps.catalogue(), visit.procedure_code ?? '');
  const own = deps.pages.ofVisit(visit.id);
  const missing = procedure?.papers.some(
    (paper) => paper.required && !own.some((page) => page.paper_code === paper.code),
  );
  if (missing || own.length === 0) return refused('papers-missing');
  return own.some((page) => page.state === 'failed') ? refused('pages-failed') : null;
}

function submit(deps: CommandDeps, visit: VisitRow): Outcome {
  const dossierId = deps.ids.next();
  deps.dossiers.begin(dossierId, visit.id, visit.procedure_code ?? '');
  deps.visits.change(visit.id, { step: 'submit', dossier_id: dossierId });
  return { after: () => deps.submission.run(visit.id) };
}
