import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLogger, systemClock, systemIds, writeFileDurable } from '@motcua/core';
import { defaultCatalogueFolder, parseSiteConfig, readSiteFile } from '@motcua/firmware-config';
import { createDigitiser, createExaminer } from '@motcua/ocr-pipeline';
import { openDeviceKey, openSeal } from '@motcua/ocr-pipeline/dossier';
import { signedAuditHead } from './audit/audit-chain.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { createCityWitness } from './audit/city-witness.ts';
import { buildClosedKiosk } from './build-closed-kiosk.ts';
import { buildService } from './build-service.ts';
import { openCityContent } from './city-content/city-content.ts';
import { openDevices } from './devices/open-devices.ts';
import { createPdfSigner } from './officers/pdf-signer.ts';
import { readSeal } from './officers/read-seal.ts';
import { createCertificateRenewal, renewRegularly } from './outbox/certificate-renewal.ts';
import { createStatusClient } from './outbox/status-client.ts';
import { allowedRate } from './outbox/throttle.ts';
import { createUploadClient } from './outbox/upload-client.ts';
import packageJson from './package.json' with { type: 'json' };
import { openAuthorities } from './sealing/authorities.ts';
import { storageProblem } from './store/faults.ts';
import { createFileLayout } from './store/file-layout.ts';
import { openStorage } from './store/open-storage.ts';

const RENEWAL_MS = 6 * 3_600_000;
const LOOK_AGAIN_MS = 15_000;

/** `node main.ts --config site.json [--ui FOLDER]`: runs one kiosk's service until SIGTERM or SIGINT. */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    ui: { type: 'string', default: join(import.meta.dirname, '..', 'ui', 'dist') },
    /** How long a visit waits for the city before it gets a provisional receipt. */
    'city-wait-ms': { type: 'string', default: '10000' },
  },
});
if (!values.config) usedWrongly('usage: main.ts --config site.json [--ui FOLDER]');
const source = readSiteFile(values.config);
if (!source.ok) usedWrongly(source.error.message);
const site = parseSiteConfig(source.value.value, source.value.file);
if (!site.ok) usedWrongly(site.error.message);
const own = site.value;
const logger = createLogger({ level: own.log.level });
mkdirSync(own.runFolder, { recursive: true, mode: 0o750 });
const files = createFileLayout(own.dataFolder, own.runFolder);
// Tesseract, scanimage and the others put pieces of pages into temporary files: in memory too.
process.env['TMPDIR'] = files.scratch;
if (!files.workingInMemory)
  logger.warn({}, 'no memory file system: pages lie readable on the disk while their visit lasts');
const storage = await openStorage(files).catch(stayClosed);
const kioskId = own.kiosk.id;
const renewal =
  own.city.tls &&
  createCertificateRenewal({
    ...own.city,
    configured: own.city.tls,
    folder: join(own.dataFolder, 'city-certificate'),
    kioskId,
    clock: systemClock,
    logger,
  });
const cityCertificates = () => own.city.receiptCertificates.flatMap(readIfThere);
const cityContent =
  own.city.contentMinutes > 0
    ? await openCityContent({
        own,
        source: source.value,
        baseUrl: own.city.baseUrl,
        certificates: cityCertificates,
        folder: join(own.dataFolder, 'city-content'),
        kioskId,
        logger,
        idleTimeoutMs: own.city.idleTimeoutMs,
        audit: createAuditLog(storage.db, systemClock),
        ...(renewal && { tls: renewal.tls }),
      })
    : null;
const settings = cityContent?.site ?? (() => own);
const config = settings();
const opened = openDevices(config, logger);
const kioskName = config.kiosk.name;
const seal = await openSeal({ folder: files.keys, clock: systemClock, kioskId, kioskName });
// The same key: what the kiosk says of itself is signed with what its dossiers are sealed with.
const deviceKey = await openDeviceKey({
  folder: files.keys,
  clock: systemClock,
  id: kioskId,
  name: kioskName,
});
// What the city's operator needs in order to accept this kiosk's dossiers.
await writeFileDurable(join(config.dataFolder, 'kiosk-certificate.pem'), seal.certificatePem, 0o644);
const digitiser = createDigitiser({
  workers: config.ocr.workers,
  timeoutMs: config.ocr.pageTimeoutMs,
  engine: config.ocr.engine,
});
const authorities = openAuthorities(config, systemClock);
const witness = createCityWitness({
  db: storage.db,
  clock: systemClock,
  audit: createAuditLog(storage.db, systemClock),
  logger,
  key: deviceKey,
  kioskId,
});
const service = await buildService({
  site: config,
  version: packageJson.version,
  catalogueFolder: defaultCatalogueFolder(),
  uiFolder: values.ui,
  files,
  storage,
  clock: systemClock,
  ids: systemIds(systemClock),
  random: Math.random,
  logger,
  devices: opened.devices,
  printerProfiles: opened.printerProfiles,
  scanSettingsFor: opened.scanSettingsFor,
  chipWaitMs: opened.chipWaitMs,
  digitiser,
  examiner: createExaminer(),
  seal,
  authorities,
  ...(cityContent && { cityContent }),
  witness,
  uploadClient: createUploadClient({
    baseUrl: config.city.baseUrl,
    receiptCertificates: cityCertificates,
    chunkBytes: config.city.chunkBytes,
    idleTimeoutMs: config.city.idleTimeoutMs,
    tls: renewal?.tls,
    auditHead: () => signedAuditHead(storage.db, deviceKey, kioskId, systemClock),
    onAuditHeads: witness.compare,
    rate: () => allowedRate(settings().city.bandwidth, systemClock),
  }),
  statusClient: createStatusClient({
    baseUrl: config.city.baseUrl,
    idleTimeoutMs: config.city.idleTimeoutMs,
    tls: renewal?.tls,
  }),
  signPdf: createPdfSigner({
    agency: config.kiosk.settlingUnit,
    seal: await readSeal(config.officer),
    authorities,
    monotonicMs: () => performance.now(),
  }),
  cityWaitMs: Number(values['city-wait-ms']),
});

let stopRenewal: (() => void) | undefined;
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    stopRenewal?.();
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  });

const url = await service.start();
await writeFileDurable(join(config.runFolder, 'address'), `${url}\n`, 0o644);
logger.info({ url, version: packageJson.version }, 'the kiosk is ready');
stopRenewal = renewal && renewRegularly(renewal, RENEWAL_MS, logger);
// The first citizen's first page finds the engine loaded.
digitiser.warmUp().catch((error: unknown) => logger.error({ err: error }, 'the digitiser is not ready'));

/**
 * The storage cannot be opened: the kiosk says so, and looks again from time to time. With room or a right disk again
 * the process ends, and whoever supervises it starts the kiosk anew.
 */
async function stayClosed(error: unknown): Promise<never> {
  const problem = storageProblem(error);
  if (!problem) throw error;
  logger.error({ err: error, problem }, 'the storage cannot be opened: the kiosk is closed');
  const closed = await buildClosedKiosk({
    site: own,
    version: packageJson.version,
    uiFolder: String(values.ui),
    clock: systemClock,
    logger,
    problem,
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
  await closed.listen({ host: own.listen.host, port: own.listen.port });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    const opened = await openStorage(files).catch(() => null);
    if (!opened) continue;
    opened.db.close();
    logger.info({}, 'the storage can be opened again: starting anew');
    process.exit(1);
  }
}

function usedWrongly(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/** A missing certificate must not keep the kiosk from working: its dossiers wait in the outbox until it is there. */
function readIfThere(file: string): string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
