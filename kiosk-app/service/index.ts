export { buildService, type KioskService, type ServiceDeps } from './build-service.ts';
