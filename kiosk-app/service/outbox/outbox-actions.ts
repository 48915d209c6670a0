import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DossierManifest } from '@motcua/contract';
import type { Logger } from '@motcua/core';
import type { OutboxAction } from '../api/routes.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { DossierStore } from '../dossiers/dossier-store.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import type { Db } from '../store/database.ts';
import { sealEnvelope } from './export-envelope.ts';
import type { OutboxWorker } from './outbox-worker.ts';

/** What an officer can do with one dossier of the outbox; null when it is not in a state for that. */
export function createOutboxActions(deps: {
  readonly db: Db;
  readonly dossiers: DossierStore;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly audit: AuditLog;
  readonly outbox: OutboxWorker;
  /** The city's key is configured, never given by who asks: else the token of the screen would open dossiers. */
  readonly exportKey: string | undefined;
  readonly logger: Logger;
}): (id: string, action: OutboxAction) => unknown {
  const { db, dossiers, dataKeys } = deps;

  function withdraw(id: string): object | null {
    const done = db
      .transaction(() => {
        if (!dossiers.withdraw(id)) return false;
        dataKeys.destroy(id);
        return true;
      })
      .immediate();
    if (!done) return null;
    // Unreadable by now; what cannot be deleted is swept later.
    deps.blobs
      .removeOwner(id)
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'a file stays until the sweep'));
    return { withdrawn: id };
  }

  function envelope(id: string): object | null {
    const row = dossiers.get(id);
    const dataKey = dataKeys.get(id);
    if (!deps.exportKey || !row?.file || !dataKey || !row.manifest) return null;
    if (row.state !== 'sealed' && row.state !== 'refused') return null;
    const manifest = DossierManifest.parse(JSON.parse(row.manifest));
    const cityKey = createPublicKey(readFileSync(deps.exportKey));
    const sealed = sealEnvelope({ manifest, blob: row.file.split('/')[1] ?? '', dataKey }, cityKey);
    deps.audit.record('dossier-exported', row.visit_id, { dossier: id });
    return sealed;
  }

  return (id, action) => {
    switch (action) {
      case 'resend': {
        if (!dossiers.requeue(id)) return null;
        deps.outbox.kick();
        return { queued: id };
      }
      case 'withdraw':
        return withdraw(id);
      case 'envelope':
        return envelope(id);
    }
  };
}
