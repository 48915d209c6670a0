// Over 400 lines on purpose: the one place where the parts of the service are put together, and nothing else.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CatalogueView, problem } from '@motcua/contract';
import type { Clock, Ids, Logger } from '@motcua/core';
import { vietnamTime } from '@motcua/core';
import { bitmapToPng, encodeForPrinter, loadSlipFonts, renderSlip, type Slip } from '@motcua/device-drivers';
import { type Catalogue, type ScanSettings, type SiteConfig, searchCatalogue } from '@motcua/firmware-config';
import { cutSnippet, type DigitisedPage, type Digitiser, type Examiner } from '@motcua/ocr-pipeline';
import type { Authorities, Seal } from '@motcua/ocr-pipeline/dossier';
import type { FastifyInstance } from 'fastify';
import { buildApi } from './api/routes.ts';
import { createLaunchCodes, openSessionToken } from './api/session.ts';
import { verifyChain } from './audit/audit-chain.ts';
import { createAuditLog } from './audit/audit-log.ts';
import type { CityWitness } from './audit/city-witness.ts';
import { createChanges } from './changes.ts';
import { createCatalogueInForce } from './city-content/catalogue-in-force.ts';
import type { CityContent } from './city-content/city-content.ts';
import { createDevices, type DeviceOpeners } from './devices/devices.ts';
import type { PrinterProfiles } from './devices/open-devices.ts';
import { createPrintJournal, type PrintKind } from './devices/print-journal.ts';
import { createDossierStore } from './dossiers/dossier-store.ts';
import { createReceipts } from './dossiers/receipts.ts';
import { createReprint } from './dossiers/reprint.ts';
import { createRetention } from './dossiers/retention.ts';
import { createSubmission } from './dossiers/submission.ts';
import { createChipIdentification } from './identity/chip-identification.ts';
import { createIdentification } from './identity/identification.ts';
import { createPersonKey } from './identity/person-key.ts';
import { createOfficers } from './officers/officers.ts';
import type { PdfSigner } from './officers/pdf-signer.ts';
import { createVersionStore } from './officers/version-store.ts';
import { createOutboxActions, listExportable } from './outbox/outbox-actions.ts';
import { createOutboxWorker } from './outbox/outbox-worker.ts';
import type { StatusClient } from './outbox/status-client.ts';
import { createStatusStore } from './outbox/status-store.ts';
import { createStatusWorker } from './outbox/status-worker.ts';
import type { UploadClient } from './outbox/upload-client.ts';
import { createLevelStore } from './sealing/level-store.ts';
import { createLevelWorker } from './sealing/level-worker.ts';
import { createRaiseStored } from './sealing/raise-stored.ts';
import { createSealer } from './sealing/sealer.ts';
import { copyMark } from './slips/wording.ts';
import { adoptPlainFiles } from './store/adopt-plain-files.ts';
import { backUpDatabase } from './store/backup.ts';
import type { FileLayout } from './store/file-layout.ts';
import type { Storage } from './store/open-storage.ts';
import { createSpaceBudget } from './store/space-budget.ts';
import { createTicketStore } from './tickets/ticket-store.ts';
import { createDigitising } from './visits/digitising.ts';
import { createEnding } from './visits/ending.ts';
import { createIdleTimer } from './visits/idle-timer.ts';
import { buildKioskView } from './visits/kiosk-view.ts';
import { createLateWrites } from './visits/late-writes.ts';
import { createPageStore, type PageRow } from './visits/page-store.ts';
import { createScanning, MIN_FREE_BYTES } from './visits/scanning.ts';
import { createVisitCommands } from './visits/visit-commands.ts';
import { createVisitStore } from './visits/visit-store.ts';

