// Over 400 lines on purpose: the one kiosk that every test of the service opens, with all its stand-ins.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandAnswer, KioskView, ReceiptClaims, VisitCommand, VisitView } from '@motcua/contract';
import {
  err,
  type Ids,
  type Logger,
  type ManualClock,
  manualClock,
  ok,
  sequentialIds,
  silentLogger,
} from '@motcua/core';
import {
  type CardCamera,
  type ChipReader,
  type CodeReader,
  type DocumentScanner,
  defaultPrinterProfile,
  type ScannerError,
  type ScanRequest,
  type ThermalPrinter,
} from '@motcua/device-drivers';
import {
  defaultCatalogueFolder,
  demoSiteConfig,
  parseSiteConfig,
  type ScanSettings,
  type SiteConfig,
} from '@motcua/firmware-config';
import {
  type DigitisedPage,
  type Digitiser,
  type Examiner,
  inspectPage,
  makeThumbnail,
  type PageJob,
  type PageQuality,
  WHOLE_PICTURE,
} from '@motcua/ocr-pipeline';
import { type Authorities, openSeal } from '@motcua/ocr-pipeline/dossier';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';
import { expect } from 'vitest';
import { buildService, type KioskService } from './build-service.ts';
import type { CityContent } from './city-content/city-content.ts';
import { createPdfSigner } from './officers/pdf-signer.ts';
import type { UploadClient } from './outbox/upload-client.ts';
import { connect, type Db } from './store/database.ts';
import { createFileLayout } from './store/file-layout.ts';
import { openStorage, type Storage } from './store/open-storage.ts';

/** The person whom the tests speak of; nothing of hers may be left behind. */
export const submitter = (() => {
  const person = specimenPeople().find((each) => each.cardText !== null);
  if (!person?.cardText) throw new Error('no specimen person has a card');
  return { ...person, cardText: person.cardText };
})();

export const pageImage = (() => {
  const specimen = listSpecimens()[0];
  if (!specimen) throw new Error('there is no specimen');
  return specimen.file;
})();

/** One paper, required: `original`. */
export const PROCEDURE = '2.000815';

interface Lasting {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly ids: Ids;
  readonly requestIds: Ids;
}

export interface TestKioskOptions {
  /** Another life of the same kiosk: its folder, clock and ids go on. */
  readonly reopens?: Lasting;
  readonly printer?: ThermalPrinter | null;
  readonly receiptPrinter?: ThermalPrinter;
  readonly camera?: () => CardCamera;
  readonly chipReader?: ChipReader;
  readonly catalogueFolder?: string;
  readonly upload?: UploadClient['upload'];
  readonly digitise?: Digitiser['digitise'];
  readonly examiner?: Examiner;
  readonly site?: (site: SiteConfig) => SiteConfig;
  readonly cityWaitMs?: number;
  readonly scanSettingsFor?: (kinds: readonly string[]) => ScanSettings;
  readonly logger?: Logger;
  readonly authorities?: Authorities;
  readonly cityContent?: (site: SiteConfig, storage: Storage) => Promise<CityContent>;
}

export type TestKiosk = Awaited<ReturnType<typeof openTestKiosk>>;

