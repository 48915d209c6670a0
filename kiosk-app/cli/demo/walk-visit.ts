import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { KioskView, PrintState, VisitView } from '@motcua/contract';
import { unreachable } from '@motcua/core';
import { type ReportedPage, VisitFailure } from './demo-report.ts';
import { keepPaper } from './keep-artefacts.ts';
import { findSources, readResults } from './read-pages.ts';
import type { Demo } from './start-demo.ts';
import type { VisitDriver } from './visit-driver.ts';
import type { VisitPlan } from './visit-plan.ts';
import type { VisitMemory } from './visit-record.ts';

export interface VisitWalk {
  readonly demo: Demo;
  readonly plan: VisitPlan;
  readonly keep: string;
  readonly memory: VisitMemory;
  readonly signal: AbortSignal;
  /** The kiosk's screen as it is now: opened anew where it is gone. */
  readonly screen: () => Promise<VisitDriver>;
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /**
   * While the receipt is on the screen: afterwards the visit is wiped. Gives the memory its outcome; may be called again
   * after a failure.
   */
  readonly onReceipt: (submission: VisitView['submission']) => Promise<void>;
  /** The visit has ended, but nobody has seen its receipt. */
  readonly onLeft: (dossierId: string) => Promise<void>;
  /** Each look at the kiosk. */
  readonly onView?: (view: KioskView) => void;
}

/** Failures in a row without anything having changed; each may take as long as a step. */
const TRIES = 4;
const MOST_FAILURES = 40;
const CITY_LIMIT_MS = 60_000;
const AGAIN_MS = 500;

/**
 * One visit from whatever the kiosk shows to its end, as a citizen does it: look, do what this step wants, look again.
 * Service, gateway and screen may be killed at any moment; whoever starts them again lets the visit go on.
 */
export async function walkVisit(walk: VisitWalk): Promise<void> {
  let seen = '';
  let failures = 0;
  for (let all = 0; ; ) {
    if (walk.signal.aborted) throw new Error('interrupted');
    try {
      const driver = await walk.screen();
      const view = await driver.view();
      walk.onView?.(view);
      const now = view.visit ? `${view.visit.id} ${view.visit.version}` : '';
      if (now !== seen) failures = 0;
      seen = now;
      if (await advance(walk, driver, view.visit)) return;
    } catch (error) {
      if (walk.signal.aborted) throw new Error('interrupted');
      if (error instanceof VisitFailure) throw error;
      failures += 1;
      all += 1;
      if (failures >= TRIES || all >= MOST_FAILURES) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      await walk.demo.ready();
    }
  }
}

/** One step on; true when the visit is over. */
async function advance(walk: VisitWalk, driver: VisitDriver, visit: VisitView | null): Promise<boolean> {
  const { memory, step, plan } = walk;
  if (!visit) {
    if (memory.now().outcome) return true;
    const { dossierId } = memory.now();
    // The kiosk ended the visit while its person was away; the dossier goes its way without her.
    if (dossierId) await walk.onLeft(dossierId);
    else await step('begin', driver.start);
    return dossierId !== null;
  }
  if (visit.id !== memory.now().visitId) await memory.change({ visitId: visit.id });
  switch (visit.step) {
    case 'language':
      await step('language', driver.chooseLanguage);
      return false;
    case 'service':
      await step('service', () => driver.chooseService(plan.procedure.name, plan.procedure.query));
      return false;
    case 'number':
      await takeNumber(walk, driver, visit);
      return false;
    case 'identity':
      await step('card', async () => {
        if (visit.identity.state === 'waiting') {
          await driver.deviceReady('code-reader');
          await driver.showCard(plan.cardText);
        }
        await driver.confirmCard();
      });
      return false;
    case 'papers':
      await handInPapers(walk, driver, visit);
      return false;
    case 'review':
      if (visit.papers.some((paper) => paper.pages.some((page) => page.state === 'failed')))
        await driver.backToPapers();
      else await step('submit', driver.submit);
      return false;
    case 'submit':
      await rememberDossier(walk, visit);
      await driver.until((now) => now.step !== 'submit', 'the receipt', 180_000);
      return false;
    case 'receipt':
      await rememberDossier(walk, visit);
      await takeReceipt(walk, driver, visit);
      return false;
    default:
      return unreachable(visit.step);
  }
}

async function takeNumber(walk: VisitWalk, driver: VisitDriver, visit: VisitView): Promise<void> {
  const { memory, step, demo } = walk;
  if (!visit.ticket) {
    await step('number', driver.takeNumber);
    return;
  }
  const { ticket } = await driver.until(
    (now) => now.ticket !== null && isOver(now.ticket.print.state),
    'the ticket to be printed',
  );
  if (ticket?.print.state !== 'printed') await driver.press('In lại');
  const picture = join(walk.keep, 'ticket.png');
  if (memory.now().ticketNumber !== ticket?.number || !existsSync(picture))
    await keepPaper(driver, demo, ticket?.print.previewUrl, picture);
  await memory.change({ ticketNumber: ticket?.number ?? null });
  await step('to the card', driver.goOn);
}

