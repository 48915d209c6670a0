import { join } from 'node:path';
import type { DossierManifest } from '@motcua/contract';
import type { Clock, Logger } from '@motcua/core';
import type { CitizenCard } from '@motcua/device-drivers';
import { type Catalogue, findProcedure, type SiteConfig } from '@motcua/firmware-config';
import { composePdf, type DigitisationFacts, type DigitisedPage } from '@motcua/ocr-pipeline';
import { buildDossier, documentName, measureFile, type Seal } from '@motcua/ocr-pipeline/dossier';
import type { Changes } from '../changes.ts';
import type { OutboxWorker } from '../outbox/outbox-worker.ts';
import type { LevelWorker } from '../sealing/level-worker.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import type { Db } from '../store/database.ts';
import { storageProblem } from '../store/faults.ts';
import type { FileLayout } from '../store/file-layout.ts';
import { type TicketStore, ticketNumber } from '../tickets/ticket-store.ts';
import { type Digitising, loadDigitisedPage } from '../visits/digitising.ts';
import type { LateWrites } from '../visits/late-writes.ts';
import type { PageRow, PageStore } from '../visits/page-store.ts';
import type { VisitRow, VisitStore } from '../visits/visit-store.ts';
import { dossierMetadata } from './dossier-metadata.ts';
import type { DossierStore } from './dossier-store.ts';
import { keepDossier } from './keep-dossier.ts';
import type { Receipts } from './receipts.ts';

/**
 * From the confirmed review to the receipt: waits for the pages, makes the PDFs, seals the dossier, queues it, gives
 * the city a moment to answer, prints. Every stage can be begun again after a crash.
 */
export interface Submission {
  run(visitId: string): void;
  stop(): Promise<void>;
}