export interface ServiceDeps {
  /** As it is at the start, the city's configuration over it. */
  readonly site: SiteConfig;
  readonly version: string;
  readonly catalogueFolder: string;
  readonly uiFolder: string;
  readonly files: FileLayout;
  /** Open; the service closes it. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly logger: Logger;
  readonly devices: DeviceOpeners;
  readonly printerProfiles: PrinterProfiles;
  /** How a paper is scanned of which one of these kinds is expected. */
  readonly scanSettingsFor: (kinds: readonly string[]) => ScanSettings;
  /** How long a reading of a chip waits for a card that was taken away in the middle. Default 10 s. */
  readonly chipWaitMs?: number;
  readonly digitiser: Digitiser;
  readonly examiner: Examiner;
  readonly seal: Seal;
  /** Null where none are configured. */
  readonly authorities: Authorities | null;
  readonly uploadClient: UploadClient;
  /** What the city's heads of the audit trail have shown; without it nothing is compared. */
  readonly witness?: CityWitness;
  /** Asks what became of the dossiers that the city has; without it nobody asks. */
  readonly statusClient?: StatusClient;
  /** The city's signed documents, asked for from time to time; without them the packaged catalogue and `site` hold. */
  readonly cityContent?: CityContent;
  /** Appends officers' signatures to PDFs. */
  readonly signPdf: PdfSigner;
  /** How long a visit waits for the city before it gets a provisional receipt. Default 10 s. */
  readonly cityWaitMs?: number;
  /** How long what could not be stored waits before it is tried again. Default 3 s. */
  readonly lateWriteRetryMs?: number;
  readonly minFreeBytes?: number;
}

export interface KioskService {
  readonly app: FastifyInstance;
  /** Listens, takes up what was open, starts the background work. Returns the address of the screen. */
  start(): Promise<string>;
  stop(): Promise<void>;
}

const SWEEP_MS = 3_600_000;
const KEPT_BACKUPS = 2;
const EXPORT_PORTION = 500;

