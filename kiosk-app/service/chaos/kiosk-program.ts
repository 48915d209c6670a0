/**
 * What a kiosk does with everything that it acknowledges, without its screen and devices: numbers, pages, dossiers, the
 * outbox, receipts, through the service's own stores. Each acknowledgement is a line on standard output, written when
 * the service would answer the person; whoever runs this kills it, cuts its power, fills its disk, and then compares.
 *
 *     node kiosk-program.ts DATA [--visits N] [--wait] [--city URL --certificate FILE]
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DossierManifest } from '@motcua/contract';
import { silentLogger, systemClock, systemIds } from '@motcua/core';
import { openSeal } from '@motcua/ocr-pipeline/dossier';
import { buildSpecimenDossier } from '@motcua/ocr-pipeline/dossier/specimen';
import { createAuditLog } from '../audit/audit-log.ts';
import { createChanges } from '../changes.ts';
import { createDossierStore } from '../dossiers/dossier-store.ts';
import { keepDossier } from '../dossiers/keep-dossier.ts';
import { createOutboxWorker } from '../outbox/outbox-worker.ts';
import { createUploadClient } from '../outbox/upload-client.ts';
import { createFileLayout } from '../store/file-layout.ts';
import { openStorage } from '../store/open-storage.ts';
import { createTicketStore } from '../tickets/ticket-store.ts';
import { createPageStore } from '../visits/page-store.ts';
import { createVisitStore } from '../visits/visit-store.ts';
import type { Said } from './acknowledgement.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    visits: { type: 'string', default: '1000000' },
    city: { type: 'string' },
    certificate: { type: 'string', default: '' },
    /** Does nothing after its beginning until a line comes in: time to attach a tracer. */
    wait: { type: 'boolean', default: false },
  },
});
const data = positionals[0] ?? '';
/** Synchronous: a line that was written is out, whatever happens next. */
const say = (said: Said) => {
  const at = Number(process.hrtime.bigint() / 1_000n);
  writeSync(1, `${JSON.stringify({ ...said, at })}\n`);
};

const files = createFileLayout(data);
const storage = await openStorage(files, undefined);
const { db, blobs } = storage;
const ids = systemIds(systemClock);
const audit = createAuditLog(db, systemClock);
const visits = createVisitStore(db, systemClock, audit);
const pages = createPageStore(db, systemClock, files);
const tickets = createTicketStore(db, systemClock, audit);
const dossiers = createDossierStore(db, systemClock, audit);
// Kept beside the data: a power cut of the data must not make the city meet a new kiosk.
const seal = values.city
  ? await openSeal({
      folder: join(data, '..', 'seal'),
      clock: systemClock,
      kioskId: 'K-27475-01',
      kioskName: 'Chaos',
    })
  : null;

const outbox = values.city
  ? createOutboxWorker({
      dossiers,
      blobs,
      client: createUploadClient({
        baseUrl: values.city,
        receiptCertificates: () => [readFileSync(values.certificate, 'utf8')],
        chunkBytes: 65_536,
        idleTimeoutMs: 1_500,
      }),
      clock: systemClock,
      changes: createChanges(),
      logger: silentLogger,
      retry: () => ({ firstDelayMs: 50, longestDelayMs: 400 }),
      random: Math.random,
    })
  : null;
outbox?.onSettled((id) => {
  const row = dossiers.get(id);
  if (row?.state === 'accepted') say({ kind: 'receipt', id, code: row.dossier_code ?? '' });
});
outbox?.start();

// The pool has its thread from the first such call on.
if (values.wait) await stat(data);
say({ kind: 'begin' });
if (values.wait) await once(process.stdin, 'data');
// What was open when the process died goes on as a visit that ends, as at the service's start.
const interrupted = visits.open();
if (interrupted) visits.change(interrupted.id, { ended_at: Date.now(), end_reason: 'timed-out' });
for (let count = 0; count < Number(values.visits); count++) await visit();
while (outbox && dossiers.outbox().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
say({ kind: 'end' });
process.exit(0);

async function visit(): Promise<void> {
  const visitId = ids.next();
  const work = files.work(visitId);
  visits.start(visitId, 'vi');
  const ticket = db
    .transaction(() =>
      tickets.issue({ id: ids.next(), visitId, prefix: 'A', field: 'x', procedureCode: '2.000815' }),
    )
    .immediate();
  say({ kind: 'number', id: ticket.id, number: ticket.sequence });

  const pageId = ids.next();
  const page = join(work, `${pageId}.jpg`);
  const picture = randomBytes(30_000);
  await writeFile(page, picture);
  const sealed = await blobs.put(visitId, page);
  db.transaction(() =>
    pages.addPicture(
      pageId,
      [
        {
          id: pageId,
          visitId,
          paperCode: 'original',
          file: page,
          sealed,
          thumbnail: null,
          problem: null,
          sheet: null,
          quality: null,
        },
      ],
      null,
    ),
  ).immediate();
  say({ kind: 'page', id: pageId, sha256: sha256(picture) });

  const dossierId = ids.next();
  dossiers.begin(dossierId, visitId, '2.000815');
  const { file, manifest } = await container(dossierId, work);
  await keepDossier({ blobs, dossiers, file, manifest });
  say({ kind: 'dossier', id: dossierId, sha256: manifest.sha256 });
  outbox?.kick();
  visits.change(visitId, { ended_at: Date.now(), end_reason: 'finished' });
  await rm(work, { recursive: true, force: true });
}

async function container(dossierId: string, work: string) {
  const file = join(work, `${dossierId}.asice`);
  const about = { dossierId, kioskId: 'K-27475-01', procedureCode: '2.000815' };
  if (!seal) {
    const bytes = randomBytes(50_000);
    await writeFile(file, bytes);
    const manifest: DossierManifest = { ...about, size: bytes.length, sha256: sha256(bytes), documents: [] };
    return { file, manifest };
  }
  const folder = join(work, 'dossier');
  await mkdir(folder);
  const built = await buildSpecimenDossier({
    folder,
    dossierId,
    seal,
    clock: systemClock,
    bytesPerPaper: 40_000,
  });
  await rename(built.file, file);
  const documents = built.documents.map(({ name, sha256 }) => ({ name, sha256 }));
  const manifest: DossierManifest = { ...about, size: built.size, sha256: built.sha256, documents };
  if (sha256(await readFile(file)) !== manifest.sha256) throw new Error('the container is not what it says');
  return { file, manifest };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
