export type { TokenModule } from './token-client.ts';
export type { PinState, TokenError, TokenErrorCode } from './token-error.ts';
export { listTokens, openTokenKey, type TokenKey } from './token-key.ts';
export type { KeyChoice, TokenFacts } from './token-session.ts';
