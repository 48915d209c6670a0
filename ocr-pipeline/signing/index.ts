export {
  type CadesOutcome,
  type CadesProblem,
  type CadesProblemCode,
  type Signer,
  type Trust,
  verifyCades,
} from './cades-verify.ts';
export { type ContentTokenError, signContent, verifyContent } from './content-token.ts';
export { type DeviceKey, DeviceKeyError, type DeviceKeyErrorCode, openDeviceKey } from './device-key.ts';
export { readPems } from './pem.ts';
export { type ReceiptError, signReceipt, type VerifiedReceipt, verifyReceipt } from './receipt.ts';
export { openSeal, type Seal } from './seal.ts';
