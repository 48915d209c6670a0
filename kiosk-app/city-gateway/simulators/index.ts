export { type FaultyGateway, type GatewayFault, startFaultyGateway } from './faulty-gateway.ts';
export { issueToGateway, issueToKiosk } from './test-authority.ts';
export { startTestGateway, type TestGateway, type TestGatewayOptions } from './test-gateway.ts';
