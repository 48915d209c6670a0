import {
  DossierManifest,
  nextStatusQuestion,
  type ReceiptClaims,
  type SubmissionView,
} from '@motcua/contract';
import type { Clock } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { UploadPosition } from '../outbox/upload-client.ts';
import type { BlobRef } from '../store/blobs/blob-store.ts';
import type { Db } from '../store/database.ts';

export interface DossierRow {
  readonly id: string;
  readonly visit_id: string;
  /** withdrawn: refused by the city, and given up by an officer. */
  readonly state: 'sealing' | 'sealed' | 'accepted' | 'refused' | 'withdrawn';
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
  readonly refusal: string | null;
  readonly accepted_at: number | null;
}

export interface OutboxRow {
  readonly dossier_id: string;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly problem: string | null;
  readonly upload_url: string | null;
  readonly upload_offset: number | null;
}

export interface QueuedDossier extends Pick<DossierRow, 'id' | 'file' | 'manifest'> {
  /** Where its upload stood when it was last acknowledged; both null before it was announced. */
  readonly upload_url: string | null;
  readonly upload_offset: number | null;
}

/** What the worker that sends needs of a queue: dossiers of visits, and later versions of them. */
export interface OutboxQueue {
  get(id: string): Pick<DossierRow, 'state'> | null;
  /** Leases the next due one, so that no second worker sends it meanwhile. */
  claim(leaseMs: number): QueuedDossier | null;
  nextDue(): number | null;
  /** Keeps where its upload stands; null forgets it. */
  noteUpload(id: string, position: UploadPosition | null): void;
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
  /** The first thousand, in the order of their turns. */
  outbox(): readonly (OutboxRow & Pick<DossierRow, 'procedure_code' | 'sealed_at'>)[];
  waiting(): number;
  /** What the city refused and nobody has dealt with yet. */
  setAside(): readonly Pick<DossierRow, 'id' | 'procedure_code' | 'sealed_at' | 'refusal'>[];
  begin(id: string, visitId: string, procedureCode: string): void;
  abandon(id: string): void;
  /** Stored and queued in one transaction. */
  seal(id: string, file: BlobRef, manifest: DossierManifest): void;
  /** Makes everything due now (a technician's wish, or the network's return). */
  retryNow(): number;
  /** Queues a refused dossier again, after its reason was removed at the city; false when it is not set aside. */
  requeue(id: string): boolean;
  /** Gives a refused dossier up: inside the caller's transaction, which destroys its key too. */
  withdraw(id: string): boolean;
  submissionState(row: DossierRow): SubmissionView['state'];
  problemOf(row: DossierRow): string | null;
}

/** Longer than any back-off or lease: a time beyond it was written before the clock was set back. */
const FAR_AHEAD_MS = 2 * 3_600_000;

const PERSON_WAITS_MS = 86_400_000;
/** A minute later for each megabyte, an hour at most: the small go first, and no large one waits for ever. */
function turnOf(manifest: DossierManifest, queuedAt: number): number {
  return queuedAt + Math.min(3_600_000, Math.round((manifest.size / 1_048_576) * 60_000));
}

