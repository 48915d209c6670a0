import { join } from 'node:path';
import type { OfficerSessionView } from '@motcua/contract';
import type { Clock, Ids, Logger } from '@motcua/core';
import { listTokens, openTokenKey, type Seal, type TokenModule } from '@motcua/ocr-pipeline/dossier';
import type { FastifyInstance } from 'fastify';
import type { AuditLog } from '../audit/audit-log.ts';
import { createRetention } from '../dossiers/retention.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import type { Db } from '../store/database.ts';
import { addAccountRoutes } from './account-routes.ts';
import { createOfficerAccounts } from './accounts.ts';
import { createCaseFiles } from './case-files.ts';
import { createCases } from './cases.ts';
import { addOfficerRoutes } from './officer-routes.ts';
import { createOfficerSessions } from './officer-sessions.ts';
import type { PdfSigner } from './pdf-signer.ts';
import { createSigningDesk } from './signing-desk.ts';
import type { VersionStore } from './version-store.ts';

/** Everything of the officer's page: log-in, dossiers to decide, signing with a token, and what goes on to the city. */
export interface Officers {
  addRoutes(app: FastifyInstance): void;
  start(): Promise<void>;
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

const CASE_SWEEP_MS = 60_000;

export function createOfficers(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly versions: VersionStore;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  /** Where plain files may lie: in memory. */
  readonly workingFolder: string;
  readonly retentionDays: () => number;
  readonly kioskId: string;
  readonly seal: Seal;
  readonly sealer: Sealer;
  readonly tokens: TokenModule | null;
  readonly signPdf: PdfSigner;
  readonly about: Pick<OfficerSessionView, 'kioskName' | 'wardName'>;
  readonly onDecided: () => void;
}): Officers {
  const { db, clock, ids, audit, logger, versions, tokens } = deps;
  const monotonicMs = () => performance.now();
  const accounts = createOfficerAccounts({ db, clock, ids });
  const sessions = createOfficerSessions(monotonicMs);
  const caseFiles = createCaseFiles({
    folder: join(deps.workingFolder, 'officers'),
    blobs: deps.blobs,
    trust: deps.seal.certificatePem,
    now: clock.now,
    monotonicMs,
  });
  const cases = createCases({ db, versions, accounts, caseFiles });
  const desk = createSigningDesk({
    ...deps,
    cases,
    caseFiles,
    openKey: async (choice, pin) =>
      tokens
        ? openTokenKey(tokens, choice, pin)
        : { ok: false, error: { code: 'token-module-missing', detail: 'none is configured' } },
  });
  const { blobs, dataKeys } = deps;
  const retention = createRetention({
    ...{ db, clock, audit, blobs, dataKeys },
    days: deps.retentionDays,
    table: 'dossier_versions',
  });
  let timer: NodeJS.Timeout | undefined;

  /** What a stop between the bytes of a version and its row has left: nobody will ever ask for it. */
  async function removeUnfinished(): Promise<void> {
    const owners = db
      .prepare<[], string>(
        `SELECT owner FROM data_keys WHERE owner NOT IN
           (SELECT id FROM visits UNION SELECT id FROM dossiers UNION SELECT id FROM dossier_versions)`,
      )
      .pluck()
      .all();
    for (const owner of owners) {
      dataKeys.destroy(owner);
      await blobs.removeOwner(owner);
    }
  }

  return {
    addRoutes: (app) => {
      addAccountRoutes(app, { accounts, sessions, audit });
      addOfficerRoutes(app, {
        accounts,
        sessions,
        cases,
        caseFiles,
        desk,
        listTokens: tokens && (() => listTokens(tokens)),
        audit,
        now: clock.now,
        about: deps.about,
      });
    },
    start: async () => {
      await caseFiles.clear();
      await removeUnfinished();
      timer = setInterval(() => {
        if (!sessions.anybody()) cases.forget();
        caseFiles.sweep().catch((error: unknown) => {
          logger.error({ err: error }, 'unpacked documents could not be deleted; they are tried again');
        });
      }, CASE_SWEEP_MS);
    },
    sweep: async () => {
      await retention.sweep();
    },
    stop: async () => {
      clearInterval(timer);
      await caseFiles.clear();
    },
  };
}
