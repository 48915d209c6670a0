import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { VisitView } from '@motcua/contract';
import type { DigitisedPage } from '@motcua/ocr-pipeline';
import { extractDossier, type SignatureLevel, verifyAny } from '@motcua/ocr-pipeline/dossier';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';
import { readTrust } from '../trust-store.ts';
import { openBrowser } from './browser.ts';
import { type Demo, startDemo } from './start-demo.ts';
import { createVisitDriver, type VisitDriver } from './visit-driver.ts';

export interface DemoReport {
  /** The gateway accepted the dossier and its receipt was verified, here once more by the files alone. */
  readonly accepted: boolean;
  readonly dossierCode: string | null;
  readonly ticketNumber: string | null;
  /** What the dossier's seal has reached: B-LTA with the demo's authorities, B-B without OpenSSL. */
  readonly sealLevel: SignatureLevel | null;
  /** Absolute paths; null for what a visit that failed has not made. */
  readonly artefacts: {
    readonly ticket: string | null;
    readonly receipt: string | null;
    readonly receiptToken: string | null;
    readonly dossier: string | null;
    readonly pdfs: readonly string[];
    /** Certificates of this demo's kiosk and city, for `motcua verify --trust`. */
    readonly trust: string | null;
  };
  readonly pages: readonly ReportedPage[];
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  /** Why the visit did not reach its end; absent when it did. */
  readonly problem?: string;
}

/** What is told of a visit that broke off after these steps. */
export function failedReport(problem: string, steps: DemoReport['steps']): DemoReport {
  return {
    accepted: false,
    dossierCode: null,
    ticketNumber: null,
    sealLevel: null,
    artefacts: { ticket: null, receipt: null, receiptToken: null, dossier: null, pdfs: [], trust: null },
    pages: [],
    steps,
    problem,
  };
}

export interface ReportedPage {
  readonly file: string;
  readonly text: string;
  readonly kind?: string;
  /** Best candidate per field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Why the page could not be read; it is then left out of the dossier. */
  readonly problem?: string;
}

/** Which papers the demo hands in, and for which procedure. */
interface Plan {
  readonly procedure: { readonly name: string; readonly query: string };
  readonly cardText: string;
  /** In the order of the checklist. */
  readonly papers: readonly (readonly string[])[];
}

export async function runVisit(options: {
  readonly folder: string;
  readonly keep: string;
  /** Null: specimens of the repository. */
  readonly files: readonly string[] | null;
  readonly signal: AbortSignal;
  readonly onStep: (step: { readonly name: string; readonly ms: number }) => void;
}): Promise<DemoReport> {
  const steps: { name: string; ms: number }[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (options.signal.aborted) throw new Error('interrupted');
    const began = performance.now();
    const value = await work();
    const done = { name, ms: Math.round(performance.now() - began) };
    steps.push(done);
    options.onStep(done);
    return value;
  };
  await mkdir(options.keep, { recursive: true });
  const keep = (name: string) => join(options.keep, name);
  const plan = makePlan(options.files);
  const demo = await step('start', () => startDemo({ folder: options.folder }));
  // The receipt screen needs the city's answer; the time-out of a slow machine must not make it provisional.
  const browser = await openBrowser();
  const abort = () => void browser.close().catch(() => undefined);
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const driver = createVisitDriver(demo, browser.page);
    await step('open the screen', driver.open);
    await step('begin', driver.start);
    await step('language', driver.chooseLanguage);
    await step('service', () => driver.chooseService(plan.procedure.name, plan.procedure.query));
    const ticketNumber = await step('number', driver.takeNumber);
    await savePaper(driver, (await driver.visit()).ticket?.print.previewUrl, keep('ticket.png'), demo);
    await step('to the card', driver.goOn);
    await step('card', async () => {
      await driver.showCard(plan.cardText);
      await driver.confirmCard();
    });
    const sources = new Map<string, string>();
    for (const [index, files] of plan.papers.entries())
      await step(`scan ${files.map((file) => basename(file)).join(', ')}`, async () => {
        if (index > 0) await driver.nextPaper();
        await driver.scan(files);
        rememberSources(await driver.visit(), files, sources);
      });
    const pages = await step('read the pages', () => readPages(driver, demo, sources));
    await step('review', driver.review);
    await step('submit', driver.submit);
    const submission = await step('receipt', async () => {
      await driver.receipt();
      return awaitAcceptance(driver);
    });
    await savePaper(driver, submission.print?.previewUrl, keep('receipt.png'), demo);
    const kept = await step('keep the artefacts', () => keepDossier(demo, submission, options.keep));
    await step('finish', driver.finish);
    return {
      accepted: submission.state === 'accepted' && submission.receipt === 'official' && kept.verified,
      dossierCode: submission.dossierCode,
      ticketNumber,
      sealLevel: kept.sealLevel,
      artefacts: { ticket: keep('ticket.png'), receipt: keep('receipt.png'), ...kept.artefacts },
      pages,
      steps,
    };
  } finally {
    options.signal.removeEventListener('abort', abort);
    await browser.close().catch(() => undefined);
    await demo.close();
  }
}

function makePlan(files: readonly string[] | null): Plan {
  const people = specimenPeople();
  if (files) {
    const submitter = people.find(({ cardText }) => cardText);
    return {
      procedure: { name: 'Chứng thực bản sao từ bản chính', query: 'chung thuc' },
      cardText: submitter?.cardText ?? '',
      papers: [files],
    };
  }
  const specimens = listSpecimens();
  const form = specimens.find(({ kind }) => kind === 'birth-registration-form');
  const submitter = people.find(({ id }) => id === form?.person);
  const own = (kind: string) =>
    specimens.filter((specimen) => specimen.kind === kind && specimen.person === submitter?.id).slice(0, 1);
  const kinds = ['birth-registration-form', 'live-birth-notice', 'citizen-card'];
  return {
    procedure: { name: 'Đăng ký khai sinh', query: 'khai sinh' },
    cardText: submitter?.cardText ?? '',
    papers: kinds.map((kind) => own(kind).map(({ file }) => file)),
  };
}