export function createDossierStore(db: Db, clock: Clock, audit: AuditLog): DossierStore {
  const now = () => clock.now().getTime();
  const select = db.prepare<[string], DossierRow>('SELECT * FROM dossiers WHERE id = ?');
  const selectOutbox = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE dossier_id = ?');
  const ofVisit = db.prepare<[string], DossierRow>('SELECT * FROM dossiers WHERE visit_id = ?');
  const countWaiting = db.prepare('SELECT count(*) FROM outbox').pluck();
  const insertQueued = db.prepare(
    'INSERT INTO outbox (dossier_id, next_attempt_at, turn, ready) VALUES (?, ?, ?, 1)',
  );
  // In portions: after a long outage a hundred thousand may fall due in the same moment.
  const wakeWhere = (when: string) =>
    db.prepare<{ now: number; farAhead: number }>(
      `UPDATE outbox SET ready = 1, lease_until = NULL WHERE dossier_id IN (
         SELECT dossier_id FROM outbox WHERE ready = 0 AND ${when} LIMIT 500)`,
    );
  // Two, because SQLite would read the whole index for an OR.
  const wakeDue = wakeWhere('next_attempt_at <= @now');
  const wakeMisdated = wakeWhere('next_attempt_at > @now + @farAhead');
  const selectReady = db.prepare<[], OutboxRow>('SELECT * FROM outbox WHERE ready = 1 ORDER BY turn LIMIT 1');
  const selectNext = db
    .prepare<[], number | null>('SELECT min(next_attempt_at) FROM outbox WHERE ready = 0')
    .pluck();
  const lease = db.prepare(
    'UPDATE outbox SET ready = 0, lease_until = ?, next_attempt_at = ? WHERE dossier_id = ?',
  );
  const putOff = db.prepare(
    `UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, lease_until = NULL, ready = 0, problem = ?,
       turn = ? WHERE dossier_id = ?`,
  );
  const noteUpload = db.prepare('UPDATE outbox SET upload_url = ?, upload_offset = ? WHERE dossier_id = ?');
  const visitOf = (id: string) => select.get(id)?.visit_id ?? null;
  const inTransaction = (work: () => void) => db.transaction(work).immediate();

  return {
    get: (id) => select.get(id) ?? null,
    ofVisit: (visitId) => ofVisit.get(visitId) ?? null,
    outbox: () =>
      db
        .prepare<[], OutboxRow & Pick<DossierRow, 'procedure_code' | 'sealed_at'>>(
          `SELECT outbox.*, procedure_code, sealed_at FROM outbox JOIN dossiers ON dossiers.id = dossier_id
           ORDER BY turn LIMIT 1000`,
        )
        .all(),
    waiting: () => Number(countWaiting.get()),
    setAside: () =>
      db
        .prepare<[], Pick<DossierRow, 'id' | 'procedure_code' | 'sealed_at' | 'refusal'>>(
          `SELECT id, procedure_code, sealed_at, refusal FROM dossiers WHERE state = 'refused'
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
        // The person stands before the kiosk and waits for the city's receipt.
        insertQueued.run(id, now(), turnOf(manifest, now()) - PERSON_WAITS_MS);
        audit.record('dossier-sealed', visitOf(id), {
          dossier: id,
          sha256: manifest.sha256,
          documents: manifest.documents.length,
        });
      }),
    claim: (leaseMs) =>
      db
        .transaction(() => {
          const time = { now: now(), farAhead: FAR_AHEAD_MS };
          wakeDue.run(time);
          wakeMisdated.run(time);
          const due = selectReady.get();
          if (!due) return null;
          lease.run(time.now + leaseMs, time.now + leaseMs, due.dossier_id);
          const row = select.get(due.dossier_id);
          const { upload_url, upload_offset } = due;
          return row ? { ...row, upload_url, upload_offset } : null;
        })
        .immediate(),
    nextDue: () => (selectReady.get() ? now() : (selectNext.get() ?? null)),
    noteUpload: (id, position) => void noteUpload.run(position?.url ?? null, position?.offset ?? null, id),
    failed: (id, code, retryAt) =>
      inTransaction(() => {
        const manifest = select.get(id)?.manifest;
        const sealedAt = select.get(id)?.sealed_at ?? now();
        // Its person has been told to come back: from now on its turn comes with everybody's.
        const turn = manifest ? turnOf(DossierManifest.parse(JSON.parse(manifest)), sealedAt) : sealedAt;
        putOff.run(retryAt, code, turn, id);
        audit.record('upload-tried', visitOf(id), { code, attempt: selectOutbox.get(id)?.attempts ?? 0 });
      }),
    refused: (id, code, detail) =>
      inTransaction(() => {
        db.prepare(`UPDATE dossiers SET state = 'refused', problem = ?, refusal = ? WHERE id = ?`).run(
          code,
          detail,
          id,
        );
        db.prepare('DELETE FROM outbox WHERE dossier_id = ?').run(id);
        audit.record('upload-refused', visitOf(id), { code: detail });
      }),
    accepted: (id, receipt, claims) =>
      inTransaction(() => {
        db.prepare(
          `UPDATE dossiers SET state = 'accepted', receipt = @receipt, claims = @claims, dossier_code = @code,
             accepted_at = @now, city_status_since = @now, next_status_at = @next, problem = NULL
           WHERE id = @id`,
        ).run({
          id,
          receipt,
          claims: JSON.stringify(claims),
          code: claims.dossierCode,
          now: now(),
          next: nextStatusQuestion({ status: null, since: now(), now: now(), random: () => 0.5 }),
        });
        db.prepare('DELETE FROM outbox WHERE dossier_id = ?').run(id);
        audit.record('upload-accepted', visitOf(id), { code: claims.dossierCode });
      }),
    retryNow: () => db.prepare('UPDATE outbox SET ready = 1 WHERE lease_until IS NULL').run().changes,
    requeue: (id) =>
      db
        .transaction(() => {
          const row = select.get(id);
          if (row?.state !== 'refused' || !row.file) return false;
          db.prepare(`UPDATE dossiers SET state = 'sealed', problem = NULL, refusal = NULL WHERE id = ?`).run(
            id,
          );
          insertQueued.run(id, now(), row.sealed_at ?? now());
          audit.record('dossier-requeued', row.visit_id, { dossier: id });
          return true;
        })
        .immediate(),
    withdraw: (id) => {
      const row = select.get(id);
      if (row?.state !== 'refused') return false;
      db.prepare(`UPDATE dossiers SET state = 'withdrawn', file = NULL WHERE id = ?`).run(id);
      audit.record('dossier-withdrawn', row.visit_id, { dossier: id });
      return true;
    },
    attempts: (id) => selectOutbox.get(id)?.attempts ?? 0,
    releaseLeases: () => {
      db.prepare('UPDATE outbox SET lease_until = NULL, ready = 1 WHERE lease_until IS NOT NULL').run();
    },
    submissionState: (row) => {
      if (row.state !== 'sealed') return row.state === 'withdrawn' ? 'refused' : row.state;
      const queued = selectOutbox.get(row.id);
      if (queued?.problem) return 'deferred';
      return queued?.lease_until ? 'uploading' : 'sealed';
    },
    problemOf: (row) => row.problem ?? selectOutbox.get(row.id)?.problem ?? null,
  };
}
