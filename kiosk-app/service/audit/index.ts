export type { ChainReport } from './audit-chain.ts';
export type { AuditAlarm } from './city-witness.ts';