/** Wires the kiosk's service from given parts; nothing runs before `start`. */
export async function buildService(deps: ServiceDeps): Promise<KioskService> {
  const { site, clock, ids, logger, files } = deps;
  const { db, blobs, dataKeys, migrated } = deps.storage;
  const changes = createChanges();
  const audit = createAuditLog(db, clock);
  const visits = createVisitStore(db, clock, audit);
  const pages = createPageStore(db, clock, files);
  const tickets = createTicketStore(db, clock, audit);
  const dossiers = createDossierStore(db, clock, audit);
  const devices = createDevices(deps.devices, changes, audit, logger);
  /** For what may change while the service runs. */
  const settings = deps.cityContent?.site ?? (() => site);
  const catalogue = createCatalogueInForce({
    folder: deps.catalogueFolder,
    city: deps.cityContent?.catalogue ?? null,
    clock,
    openVisit: () => visits.open()?.id ?? null,
  });
  const profileFor = (kind: PrintKind) => deps.printerProfiles[kind === 'ticket' ? 'ticket' : 'receipt'];
  const fonts = await loadSlipFonts();
  const marked = (slip: Slip, copy: boolean): Slip => ({ blocks: [...copyMark(copy), ...slip.blocks] });
  const render = (slip: Slip, kind: PrintKind, copy: boolean) => {
    const { widthDots, dpi } = profileFor(kind);
    return renderSlip(marked(slip, copy), { widthDots, dpi, fonts });
  };
  const prints = createPrintJournal({
    db,
    clock,
    ids,
    audit,
    changes,
    logger,
    ticketPrinter: devices.ticketPrinter,
    receiptPrinter: devices.receiptPrinter,
    encode: (slip, kind, copy) => encodeForPrinter(marked(slip, copy), profileFor(kind), fonts),
    isOpen: (visitId) => visits.open()?.id === visitId,
  });
  const late = createLateWrites({ changes, logger, retryMs: deps.lateWriteRetryMs ?? 3_000 });
  const digitising = createDigitising({
    pages,
    digitiser: deps.digitiser,
    files,
    blobs,
    late,
    audit,
    changes,
    logger,
  });
  const ending = createEnding({
    db,
    clock,
    visits,
    pages,
    prints,
    digitising,
    files,
    blobs,
    dataKeys,
    audit,
    logger,
    draftDays: () => settings().visit.draftDays,
  });
  const retention = createRetention({
    db,
    clock,
    audit,
    blobs,
    dataKeys,
    days: () => settings().city.retentionDays,
  });
  const idle = createIdleTimer(
    () => settings().visit.idleTimeoutMs,
    () => commands.timeOut(),
  );
  const onActivity = () => {
    if (!visits.open()) return;
    idle.arm();
    changes.bump();
  };
  const space = createSpaceBudget({
    folders: [files.blobs, files.working],
    bytesPerScan: deps.minFreeBytes ?? MIN_FREE_BYTES,
    audit,
    logger,
  });
  const scanning = createScanning({
    db,
    visits,
    pages,
    devices,
    examiner: deps.examiner,
    digitising,
    files,
    blobs,
    late,
    ids,
    audit,
    changes,
    logger,
    settingsFor: deps.scanSettingsFor,
    catalogue,
    space,
    onActivity,
  });
  const sending = {
    blobs,
    client: deps.uploadClient,
    clock,
    changes,
    logger,
    retry: () => settings().city.retry,
    random: deps.random,
  };
  const outbox = createOutboxWorker({ dossiers, ...sending });
  // What officers decided: sent once the city has the version before it.
  const versions = createVersionStore(db, clock, audit);
  const versionOutbox = createOutboxWorker({ dossiers: versions, ...sending });
  const statuses = createStatusStore({ db, clock, audit, random: deps.random });
  const statusWorker = deps.statusClient
    ? createStatusWorker({ statuses, client: deps.statusClient, clock, logger, random: deps.random })
    : null;
  const receipts = createReceipts({ site, catalogue, clock, visits, pages, tickets, dossiers, prints });
  const sealer = createSealer({
    seal: deps.seal,
    clock,
    logger,
    authorities: deps.authorities,
    kioskName: site.kiosk.name,
    budgetMs: site.signing?.budgetMs ?? 0,
  });
  const officers = createOfficers({
    db,
    clock,
    ids,
    audit,
    logger,
    versions,
    blobs,
    dataKeys: deps.storage.dataKeys,
    workingFolder: files.working,
    retentionDays: () => settings().city.retentionDays,
    kioskId: site.kiosk.id,
    seal: deps.seal,
    sealer,
    tokens: site.officer.pkcs11Module === undefined ? null : { modulePath: site.officer.pkcs11Module },
    signPdf: deps.signPdf,
    about: { kioskName: site.kiosk.name, wardName: site.kiosk.wardName },
    onDecided: () => versionOutbox.kick(),
  });
  const levels = createLevelWorker({
    levels: createLevelStore(db, clock, audit),
    raise: createRaiseStored({ db, blobs, sealer, workingFolder: files.working }),
    clock,
    logger,
    random: deps.random,
    wanted: deps.authorities !== null,
    retry: () => settings().city.retry,
    renewDays: site.signing?.renewDays ?? 0,
  });
  const submission = createSubmission({
    db,
    site,
    clock,
    visits,
    pages,
    dossiers,
    digitising,
    files,
    blobs,
    dataKeys,
    seal: deps.seal,
    sealer,
    levels,
    outbox,
    receipts,
    tickets,
    catalogue,
    changes,
    logger,
    cityWaitMs: deps.cityWaitMs ?? 10_000,
    late,
    onActivity,
  });
  const digitised = createResultCache();
  const snippets = oneAtATime(cutSnippet);
  const commands = createVisitCommands({
    db,
    clock,
    ids,
    visits,
    pages,
    tickets,
    dossiers,
    prints,
    devices,
    scanning,
    digitising,
    submission,
    ending,
    late,
    files,
    audit,
    changes,
    logger,
    catalogue,
    personKey: createPersonKey(deps.storage.key),
    digitised,
    wardName: site.kiosk.wardName,
    idle,
  });
  const identification = createIdentification({ db, clock, visits, audit, changes, logger, onActivity });
  const chip = createChipIdentification({
    db,
    clock,
    visits,
    audit,
    changes,
    logger,
    reader: devices.chipReader,
    trustFolder: site.chip.trustFolder,
    cardWaitMs: deps.chipWaitMs ?? 10_000,
    randomBytes: (length) => Uint8Array.from(randomBytes(length)),
    onActivity,
  });
  const kickBoth = () => {
    outbox.kick();
    versionOutbox.kick();
  };
  for (const worker of [outbox, versionOutbox]) worker.onSettled(() => versionOutbox.kick());
  outbox.onSettled((dossierId) => {
    // From now on its bytes are the kiosk's own again.
    levels.kick();
    statusWorker?.kick();
    // The city answered after the person had the provisional receipt, and the person is still here.
    const visit = visits.open();
    if (visit?.dossier_id !== dossierId || visit.step !== 'receipt') return;
    if (dossiers.get(dossierId)?.state === 'accepted')
      db.transaction(() => receipts.add(visit.id)).immediate();
    prints.wake();
  });

  const viewDeps = {
    facts: {
      kioskName: site.kiosk.name,
      wardName: site.kiosk.wardName,
      profile: site.profile,
      version: deps.version,
      pixelsPerMillimetre: site.screen.pixelsPerMillimetre,
    },
    idleWarningMs: () => settings().visit.idleWarningMs,
    clock,
    visits,
    pages,
    tickets,
    dossiers,
    prints,
    devices,
    procedures: () => catalogueView(catalogue(), ''),
    idleRemainingMs: idle.remainingMs,
    identityTrouble: identification.trouble,
    chip,
    digitised,
    space,
    late,
  };
  const today = () => vietnamTime(clock.now()).localDay;
  const backUp = async (): Promise<string> => {
    const path = await backUpDatabase(db, files.backups, today(), KEPT_BACKUPS);
    audit.record('database-copied', null);
    return path;
  };
  const token = await openSessionToken(site.runFolder);
  let address = { host: site.listen.host, port: site.listen.port };
  const app = await buildApi({
    hosts: () => [
      `${address.host}:${address.port}`,
      `127.0.0.1:${address.port}`,
      `localhost:${address.port}`,
    ],
    token,
    launchCodes: createLaunchCodes(() => performance.now()),
    uiFolder: deps.uiFolder,
    demoControlUrl: site.profile === 'demo' ? (site.demo?.controlUrl ?? null) : null,
    changes,
    logger,
    kioskView: () => buildKioskView(viewDeps),
    catalogue: (query) => catalogueView(catalogue(), query),
    command: commands.handle,
    pageFile: (pageId, which) => {
      const page = pages.get(pageId);
      if (!page || page.visit_id !== visits.open()?.id) return null;
      return which === 'thumbnail' ? page.thumbnail : (digitised(page)?.imageFile ?? page.thumbnail);
    },
    pageSnippet: async (pageId, field) => {
      const page = pages.get(pageId);
      const result = page && page.visit_id === visits.open()?.id ? digitised(page) : null;
      return result && snippets(result, field);
    },
    chipPhoto: chip.photo,
    printPreview: async (printId) => {
      const row = prints.get(printId);
      if (!row || row.visit_id !== visits.open()?.id) return null;
      const bitmap = await render(JSON.parse(row.slip) as Slip, row.kind, row.copy === 1);
      return bitmapToPng(bitmap, profileFor(row.kind).dpi);
    },
    outbox: () =>
      [...dossiers.outbox(), ...versions.outbox()].map((row) => ({
        ...row,
        problem: row.problem ? problem(row.problem) : null,
      })),
    retryOutbox: () => {
      const due = dossiers.retryNow() + versions.retryNow();
      kickBoth();
      return due;
    },
    camera: () => (identification.isWaiting() ? devices.camera : null),
    onCameraCode: identification.onCode,
    atCity: () => ({ counts: statuses.counts(), dossiers: statuses.list() }),
    setAside: () => [...dossiers.setAside(), ...versions.setAside()],
    exportable: (after) => listExportable(db, after, EXPORT_PORTION),
    outboxAction: createOutboxActions({
      db,
      dossiers,
      versions,
      blobs,
      dataKeys,
      audit,
      kick: kickBoth,
      exportKey: site.city.exportKey,
      logger,
    }),
    reprint: createReprint({
      db,
      site,
      catalogue,
      visits,
      prints,
      hasPrinter: (devices.receiptPrinter ?? devices.ticketPrinter) !== null,
      blobs,
      audit,
      workingFolder: files.working,
    }),
    auditReport: (entry) => ({ ...verifyChain(db, entry), alarms: deps.witness?.alarms() ?? [] }),
    auditAlarms: () => deps.witness?.alarms() ?? [],
    acknowledgeAuditAlarms: () => deps.witness?.acknowledge() ?? 0,
    cityContent: () => deps.cityContent?.report() ?? null,
    backUp,
    onRefused: (code) => audit.record('request-refused', null, { code }),
    addRoutes: officers.addRoutes,
  });

  /** What has outlived its time: drafts, half-wiped visits, dossiers that the city has long had. */
  async function sweep(): Promise<void> {
    await ending.sweep();
    prints.forgetPassed();
    await retention.sweep();
    await officers.sweep();
    space.level();
    if (existsSync(join(files.backups, `kiosk-${today()}.sqlite`))) return;
    // A disk without room for a copy must not keep the kiosk from working.
    await backUp().catch((error: unknown) => logger.warn({ err: error }, 'the database was not copied'));
  }

  async function resume(): Promise<number> {
    await adoptPlainFiles(deps.storage, files);
    // Plain containers that a crash has left in memory.
    for (const name of ['sealing', 'reprint'])
      await rm(join(files.working, name), { recursive: true, force: true, maxRetries: 3 });
    await sweep();
    const visit = visits.open();
    if (!visit) return 0;
    const untouched = clock.now().getTime() - visit.active_at;
    // A clock that was set back gives a negative age: the visit is as fresh as can be.
    if (untouched > settings().visit.idleTimeoutMs && visit.step !== 'submit') {
      db.transaction(() => ending.end(visit, 'timed-out')).immediate()();
      return 0;
    }
    // What was read lay in memory: a power cut has taken it.
    if (pages.ofVisit(visit.id).some((page) => page.result && !existsSync(page.result)))
      pages.unread(visit.id);
    for (const page of pages.ofVisit(visit.id))
      if (page.state === 'waiting' || page.state === 'reading') digitising.enqueue(page);
    await scanning.recover(visit.id);
    if (visit.step === 'submit') submission.run(visit.id);
    idle.arm();
    audit.record('visit-resumed', visit.id, { step: visit.step });
    return 1;
  }

  let sweeper: NodeJS.Timeout | undefined;
  let stopAsking = () => {};
  let stopReader = () => {};
  return {
    app,
    start: async () => {
      const resumed = await resume();
      audit.record('service-started', null, { version: deps.version, migrated, resumed });
      devices.start();
      chip.start();
      stopReader = devices.reader?.onCode(identification.onCode) ?? stopReader;
      prints.start();
      outbox.start();
      versionOutbox.start();
      await officers.start();
      levels.start();
      statusWorker?.start();
      sweeper = setInterval(
        () => void sweep().catch((error: unknown) => logger.error({ err: error }, 'the sweep failed')),
        SWEEP_MS,
      );
      stopAsking = deps.cityContent?.askRegularly(deps.random) ?? stopAsking;
      await app.listen({ host: address.host, port: address.port });
      const bound = app.server.address();
      if (bound && typeof bound === 'object') address = { ...address, port: bound.port };
      return `http://${address.host}:${address.port}`;
    },
    stop: async () => {
      clearInterval(sweeper);
      stopAsking();
      stopReader();
      late.stop();
      await chip.stop();
      await app.close();
      await scanning.stop();
      await Promise.all([
        submission.stop(),
        outbox.stop(),
        versionOutbox.stop(),
        levels.stop(),
        statusWorker?.stop(),
        officers.stop(),
        prints.stop(),
        digitising.stop(),
      ]);
      await Promise.all([deps.digitiser.close(), deps.examiner.close()]);
      await devices.stop();
      // Last: what came to an end above may have armed it again.
      idle.disarm();
      try {
        audit.record('service-stopped', null);
      } catch (error) {
        // A full disk must not keep the service from ending.
        logger.warn({ err: error }, 'the end of the service could not be audited');
      }
      // An open visit goes on with what lies in memory. Of one that has just ended, the wiping may still be under way.
      if (!visits.open())
        await rm(files.working, { recursive: true, force: true, maxRetries: 5 }).catch((error: unknown) =>
          logger.warn({ err: error }, 'the working folder was not removed'),
        );
      db.close();
    },
  };
}

