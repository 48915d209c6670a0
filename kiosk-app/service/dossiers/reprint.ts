import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, type IdentityLevel, ok, type Result, ulidPattern } from '@motcua/core';
import { type Catalogue, findProcedure, type SiteConfig } from '@motcua/firmware-config';
import { type DossierMetadata, readDossierMetadata } from '@motcua/ocr-pipeline/dossier';
import type { AuditLog } from '../audit/audit-log.ts';
import type { PrintJournal, PrintKind } from '../devices/print-journal.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import type { Db } from '../store/database.ts';
import type { VisitStore } from '../visits/visit-store.ts';
import type { DossierRow } from './dossier-store.ts';
import { type ReceiptFacts, slipOfReceipt } from './receipts.ts';

export type ReprintError = {
  readonly code:
    | 'printer-offline'
    /** No submitted dossier has this number, code or id. */
    | 'receipt-unknown'
    /** Its person stands before the kiosk: the screen prints it. */
    | 'receipt-visit-open'
    /** The dossier is not here any more, or cannot be read. */
    | 'receipt-dossier-gone';
};

export interface Reprinted {
  readonly dossierId: string;
  readonly dossierCode: string | null;
  readonly ticketNumber: string;
  /** Of the order number, `YYYY-MM-DD`: numbers begin anew each day. */
  readonly day: string;
  readonly kind: Exclude<PrintKind, 'ticket'>;
}

/** How long a receipt that was asked for waits for paper; then what it says is forgotten again. */
const WAITS_MS = 15 * 60_000;

/**
 * Prints the receipt of a visit that is over, for a person who left before the printer had paper. What it says comes
 * out of the dossier itself, since the visit was wiped: it can be printed as long as the dossier is here.
 */
export function createReprint(deps: {
  readonly db: Db;
  readonly site: SiteConfig;
  readonly catalogue: () => Catalogue;
  readonly visits: VisitStore;
  readonly prints: PrintJournal;
  readonly hasPrinter: boolean;
  readonly blobs: Pick<BlobStore, 'restore'>;
  readonly audit: AuditLog;
  /** Of plain files. */
  readonly workingFolder: string;
}): (which: string) => Promise<Result<Reprinted, ReprintError>> {
  const { db } = deps;
  const folder = join(deps.workingFolder, 'reprint');
  const find = (where: string) =>
    db.prepare<string[], DossierRow & { readonly number: string | null; readonly local_day: string | null }>(
      `SELECT dossiers.*, tickets.prefix || printf('%03d', tickets.sequence) AS number, tickets.local_day
       FROM dossiers LEFT JOIN tickets ON tickets.visit_id = dossiers.visit_id
       WHERE dossiers.sealed_at IS NOT NULL AND ${where} ORDER BY dossiers.sealed_at DESC LIMIT 1`,
    );
  const byId = find('dossiers.id = ?');
  const byCode = find('dossier_code = ?');
  const byNumber = find('tickets.prefix = ? AND tickets.sequence = CAST(? AS INTEGER)');

  /** The newest, where an order number was given on several days. */
  const row = (which: string) => {
    if (ulidPattern.test(which)) return byId.get(which);
    const [, prefix, sequence] = /^([A-Z]{1,3})(\d{1,6})$/.exec(which) ?? [];
    return prefix && sequence ? byNumber.get(prefix, sequence) : byCode.get(which);
  };

  async function readMetadata({ id, file }: DossierRow): Promise<DossierMetadata | null> {
    if (!file) return null;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const plain = join(folder, `${id}.asice`);
    try {
      await deps.blobs.restore(file, plain);
      return await readDossierMetadata(plain);
    } catch (error) {
      if (!(error instanceof SealedFileError)) throw error;
      return null;
    } finally {
      await rm(plain, { force: true });
    }
  }

  return async (which) => {
    if (!deps.hasPrinter) return err({ code: 'printer-offline' });
    const found = row(which.trim().toUpperCase());
    if (!found) return err({ code: 'receipt-unknown' });
    if (deps.visits.open()?.id === found.visit_id) return err({ code: 'receipt-visit-open' });
    const metadata = await readMetadata(found);
    const facts = metadata && factsOf(metadata, deps.catalogue());
    if (!facts) return err({ code: 'receipt-dossier-gone' });
    const { kind, slip } = slipOfReceipt(found, facts, deps.site);
    db.transaction(() => {
      deps.prints.addAfterVisit(found.visit_id, kind, slip, WAITS_MS);
      deps.audit.record('receipt-reprinted', found.visit_id, { dossier: found.id, kind });
    }).immediate();
    deps.prints.wake();
    const { id: dossierId, dossier_code: dossierCode, number, local_day: day } = found;
    return ok({ dossierId, dossierCode, ticketNumber: number ?? '', day: day ?? '', kind });
  };
}

function factsOf(metadata: DossierMetadata, catalogue: Catalogue): ReceiptFacts | null {
  const person = metadata.parties.find((party) => party.role === 'submitter') ?? metadata.parties[0];
  if (!person) return null;
  return {
    language: metadata.language,
    ownerName: person.fullName,
    personNumber: person.personNumber,
    identityLevel: levels[person.identifiedBy],
    content: metadata.procedure.name,
    statutoryTime: findProcedure(catalogue, metadata.procedure.code)?.duration.vi ?? '',
    papers: metadata.papers.map((paper) => ({ name: paper.name, pages: paper.pages.length })),
    ticketNumber: metadata.provenance.ticketNumber ?? '',
  };
}

const levels = {
  typed: 'typed',
  officer: 'typed',
  'citizen-card-qr': 'qr',
  'citizen-card-chip': 'chip',
  'citizen-card-chip-proved': 'chip-proved',
} as const satisfies Record<DossierMetadata['parties'][number]['identifiedBy'], IdentityLevel>;
