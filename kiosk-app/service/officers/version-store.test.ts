import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceiptClaims } from '@motcua/contract';
import { manualClock, silentLogger } from '@motcua/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import { createDossierStore, type DossierStore } from '../dossiers/dossier-store.ts';
import { createOutboxActions, listExportable } from '../outbox/outbox-actions.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { createVersionStore, type VersionStore } from './version-store.ts';

const [DOSSIER, SIGNED, CERTIFIED] = ['1', '2', '3'].map((last) => last.padStart(26, '0')) as [
  string,
  string,
  string,
];
const claims = { dossierCode: 'H29.15-261008-0001' } as ReceiptClaims;
const clock = manualClock('2026-10-08T02:00:00Z');
let folder: string;
let db: Db;
let dossiers: DossierStore;
let versions: VersionStore;
let destroyed: string[];
let act: ReturnType<typeof createOutboxActions>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'versions-'));
  ({ db } = openDatabase(join(folder, 'kiosk.sqlite'), Buffer.alloc(32, 7)));
  const audit = createAuditLog(db, clock);
  dossiers = createDossierStore(db, clock, audit);
  versions = createVersionStore(db, clock, audit);
  destroyed = [];
  act = createOutboxActions({
    db,
    dossiers,
    versions,
    blobs: { removeOwner: async () => undefined } as never,
    dataKeys: { destroy: (id: string) => destroyed.push(id) } as never,
    audit,
    kick: () => undefined,
    exportKey: undefined,
    logger: silentLogger,
  });
  db.exec(`
    INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at)
      VALUES ('v', 1, 1, 'submit', 'vi', 1, 1, 2);
    INSERT INTO officers (id, login, full_name, position, password, created_at) VALUES ('o', 'o', 'O', 'O', 'x', 1);
  `);
  dossiers.begin(DOSSIER, 'v', '2.000815');
  dossiers.seal(DOSSIER, `${DOSSIER}/x`, manifestOf(DOSSIER));
  decide(SIGNED, DOSSIER);
  decide(CERTIFIED, SIGNED);
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true });
});

function manifestOf(dossierId: string) {
  const about = { kioskId: 'K-1', procedureCode: '2.000815', size: 9, sha256: 'a'.repeat(64) };
  return { dossierId, ...about, documents: [] };
}
function decide(id: string, previousId: string): void {
  const officer = { officerId: 'o', reason: null, certificate: null, outcome: 'signed' } as const;
  const file = { file: `${id}/x`, manifest: manifestOf(id) };
  expect(versions.add({ id, dossierId: DOSSIER, previousId, ...officer, ...file })).toBe(true);
}
const refuseDossier = () => dossiers.refused(DOSSIER, 'city-refused', 'document-changed');
const reasons = () => {
  versions.followPrevious();
  return versions.setAside().map(({ id, refusal }) => [id, refusal]);
};

it('versions wait for the one before them, and go one after the other', () => {
  expect(versions.claim(1_000)).toBeNull();
  dossiers.accepted(DOSSIER, 'r', claims);
  expect(versions.claim(1_000)?.id).toBe(SIGNED);
  expect(versions.claim(1_000)).toBeNull();
  versions.accepted(SIGNED, 'r', claims);
  expect(versions.claim(1_000)?.id).toBe(CERTIFIED);
});

it('what follows a refused dossier is set aside with the reason, and waits no longer', () => {
  refuseDossier();
  expect(versions.claim(1_000)).toBeNull();
  expect(versions.outbox()).toEqual([]);
  expect(reasons()).toEqual([
    [SIGNED, 'previous-version-refused'],
    [CERTIFIED, 'previous-version-refused'],
  ]);
  expect(versions.setAside()[0]).toMatchObject({ previous_id: DOSSIER, procedure_code: '2.000815' });
  expect(act(SIGNED, 'resend'), 'alone, before the one that it follows').toBeNull();
});

it('it goes on with that dossier when an officer sends it again', () => {
  refuseDossier();
  versions.claim(1_000);
  expect(act(DOSSIER, 'resend')).toEqual({ queued: DOSSIER });
  dossiers.accepted(DOSSIER, 'r', claims);
  expect(versions.claim(1_000)?.id).toBe(SIGNED);
  expect(versions.outbox().map((row) => row.dossier_id)).toEqual([SIGNED, CERTIFIED]);
  expect(reasons()).toEqual([]);
});

it('a version that the city itself refused takes only what follows it along, and can be sent again', () => {
  dossiers.accepted(DOSSIER, 'r', claims);
  versions.claim(1_000);
  versions.refused(SIGNED, 'city-refused', 'signature-broken');
  expect(reasons()).toEqual([
    [SIGNED, 'signature-broken'],
    [CERTIFIED, 'previous-version-refused'],
  ]);
  expect(act(SIGNED, 'resend')).toEqual({ queued: SIGNED });
  expect(versions.claim(1_000)?.id).toBe(SIGNED);
  expect(reasons()).toEqual([]);
});

it('with a dossier that is given up go its versions, and their keys', () => {
  refuseDossier();
  expect(act(DOSSIER, 'withdraw')).toEqual({ withdrawn: DOSSIER });
  expect(destroyed).toEqual([DOSSIER, SIGNED, CERTIFIED]);
  expect(versions.get(SIGNED)).toMatchObject({ state: 'withdrawn', file: null });
  expect([...reasons(), ...dossiers.setAside()]).toEqual([]);
  expect(act(SIGNED, 'withdraw')).toBeNull();
});

it('what can leave on a stick is listed in portions, dossiers and versions, each after the one that it follows', () => {
  const all = (after = ''): readonly string[] => {
    const portion = listExportable(db, after, 2);
    return portion.length === 0 ? [] : [...portion, ...all(portion.at(-1))];
  };
  expect(listExportable(db, '', 2)).toEqual([DOSSIER, SIGNED]);
  expect(all()).toEqual([DOSSIER, SIGNED, CERTIFIED]);
  dossiers.accepted(DOSSIER, 'r', claims);
  versions.refused(SIGNED, 'city-refused', 'signature-broken');
  expect(all()).toEqual([SIGNED, CERTIFIED]);
});

it('a version can be given up alone; what waits cannot', () => {
  expect(act(SIGNED, 'withdraw')).toBeNull();
  dossiers.accepted(DOSSIER, 'r', claims);
  versions.refused(SIGNED, 'city-refused', 'signature-broken');
  expect(act(SIGNED, 'withdraw')).toEqual({ withdrawn: SIGNED });
  expect(destroyed).toEqual([SIGNED]);
  expect(reasons()).toEqual([[CERTIFIED, 'previous-version-refused']]);
});
