/** Seals, dossiers, receipts: everything that the service, the city and `motcua verify` need, without OCR. */
export {
  type ContentTokenError,
  type DeviceKey,
  DeviceKeyError,
  type DeviceKeyErrorCode,
  openDeviceKey,
  openSeal,
  type ReceiptError,
  type Seal,
  type Signer,
  signContent,
  signReceipt,
  type Trust,
  type VerifiedReceipt,
  verifyContent,
  verifyReceipt,
} from '../signing/index.ts';
export { type BuiltDossier, buildDossier, type DossierDocument, type DossierError } from './build-dossier.ts';
export { type ContainerLimits, defaultLimits } from './container.ts';
export { extractDossier } from './extract-dossier.ts';
export { DossierDescription, DossierMetadata, documentName } from './metadata.ts';
export type { Reason, ReasonCode, SignatureReport, Verification, VerifiedDocument } from './reasons.ts';
export { verifyAny } from './verify-any.ts';
export { type VerifyOptions, verifyDossier } from './verify-dossier.ts';
