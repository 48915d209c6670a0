import { join } from 'node:path';
import type { DossierManifest } from '@motcua/contract';
import { type Clock, err, type Ids, type Logger, ok, type Result, vietnamTime } from '@motcua/core';
import {
  buildDossier,
  DossierDescription,
  documentName,
  type KeyChoice,
  measureFile,
  type Seal,
  type TokenError,
  type TokenKey,
} from '@motcua/ocr-pipeline/dossier';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import type { DataKeys } from '../store/data-keys.ts';
import { isDiskFull } from '../store/faults.ts';
import type { Officer } from './accounts.ts';
import type { CaseFiles } from './case-files.ts';
import type { Case, Cases } from './cases.ts';
import type { PdfSigner, SigningRole } from './pdf-signer.ts';
import type { DecisionOutcome, VersionStore } from './version-store.ts';

export type DeskError =
  | 'dossier-gone'
  | 'dossier-decided'
  | 'dossier-damaged'
  | 'pdf-not-signable'
  | 'seal-failed'
  | 'disk-full';

export type BatchError =
  | TokenError
  | { readonly code: 'officer-desk-busy' | 'certificate-not-valid'; readonly detail: string };

export interface BatchOrder {
  readonly officer: Officer;
  readonly dossierIds: readonly string[];
  readonly role: SigningRole;
  readonly choice: KeyChoice;
  readonly pin: string | null;
}

export interface DossierOutcome {
  readonly dossierId: string;
  /** Null: signed and stored. */
  readonly code: DeskError | TokenError['code'] | null;
}

/** Where officers decide: each decision becomes a new version of its dossier, on its way to the city. */
export interface SigningDesk {
  /**
   * Signs every document of every dossier with one log-in to the token; a dossier is stored as soon as it is signed.
   * An error means that nothing was begun; a token that fails in the middle is told with the dossiers it left.
   */
  sign(order: BatchOrder): Promise<Result<readonly DossierOutcome[], BatchError>>;
  reject(officer: Officer, dossierId: string, reason: string): Promise<DeskError | null>;
}

