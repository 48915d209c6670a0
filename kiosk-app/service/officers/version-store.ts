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
  /** withdrawn: refused by the city, and given up by an officer. */
  readonly state: 'sealed' | 'accepted' | 'refused' | 'withdrawn';
  readonly file: string | null;
  readonly sha256: string;
  readonly manifest: string;
  readonly receipt: string | null;
  readonly claims: string | null;
  readonly problem: string | null;
  readonly refusal: string | null;
  readonly accepted_at: number | null;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly upload_problem: string | null;
  readonly upload_url: string | null;
  readonly upload_offset: number | null;
}

/**
 * Versions, and the queue that sends each of them once the city has the version before it. Where the city refused the
 * one before, this one is set aside with it, and goes on with it when an officer sends that one again.
 */
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
  /** What the city refused, or would refuse for the version before it, and nobody has dealt with yet. */
  setAside(): readonly SetAsideVersion[];
  /** Sets aside what follows a refused version, and takes up again what follows one that is sent again. */
  followPrevious(): void;
  /** Queues a refused version again; false when it is not set aside, or the one before it is. */
  requeue(id: string): boolean;
  /** Gives a refused version up: inside the caller's transaction, which destroys its key too. */
  withdraw(id: string): boolean;
}

export interface SetAsideVersion {
  readonly id: string;
  readonly dossier_id: string;
  readonly previous_id: string;
  readonly procedure_code: string;
  readonly sealed_at: number;
  readonly refusal: string | null;
}

export interface WaitingVersion {
  /** Its own, as in the outbox of dossiers. */
  readonly dossier_id: string;
  readonly previous_id: string;
  readonly outcome: DecisionOutcome;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly lease_until: number | null;
  readonly problem: string | null;
  readonly upload_offset: number | null;
}

/** Longer than any back-off or lease: a time beyond it was written before the clock was set back. */
const FAR_AHEAD_MS = 2 * 3_600_000;

/** The version before, which may be the dossier itself, is in one of these states. */
const previousIs = (...states: readonly VersionRow['state'][]) => {
  const list = states.map((state) => `'${state}'`).join(', ');
  return `(
  EXISTS (SELECT 1 FROM dossiers WHERE dossiers.id = previous_id AND dossiers.state IN (${list}))
  OR EXISTS (SELECT 1 FROM dossier_versions AS before
    WHERE before.id = dossier_versions.previous_id AND before.state IN (${list}))
)`;
};

/** Not accepted yet, and the version before it is. */
const SENDABLE = `state = 'sealed' AND ${previousIs('accepted')}`;
/** The city's own code for the same (`commit.ts` of the gateway). */
const PREVIOUS_REFUSED = 'previous-version-refused';

export function createVersionStore(db: Db, clock: Clock, audit: AuditLog): VersionStore {
  const now = () => clock.now().getTime();
  const select = db.prepare<[string], VersionRow>('SELECT * FROM dossier_versions WHERE id = ?');
  const ofDossier = db.prepare<[string], VersionRow>(
    'SELECT * FROM dossier_versions WHERE dossier_id = ? ORDER BY decided_at, id',
  );
  const noteUpload = db.prepare('UPDATE dossier_versions SET upload_url = ?, upload_offset = ? WHERE id = ?');
  const followers = (state: VersionRow['state'], ...ofPrevious: readonly VersionRow['state'][]) =>
    db.prepare<[], { id: string }>(
      `SELECT id FROM dossier_versions WHERE state = '${state}' AND ${previousIs(...ofPrevious)}
       ${state === 'refused' ? `AND refusal = '${PREVIOUS_REFUSED}'` : ''} LIMIT 1000`,
    );
  const leftBehind = followers('sealed', 'refused', 'withdrawn');
  const takenAlong = followers('refused', 'sealed', 'accepted');
  const markRefused = db.prepare(
    `UPDATE dossier_versions SET state = 'refused', problem = ?, refusal = ?, lease_until = NULL WHERE id = ?`,
  );
  const refuse = (id: string, code: string, detail: string) => {
    markRefused.run(code, detail, id);
    audit.record('upload-refused', null, { code: detail });
  };
  const queueAgain = (id: string) => {
    db.prepare(
      `UPDATE dossier_versions SET state = 'sealed', problem = NULL, refusal = NULL, next_attempt_at = ? WHERE id = ?`,
    ).run(now(), id);
    audit.record('dossier-requeued', null, { dossier: id });
  };
  /** Each change can leave or free the next version of the same dossier. */
  const followPrevious = () => {
    for (let rows = leftBehind.all(); rows.length > 0; rows = leftBehind.all())
      for (const { id } of rows) refuse(id, 'city-refused', PREVIOUS_REFUSED);
    for (let rows = takenAlong.all(); rows.length > 0; rows = takenAlong.all())
      for (const { id } of rows) queueAgain(id);
  };
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
          `SELECT id AS dossier_id, previous_id, outcome, attempts, next_attempt_at, lease_until,
             upload_problem AS problem, upload_offset
           FROM dossier_versions WHERE state = 'sealed' ORDER BY id LIMIT 1000`,
        )
        .all(),
    retryNow: () =>
      db.prepare(`UPDATE dossier_versions SET next_attempt_at = ? WHERE state = 'sealed'`).run(now()).changes,

    followPrevious,
    setAside: () =>
      db
        .prepare<[], SetAsideVersion>(
          `SELECT id, dossier_id, previous_id, manifest ->> 'procedureCode' AS procedure_code,
             decided_at AS sealed_at, refusal
           FROM dossier_versions WHERE state = 'refused' ORDER BY id LIMIT 1000`,
        )
        .all(),
    requeue: (id) =>
      inTransaction(() => {
        const found = db
          .prepare(
            `SELECT 1 FROM dossier_versions WHERE id = ? AND state = 'refused' AND file IS NOT NULL
             AND ${previousIs('sealed', 'accepted')}`,
          )
          .get(id);
        if (found) queueAgain(id);
        return found !== undefined;
      }),
    withdraw: (id) => {
      const { changes } = db
        .prepare(
          `UPDATE dossier_versions SET state = 'withdrawn', file = NULL WHERE id = ? AND state = 'refused'`,
        )
        .run(id);
      if (changes > 0) audit.record('dossier-withdrawn', null, { dossier: id });
      return changes > 0;
    },

    claim: (leaseMs) =>
      inTransaction(() => {
        followPrevious();
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
    refused: (id, code, detail) => inTransaction(() => refuse(id, code, detail)),
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
