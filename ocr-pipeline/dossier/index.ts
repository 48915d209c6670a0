/** Seals, dossiers, receipts: everything that the service, the city and `motcua verify` need, without OCR. */
export {
  AuditHead,
  type Authorities,
  type BlockContent,
  type ContentTokenError,
  createRevocationClient,
  createTimeStampClient,
  type DeviceKey,
  DeviceKeyError,
  type DeviceKeyErrorCode,
  type Evidence,
  type KeyChoice,
  type LevelProblem,
  listTokens,
  makeCertificateRequest,
  NO_EVIDENCE,
  openDeviceKey,
  openSeal,
  openTokenKey,
  type PinState,
  type ReachedLevel,
  type ReceiptError,
  readPems,
  readSealImage,
  type Seal,
  type SealImage,
  type SignatureLevel,
  type Signer,
  type SigningKey,
  type SigningKeyError,
  type SignPdfError,
  signAuditHead,
  signContent,
  signPdf,
  signReceipt,
  signVisibly,
  type TokenError,
  type TokenErrorCode,
  type TokenFacts,
  type TokenKey,
  type TokenModule,
  type Trust,
  type VerifiedReceipt,
  verifyAuditHead,
  verifyContent,
  verifyReceipt,
} from '../signing/index.ts';
export { type ArchiveError, type ArchivePackage, exportArchivePackage } from './archive-package.ts';
export {
  type BuiltDossier,
  buildDossier,
  type DossierDocument,
  type DossierError,
  measureFile,
  wrongWithOwn,
} from './build-dossier.ts';
export { type ContainerLimits, defaultLimits } from './container.ts';
export { extractDossier } from './extract-dossier.ts';
export { DossierDescription, DossierMetadata, documentName } from './metadata.ts';
export { type RaiseError, raiseDossier } from './raise-dossier.ts';
export { readDossierMetadata } from './read-metadata.ts';
export type { Reason, ReasonCode, SignatureReport, Verification, VerifiedDocument } from './reasons.ts';
export { supplementDossier } from './supplement-dossier.ts';
export { verifyAny } from './verify-any.ts';
export { type VerifyOptions, verifyDossier } from './verify-dossier.ts';
