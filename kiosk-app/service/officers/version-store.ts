import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { OutboxQueue } from '../dossiers/dossier-store.ts';
import type { Db } from '../store/database.ts';

/** `signed`: by the officer in person; `certified`: by the agency on top of it. */
export type DecisionOutcome = 'signed' | 'certified' | 'rejected';

/** A later version of a dossier: what an officer decided, sealed anew by the kiosk, on its way to the city. */
export interface VersionRow {
  /** Id of this version's own container. */
  readonly id: string;
  /** The dossier of the visit. */
  readonly dossier_id: string;
  /** The version before: the dossier itself, or another version of it. */
  readonly previous_id: string;
  readonly outcome: DecisionOutcome;
  readonly officer_id: string;
  readonly reason: string | null;
  /** Of whoever signed, PEM; null for a rejection. */
  readonly certificate: string | null;
  readonly decided_at: number;
  readonly state: 'sealed' | 'accepted' | 'refused';
  readonly file: string | null;
  readonly sha256: string;
  readonly manifest: string;
  readonly receipt: string | null;
  readonly claims: string | null;
  readonly problem: string | null;
  readonly accepted_at: number | null;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly upload_problem: string | null;
  readonly upload_url: string | null;
  readonly upload_offset: number | null;
}

/** Versions, and the queue that sends each of them once the city has the version before it. */
export interface VersionStore extends OutboxQueue {
  get(id: string): VersionRow | null;
  /** From the first to the newest. */
  ofDossier(dossierId: string): readonly VersionRow[];
  /** Stored and queued in one transaction. False when another officer was faster. */
  add(version: {
    readonly id: string;
    readonly dossierId: string;
    readonly previousId: string;
    readonly outcome: DecisionOutcome;
    readonly officerId: string;
    readonly reason: string | null;
    readonly certificate: string | null;
    readonly file: string;
    readonly manifest: DossierManifest;
  }): boolean;
  /** What waits for the city, as the outbox of dossiers tells it. */
  outbox(): readonly WaitingVersion[];
  /** Makes everything due now. */
  retryNow(): number;
}

export interface WaitingVersion {
  readonly dossier_id: string;
  readonly outcome: DecisionOutcome;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly problem: string | null;
}

/** Longer than any back-off or lease: a time beyond it was written before the clock was set back. */
const FAR_AHEAD_MS = 2 * 3_600_000;

/** Not accepted yet, and the version before it is. */
const SENDABLE = `state = 'sealed' AND (
  EXISTS (SELECT 1 FROM dossiers WHERE dossiers.id = previous_id AND dossiers.state = 'accepted')
  OR EXISTS (SELECT 1 FROM dossier_versions AS before WHERE before.id = dossier_versions.previous_id AND before.state = 'accepted')
)`;

export function createVersionStore(db: Db, clock: Clock, audit: AuditLog): VersionStore {
  const now = () => clock.now().getTime();
  const select = db.prepare<[string], VersionRow>('SELECT * FROM dossier_versions WHERE id = ?');
  const ofDossier = db.prepare<[string], VersionRow>(
    'SELECT * FROM dossier_versions WHERE dossier_id = ? ORDER BY decided_at, id',
  );
  const noteUpload = db.prepare('UPDATE dossier_versions SET upload_url = ?, upload_offset = ? WHERE id = ?');
  const inTransaction = <T>(work: () => T): T => db.transaction(work).immediate();

  return {
    get: (id) => select.get(id) ?? null,
    ofDossier: (dossierId) => ofDossier.all(dossierId),
    add: ({ id, dossierId, previousId, outcome, officerId, reason, certificate, file, manifest }) =>
      inTransaction(() => {
        const added = db
          .prepare(
            `INSERT INTO dossier_versions (id, dossier_id, previous_id, outcome, officer_id, reason, certificate, decided_at,
               state, file, sha256, manifest, next_attempt_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'sealed', ?, ?, ?, ?) ON CONFLICT (previous_id) DO NOTHING`,
          )
          .run(
            ...[id, dossierId, previousId, outcome, officerId, reason, certificate, now()],
            ...[file, manifest.sha256, JSON.stringify(manifest), now()],
          );
        if (added.changes === 0) return false;
        const event = outcome === 'rejected' ? 'officer-rejected' : 'officer-signed';
        audit.record(event, null, { officer: officerId, dossier: dossierId, version: id, outcome });
        return true;
      }),
    outbox: () =>
      db
        .prepare<[], WaitingVersion>(
          `SELECT id AS dossier_id, outcome, attempts, next_attempt_at, lease_until, upload_problem AS problem
           FROM dossier_versions WHERE state = 'sealed' ORDER BY id LIMIT 1000`,
        )
        .all(),
    retryNow: () =>
      db.prepare(`UPDATE dossier_versions SET next_attempt_at = ? WHERE state = 'sealed'`).run(now()).changes,

    claim: (leaseMs) =>
      inTransaction(() => {
        const due = db
          .prepare<[{ now: number; farAhead: number }], VersionRow>(
            `SELECT * FROM dossier_versions WHERE ${SENDABLE}
             AND (next_attempt_at <= @now OR next_attempt_at > @now + @farAhead)
             AND (lease_until IS NULL OR lease_until <= @now OR lease_until > @now + @farAhead)
             ORDER BY next_attempt_at, id LIMIT 1`,
          )
          .get({ now: now(), farAhead: FAR_AHEAD_MS });
        if (!due) return null;
        db.prepare('UPDATE dossier_versions SET lease_until = ? WHERE id = ?').run(now() + leaseMs, due.id);
        return due;
      }),
    nextDue: () =>
      db
        .prepare<[], { at: number | null }>(
          `SELECT min(max(next_attempt_at, coalesce(lease_until, 0))) AS at FROM dossier_versions WHERE ${SENDABLE}`,
        )
        .get()?.at ?? null,
    noteUpload: (id, position) => void noteUpload.run(position?.url ?? null, position?.offset ?? null, id),
    failed: (id, code, retryAt) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE dossier_versions SET attempts = attempts + 1, next_attempt_at = ?, lease_until = NULL,
             upload_problem = ? WHERE id = ?`,
        ).run(retryAt, code, id);
        audit.record('upload-tried', null, { code, attempt: select.get(id)?.attempts ?? 0 });
      }),
    refused: (id, code, detail) =>
      inTransaction(() => {
        db.prepare(`UPDATE dossier_versions SET state = 'refused', problem = ? WHERE id = ?`).run(code, id);
        audit.record('upload-refused', null, { code: detail });
      }),
    accepted: (id: string, receipt: string, claims: ReceiptClaims) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE dossier_versions SET state = 'accepted', receipt = ?, claims = ?, accepted_at = ?, problem = NULL
           WHERE id = ?`,
        ).run(receipt, JSON.stringify(claims), now(), id);
        audit.record('upload-accepted', null, { code: claims.dossierCode });
      }),
    attempts: (id) => select.get(id)?.attempts ?? 0,
    releaseLeases: () => {
      db.prepare('UPDATE dossier_versions SET lease_until = NULL').run();
    },
  };
}
