import { type Clock, vietnamTime } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Db } from '../store/database.ts';

export interface TicketRow {
  readonly id: string;
  readonly visit_id: string;
  readonly prefix: string;
  readonly sequence: number;
  readonly local_day: string;
  readonly procedure_code: string;
  readonly people_ahead: number;
  readonly issued_at: number;
}

export interface TicketStore {
  ofVisit(visitId: string): TicketRow | null;
  /** Takes the next number of the field and local day. Runs inside the caller's transaction: no gap, no double. */
  issue(ticket: {
    id: string;
    visitId: string;
    prefix: string;
    field: string;
    procedureCode: string;
  }): TicketRow;
}

/** `A007`: prefix of the service field and the day's sequence. */
export function ticketNumber(ticket: Pick<TicketRow, 'prefix' | 'sequence'>): string {
  return `${ticket.prefix}${String(ticket.sequence).padStart(3, '0')}`;
}

export function createTicketStore(db: Db, clock: Clock, audit: AuditLog): TicketStore {
  const ofVisit = db.prepare<[string], TicketRow>('SELECT * FROM tickets WHERE visit_id = ?');
  return {
    ofVisit: (visitId) => ofVisit.get(visitId) ?? null,
    issue: ({ id, visitId, prefix, field, procedureCode }) => {
      const day = vietnamTime(clock.now()).localDay;
      const ahead = db
        .prepare<[string, string], { count: number }>(
          `SELECT count(*) AS count FROM tickets WHERE prefix = ? AND local_day = ? AND state = 'issued'`,
        )
        .get(prefix, day);
      const counter = db
        .prepare<[string, string], { last: number }>(
          `INSERT INTO ticket_counters (prefix, local_day, last) VALUES (?, ?, 1)
           ON CONFLICT (prefix, local_day) DO UPDATE SET last = last + 1 RETURNING last`,
        )
        .get(prefix, day);
      if (!counter) throw new Error('the counter gave no number');
      db.prepare(
        `INSERT INTO tickets (id, visit_id, prefix, sequence, local_day, procedure_code, people_ahead, issued_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, visitId, prefix, counter.last, day, procedureCode, ahead?.count ?? 0, clock.now().getTime());
      const ticket = ofVisit.get(visitId);
      if (!ticket) throw new Error('the ticket that was just issued is not there');
      audit.record('ticket-issued', visitId, { number: ticketNumber(ticket), day, field });
      return ticket;
    },
  };
}
