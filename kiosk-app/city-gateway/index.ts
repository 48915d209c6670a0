export {
  buildGateway,
  defaultLimits,
  type GatewayDeps,
  type GatewayLimits,
  type GatewayTls,
} from './build-gateway.ts';
export { DueRules, dueDate } from './due-date.ts';
export { type GatewaySettings, readSettings } from './gateway-settings.ts';
export {
  type Authority,
  issueCertificate,
  makeAuthority,
  makeRevocationList,
  readAuthority,
} from './identity/authority.ts';
export { openGateway } from './open-gateway.ts';
export { createTrustFolder } from './trust-folder.ts';
