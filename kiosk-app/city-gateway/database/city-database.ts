import type { Logger } from '@motcua/core';
import { type AuditHeads, createAuditHeads } from './audit-heads.ts';
import { createDossierStore, type DossierStore } from './dossier-store.ts';
import { createHandoverQueue, type HandoverQueue } from './handover-queue.ts';
import { createKioskKeys, type KioskKeys } from './kiosk-keys.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import { createPostgresLocks } from './postgres-locks.ts';
import type { Connection } from './tables.ts';
import { createLocalLocks, type UploadLocks } from './upload-locks.ts';
import { createUploadParts, type UploadParts } from './upload-parts.ts';

/** Everything that the gateway knows. What a call has resolved is durable. */
export interface CityDatabase {
  readonly dossiers: DossierStore;
  readonly parts: UploadParts;
  readonly kioskKeys: KioskKeys;
  readonly handovers: HandoverQueue;
  readonly auditHeads: AuditHeads;
  readonly locks: UploadLocks;
  close(): Promise<void>;
}

/**
 * `sqlite:` in the data folder (one process), or `postgres://…` (any number of them).
 *
 * Throws when it cannot be opened, is of a newer program, or does not keep what it acknowledges.
 */
export async function openCityDatabase(options: {
  readonly url: string;
  readonly dataFolder: string;
  readonly logger: Logger;
}): Promise<CityDatabase> {
  const { url, logger } = options;
  if (url === 'sqlite:') {
    const connection = openSqlite(options.dataFolder);
    return assemble(connection, createLocalLocks(), connection.close);
  }
  const connection = await openPostgres({ url, logger });
  const locks = createPostgresLocks({ url, logger });
  return assemble(connection, locks, async () => {
    await locks.close();
    await connection.close();
  });
}

function assemble(connection: Connection, locks: UploadLocks, close: () => Promise<void>): CityDatabase {
  return {
    dossiers: createDossierStore(connection),
    parts: createUploadParts(connection),
    kioskKeys: createKioskKeys(connection),
    handovers: createHandoverQueue(connection),
    auditHeads: createAuditHeads(connection),
    locks,
    close,
  };
}
