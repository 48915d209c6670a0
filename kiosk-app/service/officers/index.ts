import { existsSync } from 'node:fs';
import type { Clock, Ids } from '@motcua/core';
import { type AuditLog, createAuditLog } from '../audit/audit-log.ts';
import { openDatabase } from '../store/database.ts';
import { createOfficerAccounts, type OfficerAccounts } from './accounts.ts';

export type { AccountError, Officer, OfficerAccounts } from './accounts.ts';

/** The accounts in a kiosk's database, beside a service that runs or not: for the technician's command. */
export function openOfficerAccounts(deps: {
  readonly database: string;
  readonly clock: Clock;
  readonly ids: Ids;
}): { readonly accounts: OfficerAccounts; readonly audit: AuditLog; close(): void } | null {
  // Never made here: it must belong to the service's user.
  if (!existsSync(deps.database)) return null;
  const { db } = openDatabase(deps.database);
  return {
    accounts: createOfficerAccounts({ ...deps, db }),
    audit: createAuditLog(db, deps.clock),
    close: () => db.close(),
  };
}