export function createSubmission(deps: {
  readonly db: Db;
  readonly site: SiteConfig;
  readonly clock: Clock;
  readonly visits: VisitStore;
  readonly pages: PageStore;
  readonly dossiers: DossierStore;
  readonly digitising: Digitising;
  readonly files: FileLayout;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly seal: Seal;
  readonly sealer: Sealer;
  readonly levels: LevelWorker;
  readonly outbox: OutboxWorker;
  readonly receipts: Receipts;
  readonly tickets: TicketStore;
  readonly catalogue: () => Catalogue;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly cityWaitMs: number;
  readonly late: LateWrites;
  readonly onActivity: () => void;
}): Submission {
  const { db, visits, pages, dossiers } = deps;
  const running = new Set<Promise<void>>();
  let stopped = false;

  /** Back to the review: nothing was acknowledged as submitted, so nothing is lost. */
  const giveBack = (visit: VisitRow, code: string) => {
    db.transaction(() => {
      if (visit.dossier_id) {
        dossiers.abandon(visit.dossier_id);
        deps.dataKeys.destroy(visit.dossier_id);
      }
      visits.change(visit.id, { step: 'review', dossier_id: null, problem: code });
    }).immediate();
    deps.changes.bump();
  };

  async function sealDossier(visit: VisitRow, dossierId: string): Promise<string | null> {
    const rows = pages.ofVisit(visit.id);
    if (rows.length === 0 || rows.some((page) => page.state !== 'ready' || !page.result))
      return 'pages-failed';
    const procedure = findProcedure(deps.catalogue(), visit.procedure_code ?? '');
    const papers = await papersInOrder(rows, procedure?.papers.map((paper) => paper.code) ?? []);
    const work = deps.files.work(visit.id);
    const now = deps.clock.now();
    const documents: { name: string; file: string; mediaType: string }[] = [];
    for (const [index, paper] of papers.entries()) {
      const name = documentName(dossierId, index + 1);
      const paperKind = paper.pages[0]?.kind.name.vi;
      const digitisation: DigitisationFacts = {
        digitisedAt: new Date(Math.max(...paper.rows.map((row) => row.scanned_at))),
        ...(visit.procedure_code && { procedureCode: visit.procedure_code }),
        ...(paperKind && { paperKind }),
        dossierId,
        kioskId: deps.site.kiosk.id,
      };
      const pdf = await composePdf(
        paper.pages,
        {
          title: paperKind ?? name,
          language: 'vi-VN',
          createdAt: now,
          producer: 'Một Cửa Kiosk',
          digitisation,
        },
        join(work, name),
      );
      if (!pdf.ok) return pdf.error.code === 'pdf-disk-full' ? 'disk-full' : 'seal-failed';
      documents.push({ name, file: pdf.value.file, mediaType: 'application/pdf' });
    }
    const budget = deps.sealer.budget();
    const papersSealed = await deps.sealer.sealPapers(
      documents.map((one) => one.file),
      budget,
    );
    if (!papersSealed.ok) {
      deps.logger.error({ visit: visit.id, code: papersSealed.error.code }, 'a paper could not be sealed');
      return papersSealed.error.code === 'pdf-not-written' ? 'disk-full' : 'seal-failed';
    }
    const ticket = deps.tickets.ofVisit(visit.id);
    const card = JSON.parse(visit.card ?? 'null') as CitizenCard;
    const built = await buildDossier({
      documents,
      metadata: dossierMetadata({
        site: deps.site,
        catalogue: deps.catalogue(),
        visit,
        dossierId,
        ticketNumber: ticket ? ticketNumber(ticket) : null,
        card,
        papers,
        documents,
        now,
      }),
      seal: deps.seal,
      clock: deps.clock,
      to: join(work, `${dossierId}.asice`),
    });
    if (!built.ok) return built.error.code === 'dossier-disk-full' ? 'disk-full' : 'seal-failed';
    const { file, documents: hashed } = built.value;
    // What is not reached in this short time is reached later; the visit does not wait for it.
    const reached = await deps.sealer.raise(file, { signal: budget });
    const { size, sha256 } = await measureFile(file);
    const manifest: DossierManifest = {
      dossierId,
      kioskId: deps.site.kiosk.id,
      procedureCode: visit.procedure_code ?? '',
      size,
      sha256,
      documents: hashed.map(({ name, sha256 }) => ({ name, sha256 })),
    };
    await keepDossier({ blobs: deps.blobs, dossiers, file, manifest });
    deps.levels.record(dossierId, reached);
    return null;
  }

  /** Leaves the dossier sealed and queued, or gives the visit back to its review. */
  async function seal(visit: VisitRow, dossierId: string): Promise<void> {
    if (dossiers.get(dossierId)?.state !== 'sealing') return;
    await deps.digitising.settled(visit.id);
    if (stopped) return;
    const failure = await sealDossier(visit, dossierId).catch((error: unknown) => {
      deps.logger.error({ err: error, visit: visit.id }, 'sealing failed');
      return storageProblem(error) ?? 'seal-failed';
    });
    if (failure) {
      deps.logger.error({ visit: visit.id, code: failure }, 'a dossier could not be sealed');
      giveBack(visit, failure);
      await deps.blobs.removeOwner(dossierId);
    }
    deps.changes.bump();
  }

  async function submit(visitId: string): Promise<void> {
    const visit = visits.get(visitId);
    if (!visit?.dossier_id || visit.step !== 'submit') return;
    const dossierId = visit.dossier_id;
    await deps.late.write(visitId, () => seal(visit, dossierId));
    if (stopped || visits.get(visitId)?.step !== 'submit') return;
    deps.outbox.kick();
    await deps.outbox.firstOutcome(dossierId, deps.cityWaitMs);
    if (stopped) return;
    const stored = await deps.late.write(visitId, () =>
      db
        .transaction(() => {
          if (visits.open()?.id !== visitId) return;
          deps.receipts.add(visitId);
          visits.change(visitId, { step: 'receipt' });
        })
        .immediate(),
    );
    if (!stored) return;
    deps.receipts.print();
    deps.onActivity();
    deps.changes.bump();
  }

  const run = (visitId: string) => {
    const done = submit(visitId)
      .catch((error: unknown) => deps.logger.error({ err: error, visit: visitId }, 'the submission failed'))
      .finally(() => running.delete(done));
    running.add(done);
  };

  return {
    run,
    stop: async () => {
      stopped = true;
      await Promise.allSettled(running);
    },
  };
}

export interface DossierPaper {
  readonly code: string;
  readonly rows: readonly PageRow[];
  readonly pages: readonly DigitisedPage[];
}

/** In the order of the procedure's checklist; a paper that the catalogue of today no longer names comes last. */
async function papersInOrder(
  rows: readonly PageRow[],
  checklist: readonly string[],
): Promise<DossierPaper[]> {
  const papers: DossierPaper[] = [];
  for (const code of new Set([...checklist, ...rows.map((row) => row.paper_code)])) {
    const own = rows.filter((row) => row.paper_code === code);
    if (own.length === 0) continue;
    const pages = await Promise.all(own.map((row) => loadDigitisedPage(row.result as string)));
    papers.push({ code, rows: own, pages });
  }
  return papers;
}
