import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { singlePictures } from '@motcua/ocr-pipeline';
import { type DemoBrowser, openBrowser, portrait } from './browser.ts';
import { type DemoReport, type DemoStep, VisitFailure } from './demo-report.ts';
import { keepDossier, receiptOf } from './keep-artefacts.ts';
import { type Demo, startDemo } from './start-demo.ts';
import { createVisitDriver } from './visit-driver.ts';
import { planVisit } from './visit-plan.ts';
import { createVisitMemory, type VisitRecord } from './visit-record.ts';
import { walkVisit } from './walk-visit.ts';

/** A whole visit in `folder`: a first start forgets what lies there, a later one goes on from where the kiosk stands. */
export async function runVisit(options: {
  readonly folder: string;
  readonly record: VisitRecord;
  readonly save: (record: VisitRecord) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onStep: (step: DemoStep) => void;
}): Promise<DemoReport> {
  const { folder, signal } = options;
  const steps: DemoStep[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new Error('interrupted');
    const began = performance.now();
    const value = await work();
    const done = { name, ms: Math.round(performance.now() - began) };
    steps.push(done);
    options.onStep(done);
    return value;
  };
  const memory = createVisitMemory(options.record, options.save);
  const { keep } = options.record;
  const demo = await step('start', () => startDemo({ folder, fresh: options.record.starts === 1 }));
  let browser: DemoBrowser | null = null;
  const abort = () => void browser?.close().catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  const [sheets, profile] = [join(folder, 'sheets'), join(folder, 'browser')];
  const conclude = async (
    dossierCode: string | null,
    accepted: boolean,
    receipt: string | null,
    { verified, sealLevel, artefacts }: Awaited<ReturnType<typeof keepDossier>>,
  ) => {
    const { ticketNumber } = memory.now();
    const ticket = join(keep, 'ticket.png');
    await memory.change({
      outcome: {
        accepted: accepted && verified,
        dossierCode,
        ticketNumber,
        sealLevel,
        artefacts: { ticket: existsSync(ticket) ? ticket : null, receipt, ...artefacts },
      },
    });
  };
  try {
    await memory.change({});
    const plan = planVisit(await sheetsOf(options.record.files, sheets));
    browser = await openBrowser(portrait, profile);
    const driver = createVisitDriver(demo, browser.page);
    await step('open the screen', driver.open);
    await walkVisit({
      demo,
      plan,
      keep,
      memory,
      signal,
      screen: async () => driver,
      step,
      onReceipt: async ({ dossierId, dossierCode, state, receipt }) => {
        const kept = await keepDossier(demo, dossierId ?? '', keep);
        await conclude(
          dossierCode,
          state === 'accepted' && receipt === 'official',
          join(keep, 'receipt.png'),
          kept,
        );
      },
      onLeft: async (dossierId) => {
        const receipt = await step('receipt', () => acceptedLater(demo, dossierId));
        const kept = await step('keep the artefacts', () => keepDossier(demo, dossierId, keep));
        await conclude(codeIn(receipt), true, null, kept);
      },
    });
  } finally {
    signal.removeEventListener('abort', abort);
    await browser?.close().catch(() => undefined);
    await demo.close();
    // The browser's helpers may have written there to the last.
    for (const gone of [sheets, profile]) await rm(gone, { recursive: true, force: true, maxRetries: 10 });
  }
  const { outcome, pages, starts } = memory.now();
  if (!outcome) throw new Error('the visit ended without an outcome');
  return { ...outcome, pages, steps, starts, folder };
}

/** What one visit holds: the kiosk ends a scan there. */
const MAX_PAGES = 100;

async function sheetsOf(files: readonly string[] | null, folder: string) {
  if (!files) return null;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const sheets = await singlePictures(files, folder, MAX_PAGES);
  if (sheets.length > MAX_PAGES)
    throw new VisitFailure(`these are ${sheets.length} pages; a visit holds ${MAX_PAGES}`);
  return sheets;
}

const CITY_LIMIT_MS = 60_000;

/** The receipt of a dossier that may still be on its way. */
async function acceptedLater(demo: Demo, dossierId: string): Promise<string> {
  for (const limit = performance.now() + CITY_LIMIT_MS; ; ) {
    const receipt = await receiptOf(demo, dossierId).catch((error: Error) => error);
    if (typeof receipt === 'string') return receipt;
    if (performance.now() > limit) throw receipt;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What a receipt says; `keepDossier` verifies it. */
function codeIn(receipt: string): string | null {
  const payload = Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { dossierCode?: string }).dossierCode ?? null;
}
