/** Numbered by position, forward only: an entry that has shipped never changes. Times are epoch milliseconds. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    -- Version at which the step last changed: a command made on an older screen is refused.
    step_version INTEGER NOT NULL,
    step TEXT NOT NULL,
    language TEXT NOT NULL,
    procedure_code TEXT,
    started_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    identity_state TEXT NOT NULL DEFAULT 'waiting',
    card TEXT,
    identity_problem TEXT,
    -- Keyed hash of the person's number: finds a draft again without keeping the number.
    person_key TEXT,
    reopened_pages INTEGER NOT NULL DEFAULT 0,
    scan_paper TEXT,
    scan_replaces TEXT,
    scan_problem TEXT,
    dossier_id TEXT,
    problem TEXT,
    draft_until INTEGER,
    -- 1 once nothing of the person is left in the work folder.
    wiped INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX one_open_visit ON visits ((ended_at IS NULL)) WHERE ended_at IS NULL;

  CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    visit_id TEXT,
    problem TEXT,
    answered_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE ticket_counters (
    prefix TEXT NOT NULL,
    local_day TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (prefix, local_day)
  ) STRICT;
  CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL UNIQUE REFERENCES visits (id),
    prefix TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    local_day TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    people_ahead INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'issued',
    UNIQUE (prefix, local_day, sequence)
  ) STRICT;

  CREATE TABLE print_jobs (
    id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    slip TEXT NOT NULL,
    copy INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX open_print_jobs ON print_jobs (created_at) WHERE state IN ('queued', 'sending', 'held');

  CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    paper_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    file TEXT NOT NULL,
    rotation INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    thumbnail TEXT,
    -- File with the whole DigitisedPage; its summary is read from there.
    result TEXT,
    problem TEXT,
    scanned_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX pages_of_visit ON pages (visit_id, paper_code, position);

  CREATE TABLE dossiers (
    id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL UNIQUE REFERENCES visits (id),
    state TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    file TEXT,
    sha256 TEXT,
    manifest TEXT,
    sealed_at INTEGER,
    dossier_code TEXT,
    receipt TEXT,
    claims TEXT,
    problem TEXT,
    accepted_at INTEGER
  ) STRICT;
  CREATE TABLE outbox (
    dossier_id TEXT PRIMARY KEY REFERENCES dossiers (id),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    lease_until INTEGER,
    problem TEXT
  ) STRICT;
  CREATE INDEX outbox_due ON outbox (next_attempt_at);

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    visit_id TEXT,
    data TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Several papers in one picture are several pages: which part of the file is this one, and how good it is (JSON).
  ALTER TABLE pages ADD COLUMN sheet TEXT;
  ALTER TABLE pages ADD COLUMN quality TEXT;
  -- Picture files that became pages, all of their papers at once: after a crash none is taken in twice, and none that
  -- the person has removed since.
  CREATE TABLE scanned_files (
    id TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visits (id)
  ) STRICT;
  INSERT INTO scanned_files (id, visit_id) SELECT id, visit_id FROM pages;
  `,
  `
  -- How the person is known (qr, chip, chip-proved), and what the chip proved (JSON, nothing of what it says).
  ALTER TABLE visits ADD COLUMN identity_level TEXT;
  ALTER TABLE visits ADD COLUMN chip TEXT;
  UPDATE visits SET identity_level = 'qr' WHERE card IS NOT NULL;
  `,
  `
  -- What lies on the disk is encrypted: the keys of the files, and which encrypted file a page is in ("owner/name").
  -- From here on pages.file, thumbnail and result are names in the visit's folder in memory; dossiers.file is such a
  -- reference. Rows of before hold absolute paths until they have been taken over.
  CREATE TABLE data_keys (
    owner TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
  ) STRICT;
  ALTER TABLE pages ADD COLUMN sealed TEXT;
  `,
  `
  -- Whose turn it is, as a time: when it was queued, later for the large, earlier while a person waits for it. It never
  -- changes with the clock, so that an index answers the question however many wait, and everything's turn comes.
  ALTER TABLE outbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
  -- 1: may be sent now. 0: not before next_attempt_at, which is the end of the lease while it is being sent.
  ALTER TABLE outbox ADD COLUMN ready INTEGER NOT NULL DEFAULT 0;
  UPDATE outbox SET turn = coalesce((SELECT sealed_at FROM dossiers WHERE id = dossier_id), 0),
    lease_until = NULL;
  CREATE INDEX outbox_ready ON outbox (turn) WHERE ready = 1;
  CREATE INDEX outbox_asleep ON outbox (next_attempt_at) WHERE ready = 0;
  CREATE INDEX outbox_turn ON outbox (turn);
  CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL;
  DROP INDEX outbox_due;
  -- What the city objected to in a dossier that is set aside.
  ALTER TABLE dossiers ADD COLUMN refusal TEXT;
  CREATE INDEX dossiers_set_aside ON dossiers (sealed_at) WHERE state = 'refused';
  `,
  `
  -- Each entry of the trail is chained to the one before (audit/audit-chain.ts), those of before from the first on; ids
  -- count anew without a gap. Nothing in it can be changed or deleted.
  CREATE TABLE chained_audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    visit_id TEXT,
    data TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  INSERT INTO chained_audit (id, at, event, visit_id, data, hash)
    SELECT number, at, event, visit_id, data, audit_chain(number, at, event, visit_id, data)
    FROM (SELECT row_number() OVER (ORDER BY id) AS number, at, event, visit_id, data FROM audit) ORDER BY number;
  DROP TABLE audit;
  ALTER TABLE chained_audit RENAME TO audit;
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
  `,
  `
  -- How far the seal of each dossier has come (B-B to B-LTA), why not further, and when the next step is due.
  CREATE TABLE seal_levels (
    dossier_id TEXT PRIMARY KEY REFERENCES dossiers (id),
    level TEXT NOT NULL,
    problem TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER
  ) STRICT;
  CREATE INDEX seal_levels_due ON seal_levels (next_attempt_at);
  `,
  `
  CREATE TABLE officers (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    position TEXT NOT NULL,
    -- Argon2id, PHC string.
    password TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT;
  -- What officers decided: each is a later version of a dossier in a container of its own, with its own place in the
  -- queue for the city. One version follows another only once: two officers cannot both decide.
  CREATE TABLE dossier_versions (
    id TEXT PRIMARY KEY,
    dossier_id TEXT NOT NULL REFERENCES dossiers (id),
    previous_id TEXT NOT NULL UNIQUE,
    outcome TEXT NOT NULL,
    officer_id TEXT NOT NULL REFERENCES officers (id),
    reason TEXT,
    -- Of whoever signed, PEM; none for a rejection.
    certificate TEXT,
    decided_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    file TEXT,
    sha256 TEXT NOT NULL,
    manifest TEXT NOT NULL,
    receipt TEXT,
    claims TEXT,
    problem TEXT,
    accepted_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    lease_until INTEGER,
    upload_problem TEXT
  ) STRICT;
  CREATE INDEX versions_of_dossier ON dossier_versions (dossier_id);
  `,
  `
  -- Where the city keeps what it has of an upload, and how much that was when it last said so: after a restart the kiosk
  -- asks there and sends the rest. Gone with the row when the dossier has left the outbox.
  ALTER TABLE outbox ADD COLUMN upload_url TEXT;
  ALTER TABLE outbox ADD COLUMN upload_offset INTEGER;
  ALTER TABLE dossier_versions ADD COLUMN upload_url TEXT;
  ALTER TABLE dossier_versions ADD COLUMN upload_offset INTEGER;
  -- What the city objected to in a version that is set aside, as in dossiers.
  ALTER TABLE dossier_versions ADD COLUMN refusal TEXT;
  `,
  `
  -- What the city says became of a dossier that it has accepted (a status of the national list, where it is on its way
  -- to the city's own system), since when, and when the city is asked next; null: it is over.
  ALTER TABLE dossiers ADD COLUMN city_status INTEGER;
  ALTER TABLE dossiers ADD COLUMN city_status_since INTEGER;
  ALTER TABLE dossiers ADD COLUMN city_handover TEXT;
  ALTER TABLE dossiers ADD COLUMN next_status_at INTEGER;
  CREATE INDEX dossiers_status_due ON dossiers (next_status_at) WHERE next_status_at IS NOT NULL;
  CREATE INDEX dossiers_at_city ON dossiers (accepted_at) WHERE state = 'accepted';
  UPDATE dossiers SET city_status_since = accepted_at, next_status_at = accepted_at WHERE state = 'accepted';
  `,
  `
  -- Heads of the audit trail that the city has kept and that the trail does not have: the database was put back.
  CREATE TABLE audit_alarms (
    entry INTEGER NOT NULL,
    hash TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    found_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    PRIMARY KEY (entry, hash)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A receipt that is printed for a person who has left: until when it may come out. What it says is forgotten then.
  ALTER TABLE print_jobs ADD COLUMN wanted_until INTEGER;
  `,
];
