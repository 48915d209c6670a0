export { type AuditEvent, auditCatalogue } from './audit-catalogue.ts';
export { numberWarnings } from './citizen-card/card-number.ts';
export {
  type CardError,
  type CardWarning,
  type CitizenCard,
  parseCitizenCard,
} from './citizen-card/citizen-card.ts';
export {
  type CodeRepair,
  type DecodedCode,
  type DecodeError,
  decodeCode,
  MAX_CODE_BYTES,
} from './citizen-card/decode-code.ts';
export { type IdentityLevel, identityLevels, reachesLevel } from './citizen-card/identity-level.ts';
export { maskNumber } from './citizen-card/mask-number.ts';
export { type Mrz, type MrzError, mrzCheckDigit, parseMrz } from './citizen-card/mrz.ts';
export { type Clock, type ManualClock, manualClock, systemClock, VIETNAM, vietnamTime } from './clock.ts';
export {
  MAX_NAME_BYTES,
  moveFileDurable,
  syncFolder,
  temporaryBeside,
  writeFileDurable,
} from './durable-file.ts';
export { type ExecError, type ExecOptions, type ExecOutput, exec } from './exec.ts';
export { type Ids, sequentialIds, systemIds, ulidPattern } from './ids.ts';
export { createLogger, type Logger, silentLogger } from './logger.ts';
export { type Err, err, type Ok, ok, type Result, unreachable, unwrap } from './result.ts';
export { foldVietnamese, sameVietnameseName } from './vietnamese.ts';
