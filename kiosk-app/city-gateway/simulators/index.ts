export { type FaultyGateway, type GatewayFault, startFaultyGateway } from './faulty-gateway.ts';
export { postgresPrograms, startTestPostgres, type TestPostgres } from './postgres-test-bench.ts';
export { issueToGateway, issueToKiosk } from './test-authority.ts';
export { startTestGateway, type TestGateway, type TestGatewayOptions } from './test-gateway.ts';