/** The real service with real SQLite and files in a temporary folder; devices, OCR and city are small fakes. */
export async function openTestKiosk(options: TestKioskOptions = {}) {
  const folder = options.reopens?.folder ?? (await mkdtemp(join(tmpdir(), 'service-')));
  const clock: ManualClock = options.reopens?.clock ?? manualClock('2026-10-08T02:00:00Z');
  const ids: Ids = options.reopens?.ids ?? sequentialIds();
  const requestIds: Ids = options.reopens?.requestIds ?? requestIdsOf();
  const site = (options.site ?? ((same) => same))(testSite(folder));
  const files = createFileLayout(site.dataFolder, site.runFolder);
  const storage = await openStorage(files, undefined);
  const uiFolder = join(folder, 'ui');
  await mkdir(uiFolder, { recursive: true });
  await writeFile(join(uiFolder, 'index.html'), '<!doctype html><title>Kiosk</title>');
  const scanner = fakeScanner();
  const reader = fakeReader();
  const seal = await openSeal({
    folder: files.keys,
    clock,
    kioskId: site.kiosk.id,
    kioskName: site.kiosk.name,
  });
  const service: KioskService = await buildService({
    site,
    version: '0.0.0-test',
    catalogueFolder: options.catalogueFolder ?? defaultCatalogueFolder(),
    uiFolder,
    files,
    storage,
    clock,
    ids,
    random: () => 0.5,
    logger: options.logger ?? silentLogger,
    devices: {
      ticketPrinter: options.printer ? () => options.printer as ThermalPrinter : null,
      receiptPrinter: options.receiptPrinter ? () => options.receiptPrinter as ThermalPrinter : null,
      scanner: () => scanner,
      reader: () => reader,
      camera: options.camera ?? null,
      chipReader: options.chipReader ? () => options.chipReader as ChipReader : null,
    },
    printerProfiles: { ticket: defaultPrinterProfile, receipt: defaultPrinterProfile },
    scanSettingsFor:
      options.scanSettingsFor ?? (() => ({ resolutionDpi: 300, colour: 'colour', feed: 'flatbed' })),
    digitiser: {
      digitise: options.digitise ?? digitiseAtOnce,
      warmUp: async () => undefined,
      close: async () => undefined,
    },
    examiner: options.examiner ?? { examine: examineAtOnce, close: async () => undefined },
    seal,
    authorities: options.authorities ?? null,
    signPdf: createPdfSigner({
      agency: site.kiosk.settlingUnit,
      seal: undefined,
      authorities: options.authorities ?? null,
      monotonicMs: () => performance.now(),
    }),
    uploadClient: { upload: options.upload ?? (async () => err(unreachable)) },
    ...(options.cityContent && { cityContent: await options.cityContent(site, storage) }),
    cityWaitMs: options.cityWaitMs ?? 5_000,
    lateWriteRetryMs: 20,
    minFreeBytes: 1,
  });
  const url = await service.start();
  const token = (await readFile(join(site.runFolder, 'token'), 'utf8')).trim();
  const headers = { host: new URL(url).host, authorization: `Bearer ${token}` };
  /** A second connection, as an auditor's: sees what is really stored. */
  const db = connect(files.database, storage.key.derive('database'));
  let stopped = false;

  const view = async (): Promise<KioskView> =>
    (await service.app.inject({ url: '/api/kiosk', headers })).json();
  const visit = async (): Promise<VisitView> => {
    const { visit } = await view();
    if (!visit) throw new Error('no visit is open');
    return visit;
  };
  const post = async (body: unknown): Promise<CommandAnswer> =>
    (
      await service.app.inject({
        method: 'POST',
        url: '/api/visit/commands',
        headers,
        payload: body as object,
      })
    ).json();
  /** Sends a command as the screen does, made on what is shown now unless told otherwise; the code of its refusal. */
  const command = async (
    command: VisitCommand,
    on: { requestId?: string; visitId?: string | null; version?: number | null } = {},
  ): Promise<string | null> => {
    const shown = (await view()).visit;
    const answer = await post({
      requestId: requestIds.next(),
      visitId: shown?.id ?? null,
      version: shown?.version ?? null,
      ...on,
      command,
    });
    return answer.problem?.code ?? null;
  };
  const until = async (reached: (visit: VisitView) => boolean): Promise<VisitView> => {
    await expect.poll(async () => reached(await visit()), { timeout: 20_000, interval: 10 }).toBe(true);
    return visit();
  };
  const done = async (...commands: readonly VisitCommand[]) => {
    for (const each of commands) expect([each.type, await command(each)]).toEqual([each.type, null]);
  };
  const showCard = (text: string = submitter.cardText) => reader.read(Buffer.from(text));
  const scan = async (file = pageImage) => {
    scanner.lay(file);
    await done({ type: 'scan-paper', paperCode: 'original' });
    return until(
      (now) =>
        now.scan.state === 'idle' &&
        now.papers
          .flatMap((paper) => paper.pages)
          .every(({ state }) => state !== 'waiting' && state !== 'reading'),
    );
  };
  const walkTo = async (
    step: 'service' | 'number' | 'identity' | 'papers' | 'review',
    procedureCode = PROCEDURE,
  ) => {
    const ways: Record<typeof step, () => Promise<unknown>> = {
      service: () => done({ type: 'start' }, { type: 'choose-language', language: 'vi' }),
      number: () => done({ type: 'choose-service', procedureCode }),
      identity: () => done({ type: 'take-number' }, { type: 'continue' }),
      papers: async () => {
        showCard();
        await done({ type: 'confirm-card' });
      },
      review: async () => {
        await scan();
        await done({ type: 'review' });
      },
    };
    for (const [name, walk] of Object.entries(ways)) {
      await walk();
      if (name === step) return;
    }
  };

  const stop = async () => {
    if (stopped) return;
    stopped = true;
    db.close();
    await service.stop();
  };

  return {
    folder,
    clock,
    ids,
    requestIds,
    site,
    files,
    service,
    certificatePem: seal.certificatePem,
    url,
    token,
    headers,
    db,
    scanner,
    reader,
    view,
    visit,
    post,
    command,
    until,
    done,
    showCard,
    scan,
    walkTo,
    storage,
    /** Reference of a dossier's encrypted file. */
    dossierFile: (id: string | null): string =>
      String(db.prepare('SELECT file FROM dossiers WHERE id = ?').pluck().get(id)),
    /** Every value of every table, and the name and bytes of every plain file, as one text. */
    everythingKept: async () => [dumpTables(db), ...(await dumpFiles(files.working))].join('\n'),
    stop,
    close: async () => {
      await stop();
      await rm(files.working, { recursive: true, force: true, maxRetries: 5 });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const unreachable = { code: 'city-unreachable', final: false, detail: 'ECONNREFUSED' } as const;

/** A city that accepts everything at once. */
export const acceptAtOnce: UploadClient['upload'] = async ({ dossierId, manifest }) => {
  const claims: ReceiptClaims = {
    version: 1,
    dossierId,
    sha256: manifest.sha256,
    dossierCode: 'H29.15-261008-0001',
    receivedAt: '2026-10-08T02:00:00Z',
    dueAt: null,
    receivingUnit: 'Trung tâm',
    settlingUnit: 'Ủy ban',
    lookUpSecret: 'SECRET',
  };
  return ok({ receipt: 'signed', claims });
};

function testSite(folder: string): SiteConfig {
  const ports = { service: 0, control: 9, gateway: 9, printer: 9 };
  const devices = { codeReader: 'tcp://127.0.0.1:9', scanner: `folder:${folder}/glass` };
  const site = parseSiteConfig(demoSiteConfig({ folder, ports, devices }), join(folder, 'site.json'));
  if (!site.ok) throw new Error(site.error.message);
  const { demo: _, ...appliance } = site.value;
  return { ...appliance, profile: 'appliance' };
}

export function requestIdsOf(): Ids {
  const ids = sequentialIds();
  return { next: () => `R${ids.next().slice(1)}` };
}

/** The whole picture is one good paper. */
const examineAtOnce: Examiner['examine'] = async ({ file, workFolder, name }) => {
  const facts = await inspectPage(file);
  if (!facts.ok) return facts;
  const thumbnailFile = join(workFolder, `${name}-1.jpg`);
  const made = await makeThumbnail(file, thumbnailFile, 0);
  if (!made.ok) return made;
  return ok({
    facts: facts.value,
    sheets: [{ corners: WHOLE_PICTURE, quality: goodQuality, thumbnailFile }],
    milliseconds: 1,
  });
};

export const goodQuality: PageQuality = {
  ok: true,
  findings: [],
  side: 'printed',
  dpi: 300,
  edgeWidth: 0.26,
  letters: 700,
};

const digitiseAtOnce: Digitiser['digitise'] = async (job) => ok(await cannedPage(job));

/** A page as the pipeline would leave it; it says who the person is, as a real one would. */
export async function cannedPage(job: PageJob): Promise<DigitisedPage> {
  const facts = await inspectPage(job.file);
  const imageFile = join(job.workFolder, `${job.name}.jpg`);
  const thumbnailFile = join(job.workFolder, `${job.name}-small.jpg`);
  await copyFile(job.file, imageFile);
  await makeThumbnail(job.file, thumbnailFile, 0);
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const check = { name: 'none', outcome: 'none' } as const;
  return {
    imageFile,
    thumbnailFile,
    width: facts.ok ? facts.value.width : 0,
    height: facts.ok ? facts.value.height : 0,
    dpi: 300,
    skew: 0,
    rotation: job.rotation ?? 0,
    sheet: typeof job.sheet === 'object' ? job.sheet : WHOLE_PICTURE,
    lines: [],
    text: `${submitter.fullName} ${submitter.personNumber}`,
    confidence: 90,
    kind: { code: 'citizen-card', name: { vi: 'Thẻ căn cước', en: 'Citizen card' }, score: 0.9 },
    fields: [
      { name: 'personNumber', value: submitter.personNumber, box, confidence: 90, check },
      { name: 'fullName', value: submitter.fullName, box, confidence: 90, check },
    ],
    engine: { name: 'tesseract', version: '5.3.0' },
    codes: [],
    milliseconds: 1,
  };
}

function fakeReader(): CodeReader & { readonly read: (code: Uint8Array) => void } {
  const listeners = new Set<(code: Uint8Array) => void>();
  return {
    uri: 'tcp://127.0.0.1:9',
    condition: () => 'ready',
    onCondition: () => () => undefined,
    onCode: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: (code) => {
      for (const listener of listeners) listener(code);
    },
    close: async () => undefined,
  };
}

/** Feeds what was laid on it; `hold` keeps a scan open, as a slow feeder does, until it is let go or cancelled. */
function fakeScanner() {
  let laid: string[] = [];
  const requests: ScanRequest[] = [];
  let held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  const scanner: DocumentScanner = {
    uri: 'folder:/glass',
    condition: async () => 'ready',
    capabilities: async () => ok([]),
    scan: async (request, onPage) => {
      requests.push(request);
      let pages = 0;
      const failed = (code: ScannerError['code']) => err({ code, pagesKept: pages });
      for (const from of laid.splice(0)) {
        const file = join(request.folder, `${request.nextName()}.jpg`);
        await copyFile(from, file);
        await onPage({ file, mediaType: 'image/jpeg' });
        pages += 1;
      }
      if (held) {
        const cancelled = new Promise<void>((resolve) => {
          request.signal?.addEventListener('abort', () => resolve());
        });
        await Promise.race([held.promise, cancelled]);
      }
      if (request.signal?.aborted) return failed('scanner-cancelled');
      return pages === 0 ? failed('scanner-empty') : ok({ pages });
    },
    close: async () => undefined,
  };
  return {
    ...scanner,
    /** What was asked of it. */
    requests: requests as readonly ScanRequest[],
    lay: (...files: string[]) => {
      laid = files;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { promise, release: resolve };
    },
    letGo: () => {
      held?.release();
      held = null;
    },
  };
}

function dumpTables(db: Db): string {
  const tables = db
    .prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .all();
  return JSON.stringify(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
}

async function dumpFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path}\n${await readFile(path, 'latin1')}` : path;
    }),
  );
}
