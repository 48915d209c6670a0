import type { Generated, Kysely, Selectable } from 'kysely';

/** The gateway's tables, the same on SQLite and PostgreSQL: times in milliseconds since 1970, JSON as text. */
export interface Tables {
  dossiers: DossiersTable;
  code_counters: { unit: string; day: string; last: number };
  upload_parts: UploadPartsTable;
  kiosk_keys: KioskKeysTable;
  handovers: HandoversTable;
  audit_heads: AuditHeadsTable;
}

interface DossiersTable {
  id: string;
  /** JSON of the manifest as it was announced. */
  manifest: string;
  kiosk_id: string;
  announced_at: number;
  damaged_uploads: Generated<number>;
  /** Code of the final refusal. */
  refusal: string | null;
  code: string | null;
  /** Of the code: 1 as it was handed in, one more for each decision or supplement. */
  version: Generated<number>;
  /** Id of the version before; null: the first. */
  previous: string | null;
  /** JSON of what the receipt says: fixed before it is signed, so that a repeated commit states the same. */
  claims: string | null;
  receipt: string | null;
  bytes_removed_at: number | null;
}
export type DossierRow = Readonly<Selectable<DossiersTable>>;

/** One chunk of a dossier in the object store. */
interface UploadPartsTable {
  dossier_id: string;
  start: number;
  length: number;
  object_key: string;
}
export type UploadPart = Readonly<Selectable<UploadPartsTable>>;

interface KioskKeysTable {
  kiosk_id: string;
  /** SHA-256 of the public key, hexadecimal. */
  key_hash: string;
  /** `next`: issued by a renewal and not seen yet. `superseded`: its successor has been seen. */
  state: 'current' | 'next' | 'superseded';
  since: number;
  /** PEM, when this city issued it. */
  certificate: string | null;
}
export type KioskKey = Readonly<Selectable<KioskKeysTable>>;

/** The outbox towards the city's own system. */
interface HandoversTable {
  dossier_id: string;
  attempts: Generated<number>;
  next_attempt_at: number;
  leased_until: Generated<number>;
  state: Generated<'waiting' | 'done' | 'refused'>;
  /** Code of the last failure, or of the refusal. */
  problem: string | null;
  /** Status of the dossier in the city's system, 1 to 10 of the national list. */
  status: number | null;
  /** Since when it is that, as far as was seen; and when it is asked for next. */
  status_since: number | null;
  next_status_at: number | null;
}
export type Handover = Readonly<Selectable<HandoversTable>>;

interface AuditHeadsTable {
  kiosk_id: string;
  /** Number of the trail's entry, and its hash. */
  entry: number;
  hash: string;
  /** As the kiosk signed it. */
  token: string;
  received_at: number;
  /** By the kiosk's clock; null: it came before this was kept. */
  signed_at: number | null;
  /** Why it does not follow from those before; null: it does. */
  alarm: 'lower' | 'contradicts' | null;
}
export type AuditHeadRow = Readonly<Selectable<AuditHeadsTable>>;

export type Dialect = 'sqlite' | 'postgres';

export interface Connection {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
}
