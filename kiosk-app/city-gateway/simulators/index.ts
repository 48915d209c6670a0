export { type FaultyGateway, type GatewayFault, startFaultyGateway } from './faulty-gateway.ts';
export { startTestGateway, type TestGateway } from './test-gateway.ts';