function rememberSources(visit: VisitView, files: readonly string[], sources: Map<string, string>): void {
  const fresh = visit.papers.flatMap((paper) => paper.pages).filter((page) => !sources.has(page.id));
  // Pages bear ULIDs: their order is the order in which the scanner gave them.
  const ids = fresh.map((page) => page.id).sort();
  for (const [index, id] of ids.entries()) sources.set(id, files[index] ?? '');
}

/** Waits for every page; one that cannot be read is reported and taken out, as a person would. */
async function readPages(
  driver: VisitDriver,
  demo: Demo,
  sources: ReadonlyMap<string, string>,
): Promise<ReportedPage[]> {
  const settled = await driver.until(
    (visit) =>
      visit.papers.every((paper) =>
        paper.pages.every((page) => page.state === 'ready' || page.state === 'failed'),
      ),
    'all pages to be read',
    60_000 + sources.size * 30_000,
  );
  const results = await digitisedPages(join(demo.workingFolder, settled.id));
  const reported: ReportedPage[] = [];
  for (const { id, state, problem } of settled.papers.flatMap((paper) => paper.pages)) {
    const file = sources.get(id) ?? '';
    const read = results.get(id);
    if (state === 'ready' && read) {
      const fields: Record<string, string> = {};
      for (const field of read.fields) fields[field.name] ??= field.value;
      reported.push({ file, text: read.text, kind: read.kind.code, fields });
    } else {
      reported.push({ file, text: '', fields: {}, problem: problem?.what.en ?? 'unreadable' });
      await removePage(driver, id);
    }
  }
  return reported.sort(
    (one, other) => [...sources.values()].indexOf(one.file) - [...sources.values()].indexOf(other.file),
  );
}

async function removePage(driver: VisitDriver, pageId: string): Promise<void> {
  // Asked anew each time: the pages after one that was removed have moved up.
  const position = (await driver.visit()).papers.flatMap((paper) =>
    paper.pages.map((page, index) => ({ id: page.id, number: index + 1 })),
  );
  const number = position.find(({ id }) => id === pageId)?.number;
  await driver.press(new RegExp(`, trang ${number}: `));
  await driver.press('Bỏ trang này');
  await driver.press('Bỏ trang');
  await driver.until(
    (now) => !now.papers.some((paper) => paper.pages.some((page) => page.id === pageId)),
    'the page to go',
  );
}

/** By page id, from the work folder that the visit's end will wipe. */
async function digitisedPages(folder: string): Promise<Map<string, DigitisedPage>> {
  const pages = new Map<string, DigitisedPage>();
  for (const name of (await readdir(folder)).filter((entry) => entry.endsWith('.json')).sort())
    pages.set(name.slice(0, 26), JSON.parse(await readFile(join(folder, name), 'utf8')) as DigitisedPage);
  return pages;
}

/** On a slow machine the provisional receipt may come first; the city's follows by itself. */
async function awaitAcceptance(driver: VisitDriver): Promise<VisitView['submission']> {
  const visit = await driver.until(
    ({ submission }) =>
      submission.state === 'refused' ||
      (submission.state === 'accepted' &&
        submission.receipt === 'official' &&
        submission.print?.state === 'printed'),
    'the city’s receipt',
    60_000,
  );
  return visit.submission;
}

async function savePaper(
  driver: VisitDriver,
  url: string | undefined,
  to: string,
  demo: Demo,
): Promise<void> {
  const answer = await driver.page.request.get(`${demo.origin}${url}`);
  if (!answer.ok()) throw new Error(`the picture of the paper was not given (${answer.status()})`);
  await writeFile(to, await answer.body());
}

async function keepDossier(demo: Demo, submission: VisitView['submission'], keep: string) {
  const dossier = join(keep, 'dossier.asice');
  // The kiosk's own copy is encrypted; the city's is the same, byte for byte.
  await copyFile(join(demo.folder, 'city', 'dossiers', submission.dossierId ?? ''), dossier);
  const trustFolder = join(keep, 'trust');
  await mkdir(trustFolder, { recursive: true });
  await copyFile(join(demo.dataFolder, 'kiosk-certificate.pem'), join(trustFolder, 'kiosk.pem'));
  await copyFile(join(demo.folder, 'city', 'receipt-certificate.pem'), join(trustFolder, 'city.pem'));
  if (demo.pki) await writeFile(join(trustFolder, 'root.pem'), demo.pki.rootPem);
  const documents = await extractDossier(dossier, keep, (name) => name.endsWith('.pdf'));
  const receiptToken = join(keep, 'receipt.jws');
  await writeFile(receiptToken, await receiptOf(demo, submission.dossierId ?? ''));
  const trust = readTrust([trustFolder], true) ?? [];
  const verdicts = await Promise.all(
    [dossier, receiptToken].map((file) => verifyAny(file, { trust, receiptTrust: trust, at: new Date() })),
  );
  return {
    verified: verdicts.every(({ verdict }) => verdict === 'valid'),
    sealLevel: verdicts[0]?.signatures[0]?.level ?? null,
    artefacts: { dossier, receiptToken, pdfs: documents, trust: trustFolder },
  };
}

/** The city answers a repeated commit with the very receipt that it gave before. */
async function receiptOf(demo: Demo, dossierId: string): Promise<string> {
  const answer = await fetch(`${demo.gatewayUrl}/dossiers/${dossierId}/commit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { receipt } = (await answer.json()) as { receipt: string };
  return receipt;
}