/** Nobody need wait for this print any longer. */
function isOver(state: PrintState): boolean {
  return state === 'printed' || state === 'failed' || state === 'unknown';
}

async function handInPapers(walk: VisitWalk, driver: VisitDriver, seen: VisitView): Promise<void> {
  const { memory, step, demo, plan } = walk;
  const workFolder = join(demo.workingFolder, seen.id);
  const isKnown = ({ id }: { id: string }) => memory.now().sources[id] !== undefined;
  const isSettled = ({ state }: { state: string }) => state === 'ready' || state === 'failed';
  const pagesOf = (visit: VisitView) => visit.papers.flatMap((paper) => paper.pages);
  const files = plan.papers.flat();
  // A page that is not remembered arrived in a scan that broke off; its picture is there once it has been read.
  const visit = await driver.until(
    (now) => now.scan.state === 'idle' && pagesOf(now).every((page) => isKnown(page) || isSettled(page)),
    'the scan to end',
    60_000 + files.length * 30_000,
  );
  const remember = async (now: VisitView) =>
    memory.change({ sources: await findSources(now, files, memory.now().sources, workFolder) });
  await remember(visit);
  const scanned = new Set(Object.values(memory.now().sources));
  const required = visit.papers.filter((paper) => paper.required);
  for (const [index, wanted] of plan.papers.entries()) {
    const missing = wanted.filter((file) => !scanned.has(file));
    if (missing.length === 0) continue;
    const paper = required[index] ?? visit.papers[index];
    await step(`scan ${missing.map((file) => basename(file)).join(', ')}`, async () => {
      await driver.choosePaper(paper?.name.vi ?? '');
      // What was laid there for a scan that broke off is among the missing ones.
      await demo.scanner.clear();
      await driver.scan(missing);
      await remember(await driver.visit());
    });
    return;
  }
  await step('read the pages', () => readPages(walk, driver, workFolder));
  await step('review', driver.review);
}

/** Waits for every page; one that cannot be read is reported and taken out, as a person would. */
async function readPages(walk: VisitWalk, driver: VisitDriver, workFolder: string): Promise<void> {
  const { memory } = walk;
  const files = walk.plan.papers.flat();
  const settled = await driver.until(
    (visit) =>
      visit.papers.every((paper) =>
        paper.pages.every((page) => page.state === 'ready' || page.state === 'failed'),
      ),
    'all pages to be read',
    60_000 + files.length * 30_000,
  );
  const results = await readResults(workFolder);
  const reported: ReportedPage[] = [];
  for (const { id, state, problem } of settled.papers.flatMap((paper) => paper.pages)) {
    const file = memory.now().sources[id] ?? '';
    const read = results.get(id);
    if (state === 'ready' && read) {
      reported.push({ ...read, file });
      continue;
    }
    const lost = { file, text: '', fields: {}, problem: problem?.what.en ?? 'unreadable' };
    await memory.change({ takenOut: [...memory.now().takenOut, lost] });
    await driver.removePage(id);
  }
  const pages = [...reported, ...memory.now().takenOut].sort(
    (one, other) => files.indexOf(one.file) - files.indexOf(other.file),
  );
  await memory.change({ pages: pages.map((page) => ({ ...page, file: walk.plan.fileOf(page.file) })) });
  if (reported.length === 0)
    throw new VisitFailure(
      `no page could be read. ${memory
        .now()
        .pages.map(({ file, problem }) => `${basename(file)}: ${problem}`)
        .join(' ')}`,
    );
}

async function rememberDossier({ memory }: VisitWalk, { submission }: VisitView): Promise<void> {
  if (submission.dossierId !== memory.now().dossierId)
    await memory.change({ dossierId: submission.dossierId });
}

/** On a slow machine the provisional receipt may come first; the city's follows by itself. */
async function takeReceipt(walk: VisitWalk, driver: VisitDriver, visit: VisitView): Promise<void> {
  const { memory, step, demo } = walk;
  if (!memory.now().outcome || memory.now().visitId !== visit.id) {
    const { submission } = await step('receipt', () =>
      driver.until(
        (now) =>
          now.submission.state === 'refused' ||
          (now.submission.state === 'accepted' &&
            now.submission.receipt === 'official' &&
            now.submission.print !== null &&
            isOver(now.submission.print.state)),
        'the city’s receipt',
        CITY_LIMIT_MS,
      ),
    );
    await keepPaper(driver, demo, submission.print?.previewUrl, join(walk.keep, 'receipt.png'));
    // A demo that goes on may have been given another folder.
    const ticketFile = join(walk.keep, 'ticket.png');
    if (!existsSync(ticketFile)) await keepPaper(driver, demo, visit.ticket?.print.previewUrl, ticketFile);
    await step('keep the artefacts', () => walk.onReceipt(submission));
  }
  await step('finish', driver.finish);
}
