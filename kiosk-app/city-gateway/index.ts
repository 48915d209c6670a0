export { buildGateway, type GatewayDeps } from './build-gateway.ts';
export { DueRules, dueDate } from './due-date.ts';
export { readTrustFolder } from './trust-folder.ts';
