import type { DossierManifest, ReceiptClaims, SubmissionView } from '@motcua/contract';
import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BlobRef } from '../store/blobs/blob-store.ts';
import type { Db } from '../store/database.ts';

export interface DossierRow {
  readonly id: string;
  readonly visit_id: string;
  readonly state: 'sealing' | 'sealed' | 'accepted' | 'refused';
  readonly procedure_code: string;
  /** Its encrypted file; null before it is sealed and after it was deleted. */
  readonly file: BlobRef | null;
  readonly sha256: string | null;
  readonly manifest: string | null;
  readonly sealed_at: number | null;
  readonly dossier_code: string | null;
  readonly receipt: string | null;
  readonly claims: string | null;
  readonly problem: string | null;
  readonly accepted_at: number | null;
}

export interface OutboxRow {
  readonly dossier_id: string;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly problem: string | null;
}

export type QueuedDossier = Pick<DossierRow, 'id' | 'file' | 'manifest'>;

/** What the worker that sends needs of a queue: dossiers of visits, and later versions of them. */
export interface OutboxQueue {
  get(id: string): Pick<DossierRow, 'state'> | null;
  /** Leases the next due one, so that no second worker sends it meanwhile. */
  claim(leaseMs: number): QueuedDossier | null;
  nextDue(): number | null;
  failed(id: string, code: string, retryAt: number): void;
  refused(id: string, code: string, detail: string): void;
  accepted(id: string, receipt: string, claims: ReceiptClaims): void;
  attempts(id: string): number;
  releaseLeases(): void;
}

/** Dossiers and the outbox that sends them. A dossier leaves the outbox only by a verified receipt or a final refusal. */
export interface DossierStore extends OutboxQueue {
  get(id: string): DossierRow | null;
  ofVisit(visitId: string): DossierRow | null;
  outbox(): readonly (OutboxRow & Pick<DossierRow, 'procedure_code' | 'sealed_at'>)[];
  begin(id: string, visitId: string, procedureCode: string): void;
  abandon(id: string): void;
  /** Stored and queued in one transaction. */
  seal(id: string, file: BlobRef, manifest: DossierManifest): void;
  /** Makes everything due now (a technician's wish, or the network's return). */
  retryNow(): number;
  submissionState(row: DossierRow): SubmissionView['state'];
  problemOf(row: DossierRow): string | null;
}

/** Longer than any back-off or lease: a time beyond it was written before the clock was set back. */
const FAR_AHEAD_MS = 2 * 3_600_000;

export function createDossierStore(db: Db, clock: Clock, audit: AuditLog): DossierStore {
  const now = () => clock.now().getTime();
  const select = db.prepare<[string], DossierRow>('SELECT * FROM dossiers WHERE id = ?');
  const selectOutbox = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE dossier_id = ?');
  const ofVisit = db.prepare<[string], DossierRow>('SELECT * FROM dossiers WHERE visit_id = ?');
  const visitOf = (id: string) => select.get(id)?.visit_id ?? null;
  const inTransaction = (work: () => void) => db.transaction(work).immediate();

  return {
    get: (id) => select.get(id) ?? null,
    ofVisit: (visitId) => ofVisit.get(visitId) ?? null,
    outbox: () =>
      db
        .prepare<[], OutboxRow & Pick<DossierRow, 'procedure_code' | 'sealed_at'>>(
          `SELECT outbox.*, procedure_code, sealed_at FROM outbox JOIN dossiers ON dossiers.id = dossier_id
           ORDER BY sealed_at LIMIT 1000`,
        )
        .all(),
    begin: (id, visitId, procedureCode) => {
      db.prepare(
        `INSERT INTO dossiers (id, visit_id, state, procedure_code) VALUES (?, ?, 'sealing', ?)`,
      ).run(id, visitId, procedureCode);
    },
    abandon: (id) => {
      db.prepare(`DELETE FROM dossiers WHERE id = ? AND state = 'sealing'`).run(id);
    },
    seal: (id, file, manifest) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE dossiers SET state = 'sealed', file = ?, sha256 = ?, manifest = ?, sealed_at = ? WHERE id = ?`,
        ).run(file, manifest.sha256, JSON.stringify(manifest), now(), id);
        db.prepare('INSERT INTO outbox (dossier_id, next_attempt_at) VALUES (?, ?)').run(id, now());
        audit.record('dossier-sealed', visitOf(id), {
          dossier: id,
          sha256: manifest.sha256,
          documents: manifest.documents.length,
        });
      }),
    claim: (leaseMs) =>
      db
        .transaction(() => {
          const due = db
            .prepare<[{ now: number; farAhead: number }], OutboxRow>(
              `SELECT * FROM outbox
               WHERE (next_attempt_at <= @now OR next_attempt_at > @now + @farAhead)
               AND (lease_until IS NULL OR lease_until <= @now OR lease_until > @now + @farAhead)
               ORDER BY next_attempt_at LIMIT 1`,
            )
            .get({ now: now(), farAhead: FAR_AHEAD_MS });
          if (!due) return null;
          db.prepare('UPDATE outbox SET lease_until = ? WHERE dossier_id = ?').run(
            now() + leaseMs,
            due.dossier_id,
          );
          return select.get(due.dossier_id) ?? null;
        })
        .immediate(),
    nextDue: () =>
      db
        .prepare<[], { at: number | null }>(
          'SELECT min(max(next_attempt_at, coalesce(lease_until, 0))) AS at FROM outbox',
        )
        .get()?.at ?? null,
    failed: (id, code, retryAt) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, lease_until = NULL, problem = ?
           WHERE dossier_id = ?`,
        ).run(retryAt, code, id);
        audit.record('upload-tried', visitOf(id), { code, attempt: selectOutbox.get(id)?.attempts ?? 0 });
      }),
    refused: (id, code, detail) =>
      inTransaction(() => {
        db.prepare(`UPDATE dossiers SET state = 'refused', problem = ? WHERE id = ?`).run(code, id);
        db.prepare('DELETE FROM outbox WHERE dossier_id = ?').run(id);
        audit.record('upload-refused', visitOf(id), { code: detail });
      }),
    accepted: (id, receipt, claims) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE dossiers SET state = 'accepted', receipt = ?, claims = ?, dossier_code = ?, accepted_at = ?, problem = NULL
           WHERE id = ?`,
        ).run(receipt, JSON.stringify(claims), claims.dossierCode, now(), id);
        db.prepare('DELETE FROM outbox WHERE dossier_id = ?').run(id);
        audit.record('upload-accepted', visitOf(id), { code: claims.dossierCode });
      }),
    retryNow: () => db.prepare('UPDATE outbox SET next_attempt_at = ?').run(now()).changes,
    attempts: (id) => selectOutbox.get(id)?.attempts ?? 0,
    releaseLeases: () => {
      db.prepare('UPDATE outbox SET lease_until = NULL').run();
    },
    submissionState: (row) => {
      if (row.state !== 'sealed') return row.state;
      const queued = selectOutbox.get(row.id);
      if (queued?.problem) return 'deferred';
      return queued?.lease_until ? 'uploading' : 'sealed';
    },
    problemOf: (row) => row.problem ?? selectOutbox.get(row.id)?.problem ?? null,
  };
}