export function createSigningDesk(deps: {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cases: Cases;
  readonly caseFiles: CaseFiles;
  readonly versions: VersionStore;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly kioskId: string;
  readonly seal: Seal;
  readonly sealer: Sealer;
  readonly openKey: (choice: KeyChoice, pin: string | null) => Promise<Result<TokenKey, TokenError>>;
  readonly signPdf: PdfSigner;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly onDecided: () => void;
}): SigningDesk {
  const { cases, caseFiles, versions } = deps;
  let busy = false;

  /** The unpacked documents of the newest version, after our own verifier has accepted its container. */
  async function openCase(dossierId: string, allowed: (found: Case) => boolean) {
    const found = cases.find(dossierId);
    if (!found) return err('dossier-gone' as const);
    if (!allowed(found)) return err('dossier-decided' as const);
    const unpacked = await caseFiles.open(found.newest).catch((error: unknown) => {
      if (error instanceof SealedFileError) return null;
      throw error;
    });
    const description = DossierDescription.safeParse(unpacked?.metadata);
    if (!unpacked || !description.success) return err('dossier-damaged' as const);
    return ok({ found, folder: unpacked.folder, description: description.data });
  }

  /** Seals the documents as the next version and queues it. */
  async function decide(options: {
    readonly found: Case;
    readonly description: DossierDescription;
    /** Of plain files. */
    readonly folder: string;
    /** In the sequence of the papers. */
    readonly documents: readonly string[];
    readonly outcome: DecisionOutcome;
    readonly officer: Officer;
    readonly reason: string | null;
    /** Of whoever has just signed, PEM. */
    readonly certificate: string | null;
  }): Promise<DeskError | null> {
    const { found, description, officer, outcome, reason, certificate } = options;
    const id = deps.ids.next();
    const documents = options.documents.map((file, index) => ({
      name: documentName(id, index + 1),
      file,
      mediaType: 'application/pdf',
    }));
    const built = await buildDossier({
      documents,
      metadata: {
        ...description,
        dossierId: id,
        papers: description.papers.map((paper, index) => ({ ...paper, document: documents[index]!.name })),
        previousVersion: { dossierId: found.newest.id, sha256: found.newest.sha256 },
        decision: {
          outcome,
          officer: { fullName: officer.fullName, position: officer.position },
          decidedAt: vietnamTime(deps.clock.now()).iso,
          ...(reason !== null && { reason }),
        },
      },
      seal: deps.seal,
      signers: [...found.newest.signers, ...(certificate === null ? [] : [certificate])],
      clock: deps.clock,
      to: join(options.folder, `${id}.asice`),
    });
    if (!built.ok) {
      deps.logger.error({ dossier: found.dossier.id, ...built.error }, 'a version was not sealed');
      return built.error.code === 'dossier-disk-full' ? 'disk-full' : 'seal-failed';
    }
    await deps.sealer.raise(built.value.file, { signal: deps.sealer.budget() });
    const { size, sha256 } = await measureFile(built.value.file);
    const manifest: DossierManifest = {
      dossierId: id,
      kioskId: deps.kioskId,
      procedureCode: description.procedure.code,
      size,
      sha256,
      documents: built.value.documents.map(({ name, sha256 }) => ({ name, sha256 })),
    };
    const added = versions.add({
      id,
      dossierId: found.dossier.id,
      previousId: found.newest.id,
      outcome,
      officerId: officer.id,
      reason,
      certificate,
      file: await deps.blobs.put(id, built.value.file),
      manifest,
    });
    if (!added) {
      deps.dataKeys.destroy(id);
      await deps.blobs.removeOwner(id);
    }
    await caseFiles.close(found.newest.id);
    deps.onDecided();
    return added ? null : 'dossier-decided';
  }

  async function signOne(
    dossierId: string,
    key: TokenKey,
    { officer, role }: BatchOrder,
  ): Promise<DossierOutcome['code']> {
    const opened = await openCase(
      dossierId,
      (found) => found.state === (role === 'officer' ? 'waiting' : 'signed'),
    );
    if (!opened.ok) return opened.error;
    const { found, folder, description } = opened.value;
    const documents: string[] = [];
    for (const { document } of description.papers) {
      const file = join(folder, `${document}.signed`);
      const signed = await deps.signPdf({
        from: join(folder, document),
        to: file,
        key,
        role,
        officer,
        time: deps.clock.now(),
      });
      if (!signed.ok) {
        const { code, detail } = signed.error;
        deps.logger.warn({ dossier: dossierId, code, detail }, 'not signed');
        return code === 'key-failed' ? 'token-failed' : code;
      }
      documents.push(file);
    }
    const outcome = role === 'officer' ? 'signed' : 'certified';
    return decide({
      found,
      folder,
      description,
      documents,
      outcome,
      officer,
      reason: null,
      certificate: key.chain[0].toString(),
    });
  }

  async function signAll(order: BatchOrder, key: TokenKey): Promise<readonly DossierOutcome[]> {
    const outcomes: DossierOutcome[] = [];
    let tokenFault: TokenError['code'] | null = null;
    for (const dossierId of order.dossierIds) {
      // A token that failed once would fail for the others too, and each try may cost a minute.
      const code = tokenFault ?? (await signOne(dossierId, key, order).catch(fullDisk));
      if (code !== null) {
        deps.audit.record('officer-signing-failed', null, {
          officer: order.officer.id,
          dossier: dossierId,
          code,
        });
        if (code.startsWith('token-')) tokenFault = code as TokenError['code'];
      }
      outcomes.push({ dossierId, code });
    }
    return outcomes;
  }

  return {
    sign: async (order) => {
      if (busy) return err({ code: 'officer-desk-busy', detail: 'another order is being signed' });
      busy = true;
      try {
        const key = await deps.openKey(order.choice, order.pin);
        if (!key.ok) {
          deps.audit.record('officer-signing-failed', null, {
            officer: order.officer.id,
            code: key.error.code,
          });
          return key;
        }
        try {
          const [certificate] = key.value.chain;
          const now = deps.clock.now();
          if (certificate.validFromDate > now || certificate.validToDate < now)
            return err({ code: 'certificate-not-valid', detail: 'by its dates' });
          return ok(await signAll(order, key.value));
        } finally {
          await key.value.close();
        }
      } finally {
        busy = false;
      }
    },
    reject: async (officer, dossierId, reason) => {
      const opened = await openCase(dossierId, (found) => found.state === 'waiting');
      if (!opened.ok) return opened.error;
      const { found, folder, description } = opened.value;
      const documents = description.papers.map(({ document }) => join(folder, document));
      return decide({
        found,
        folder,
        description,
        documents,
        outcome: 'rejected',
        officer,
        reason,
        certificate: null,
      }).catch(fullDisk);
    },
  };
}

/** What cannot be written is not decided; everything before it stands. */
function fullDisk(error: unknown): 'disk-full' {
  if (isDiskFull(error)) return 'disk-full';
  throw error;
}
