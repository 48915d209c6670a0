export * from './city.ts';
export * from './city-api.ts';
export * from './common.ts';
export * from './demo.ts';
export * from './officer.ts';
export * from './problems.ts';
export * from './verification.ts';
export * from './visit.ts';
