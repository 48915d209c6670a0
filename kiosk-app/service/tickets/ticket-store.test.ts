import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@motcua/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { createTicketStore, type TicketStore, ticketNumber } from './ticket-store.ts';

const clock = manualClock('2026-10-08T02:00:00Z');
let folder: string;
let db: Db;
let tickets: TicketStore;
let visits = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickets-'));
  ({ db } = openDatabase(join(folder, 'kiosk.sqlite'), Buffer.alloc(32, 7)));
  tickets = createTicketStore(db, clock, createAuditLog(db, clock));
  clock.set('2026-10-08T02:00:00Z');
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

function endedVisit(): string {
  const id = `visit-${++visits}`;
  db.prepare(
    `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at) VALUES (?, 1, 1, 'number', 'vi', 1, 1, 2)`,
  ).run(id);
  return id;
}

function take(prefix = 'A', visitId = endedVisit()) {
  const ticket = {
    id: `ticket-of-${visitId}`,
    visitId,
    prefix,
    field: 'certification',
    procedureCode: '2.000815',
  };
  return db.transaction(() => tickets.issue(ticket)).immediate();
}

describe('order numbers', () => {
  it('count from 001 in each field of service', () => {
    expect([take('A'), take('A'), take('B'), take('A')].map(ticketNumber)).toEqual([
      'A001',
      'A002',
      'B001',
      'A003',
    ]);
  });

  it('begin again at midnight of the centre, not of UTC', () => {
    clock.set('2026-10-08T16:59:59.999Z');
    expect(ticketNumber(take())).toBe('A001');
    clock.set('2026-10-08T17:00:00Z');
    expect([take(), take()].map((ticket) => [ticketNumber(ticket), ticket.local_day])).toEqual([
      ['A001', '2026-10-09'],
      ['A002', '2026-10-09'],
    ]);
    clock.set('2026-10-09T00:00:01Z');
    expect(ticketNumber(take())).toBe('A003');
  });

  it('go on where they were when the clock is set back a day', () => {
    take();
    clock.set('2026-10-09T02:00:00Z');
    take();
    clock.set('2026-10-08T03:00:00Z');
    expect(ticketNumber(take())).toBe('A002');
  });

  it('have no gap where a transaction was rolled back', () => {
    take();
    const broken = db.transaction(() => {
      tickets.issue({ id: 'x', visitId: endedVisit(), prefix: 'A', field: 'f', procedureCode: 'p' });
      throw new Error('power cut');
    });
    expect(() => broken.immediate()).toThrow('power cut');
    expect(ticketNumber(take())).toBe('A002');
    const audited = db.prepare(`SELECT count(*) FROM audit WHERE event = 'ticket-issued'`).pluck().get();
    expect(audited).toBe(2);
  });

  it('are one to a visit: the database itself refuses a second and keeps its number free', () => {
    const visit = endedVisit();
    take('A', visit);
    expect(() => take('A', visit)).toThrow(/UNIQUE/);
    expect(ticketNumber(take())).toBe('A002');
  });

  it('grow beyond three digits', () => {
    db.exec(`INSERT INTO ticket_counters VALUES ('A', '2026-10-08', 999)`);
    expect(ticketNumber(take())).toBe('A1000');
  });

  it('say how many wait before', () => {
    expect([take('A'), take('A'), take('B')].map((ticket) => ticket.people_ahead)).toEqual([0, 1, 0]);
  });
});
