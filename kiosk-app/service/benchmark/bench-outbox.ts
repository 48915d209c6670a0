/** `npm run bench:outbox`: how long claiming and listing take while few and while 100,000 dossiers wait. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@motcua/core';
import { createAuditLog } from '../audit/audit-log.ts';
import { createDossierStore } from '../dossiers/dossier-store.ts';
import { openDatabase } from '../store/database.ts';

const ROUNDS = 200;
const folder = await mkdtemp(join(tmpdir(), 'bench-outbox-'));
const clock = manualClock('2026-10-08T02:00:00Z');
const { db } = openDatabase(join(folder, 'kiosk.sqlite'), Buffer.alloc(32, 7));
const dossiers = createDossierStore(db, clock, createAuditLog(db, clock));

/** Milliseconds of CPU per round: other programs on this machine do not count. */
function measure(work: () => void): number {
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ROUNDS;
}

function queueUpTo(total: number): void {
  db.transaction(() => {
    for (let index = dossiers.waiting(); index < total; index++) {
      const id = String(index).padStart(26, '0');
      const manifest = {
        dossierId: id,
        kioskId: 'k',
        procedureCode: 'p',
        size: 900_000,
        sha256: '0'.repeat(64),
        documents: [],
      };
      db.prepare(
        `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at)
         VALUES (?, 1, 1, 'finish', 'vi', 1, 1, 2)`,
      ).run(`visit-${id}`);
      db.prepare(
        `INSERT INTO dossiers (id, visit_id, state, procedure_code, manifest, sealed_at) VALUES (?, ?, 'sealed', 'p', ?, ?)`,
      ).run(id, `visit-${id}`, JSON.stringify(manifest), index);
      // Two thirds sleep until their next try, as during an outage.
      db.prepare('INSERT INTO outbox (dossier_id, next_attempt_at, turn, ready) VALUES (?, ?, ?, ?)').run(
        id,
        clock.now().getTime() + (index % 3) * 60_000,
        index,
        index % 3 === 0 ? 1 : 0,
      );
    }
  })();
}

console.log('| waiting | claim and put off, ms CPU | list, ms CPU | next due, ms CPU |');
for (const total of [100, 1_000, 10_000, 100_000]) {
  queueUpTo(total);
  const claim = measure(() => {
    const { id } = dossiers.claim(600_000) ?? {};
    if (id) dossiers.failed(id, 'city-timeout', clock.now().getTime() + 1);
    clock.advance(2);
  });
  const list = measure(() => dossiers.outbox());
  const next = measure(() => dossiers.nextDue());
  const cells = [claim, list, next].map((value) => value.toFixed(3).padStart(8));
  console.log(`| ${String(total).padStart(7)} | ${cells.join(' | ')} |`);
}
db.close();
await rm(folder, { recursive: true, force: true });