function catalogueView(catalogue: Catalogue, query: string): CatalogueView {
  return {
    validFrom: catalogue.validFrom,
    fields: catalogue.fields.map(({ code, name }) => ({ code, name })),
    procedures: searchCatalogue(catalogue, query).map((procedure) => ({
      code: procedure.code,
      name: procedure.name,
      field: procedure.field,
      fieldName: procedure.fieldName,
      papers: procedure.papers.map(({ code, name, hint, required }) => ({ code, name, hint, required })),
      duration: procedure.duration,
      fee: procedure.fee,
      identityLevel: procedure.identityLevel,
      confirmed: procedure.confirmed,
    })),
  };
}

/** The view is built at every change; a page's result is read from disk only once per revision. */
function createResultCache(): (page: PageRow) => DigitisedPage | null {
  const cache = new Map<string, DigitisedPage>();
  return (page) => {
    if (!page.result) return null;
    const known = cache.get(page.result);
    if (known) return known;
    if (cache.size > 200) cache.clear();
    try {
      const result = JSON.parse(readFileSync(page.result, 'utf8')) as DigitisedPage;
      cache.set(page.result, result);
      return result;
    } catch {
      return null;
    }
  };
}

/** Pictures are decoded one after the other: a screen that asks for thirty at once must not fill the memory. */
function oneAtATime<Args extends unknown[], Answer>(work: (...args: Args) => Promise<Answer>) {
  let last: Promise<unknown> = Promise.resolve();
  return (...args: Args): Promise<Answer> => {
    const next = last.then(() => work(...args));
    last = next.catch(() => undefined);
    return next;
  };
}
