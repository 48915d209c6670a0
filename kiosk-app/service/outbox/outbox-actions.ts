import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DossierManifest } from '@motcua/contract';
import type { Logger } from '@motcua/core';
import type { OutboxAction } from '../api/routes.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { DossierStore } from '../dossiers/dossier-store.ts';
import type { VersionStore } from '../officers/version-store.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { DataKeys } from '../store/data-keys.ts';
import type { Db } from '../store/database.ts';
import { sealEnvelope } from './export-envelope.ts';

/** What an officer can do with one dossier or version of the outbox; null when it is not in a state for that. */
export function createOutboxActions(deps: {
  readonly db: Db;
  readonly dossiers: DossierStore;
  readonly versions: VersionStore;
  readonly blobs: BlobStore;
  readonly dataKeys: DataKeys;
  readonly audit: AuditLog;
  readonly kick: () => void;
  /** The city's key is configured, never given by who asks: else the token of the screen would open dossiers. */
  readonly exportKey: string | undefined;
  readonly logger: Logger;
}): (id: string, action: OutboxAction) => unknown {
  const { db, dossiers, versions, dataKeys } = deps;

  function withdraw(id: string): object | null {
    const withdrawn = db
      .transaction(() => {
        // With a dossier goes what was decided on it: those versions hold the same papers.
        const dossier = dossiers.withdraw(id);
        if (dossier) versions.followPrevious();
        const of = dossier ? versions.ofDossier(id).map((version) => version.id) : [id];
        const all = [...(dossier ? [id] : []), ...of.filter(versions.withdraw)];
        for (const one of all) dataKeys.destroy(one);
        return all;
      })
      .immediate();
    if (withdrawn.length === 0) return null;
    // Unreadable by now; what cannot be deleted is swept later.
    for (const one of withdrawn)
      deps.blobs
        .removeOwner(one)
        .catch((error: unknown) => deps.logger.warn({ err: error }, 'a file stays until the sweep'));
    return { withdrawn: id };
  }

  function envelope(id: string): object | null {
    const row = dossiers.get(id) ?? versions.get(id);
    const dataKey = dataKeys.get(id);
    if (!deps.exportKey || !row?.file || !dataKey || !row.manifest) return null;
    if (row.state !== 'sealed' && row.state !== 'refused') return null;
    const manifest = DossierManifest.parse(JSON.parse(row.manifest));
    const cityKey = createPublicKey(readFileSync(deps.exportKey));
    const sealed = sealEnvelope({ manifest, blob: row.file.split('/')[1] ?? '', dataKey }, cityKey);
    deps.audit.record('dossier-exported', 'visit_id' in row ? row.visit_id : null, { dossier: id });
    return sealed;
  }

  return (id, action) => {
    switch (action) {
      case 'resend': {
        if (!dossiers.requeue(id) && !versions.requeue(id)) return null;
        deps.kick();
        return { queued: id };
      }
      case 'withdraw':
        return withdraw(id);
      case 'envelope':
        return envelope(id);
    }
  };
}

/**
 * Ids of what the city does not have yet and whose bytes are here, dossiers and versions, in the order of their making:
 * the first `most` after the id `after`.
 */
export function listExportable(db: Db, after: string, most: number): readonly string[] {
  const of = (table: string) =>
    `SELECT id FROM ${table} WHERE state IN ('sealed', 'refused') AND file IS NOT NULL AND id > @after`;
  return db
    .prepare<{ after: string; most: number }, string>(
      `${of('dossiers')} UNION ALL ${of('dossier_versions')} ORDER BY id LIMIT @most`,
    )
    .pluck()
    .all({ after, most });
}
