import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@motcua/core';
import { openDeviceKey, signAuditHead, verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, migrate, openDatabase } from '../store/database.ts';
import { signedAuditHead, verifyChain } from './audit-chain.ts';
import { createAuditLog } from './audit-log.ts';

const clock = manualClock('2026-10-08T02:00:00Z');
let folder: string;
let db: Db;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  ({ db } = openDatabase(join(folder, 'db'), Buffer.alloc(32, 7)));
  const log = createAuditLog(db, clock);
  for (let count = 0; count < 5; count++) log.record('visit-started', `v${count}`, { count });
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

/** As somebody does who owns the database file and key. */
const forge = (sql: string) => {
  db.exec('DROP TRIGGER IF EXISTS audit_is_not_changed; DROP TRIGGER IF EXISTS audit_is_not_deleted');
  db.exec(sql);
};

describe('the audit trail', () => {
  it('is whole, and lets nothing be changed or deleted', () => {
    expect(verifyChain(db)).toMatchObject({ entries: 5, brokenAt: null });
    expect(() => db.exec(`UPDATE audit SET event = 'x' WHERE id = 2`)).toThrow('append-only');
    expect(() => db.exec('DELETE FROM audit WHERE id = 2')).toThrow('append-only');
  });

  it.each([
    [`UPDATE audit SET data = '{"count":9}' WHERE id = 3`, 3],
    ['UPDATE audit SET at = at + 1 WHERE id = 2', 2],
    ['UPDATE audit SET visit_id = NULL WHERE id = 4', 4],
    ['DELETE FROM audit WHERE id = 2', 3],
    [`INSERT INTO audit VALUES (6, 1, 'visit-ended', NULL, '{}', zeroblob(32))`, 6],
  ])('shows where it was forged: %s', (sql, brokenAt) => {
    forge(sql);
    expect(verifyChain(db).brokenAt).toBe(brokenAt);
  });

  it('that was cut at its end is whole in itself, but not beside the head that was signed before', async () => {
    const key = await openDeviceKey({ folder, clock, id: 'k', name: 'Kiosk' });
    const token = signedAuditHead(db, key, 'k', clock)!;
    const head = verifyAuditHead(token, key.certificatePem);
    expect(verifyChain(db, head?.id).asked).toBe(head?.hash);
    forge('DELETE FROM audit WHERE id > 3');
    expect(verifyChain(db, head?.id)).toMatchObject({ brokenAt: null, asked: null });
    // And a head of another key, or changed, is none.
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(verifyAuditHead(signAuditHead(head!, stranger), key.certificatePem)).toBeNull();
    for (const bad of ['', 'a.b', `x${token}`, token.slice(0, -4), 'x'.repeat(9_999)])
      expect(verifyAuditHead(bad, key.certificatePem)).toBeNull();
  });

  it('of a kiosk that did not chain its entries is chained from its first one', () => {
    const old = new Database(join(folder, 'old'));
    migrate(old, 3);
    for (const id of [1, 2, 7])
      old.exec(
        `INSERT INTO audit (id, at, event, visit_id, data) VALUES (${id}, ${id}, 'visit-started', 'v', '{}')`,
      );
    migrate(old);
    expect(verifyChain(old)).toMatchObject({ entries: 3, brokenAt: null });
    createAuditLog(old, clock).record('visit-ended', 'v');
    expect(verifyChain(old)).toMatchObject({ entries: 4, brokenAt: null });
    old.close();
  });
});
