export { digestOf } from './algorithms.ts';
export {
  type BlockContent,
  type CopyForm,
  drawAppearance,
  readSealImage,
  type SealImage,
  signVisibly,
} from './appearance/index.ts';
export { AuditHead, signAuditHead, verifyAuditHead } from './audit-head.ts';
export { makeCertificateRequest } from './certificate-request.ts';
export { addToCms } from './cms-add.ts';
export { readSignature } from './cms-read.ts';
export { signCms } from './cms-sign.ts';
export type { Circumstances } from './cms-verify.ts';
export { type ContentTokenError, signContent, verifyContent } from './content-token.ts';
export { type DeviceKey, DeviceKeyError, type DeviceKeyErrorCode, openDeviceKey } from './device-key.ts';
export { OID } from './oids.ts';
export type { Appearance, SignatureWords } from './pades/append-signature.ts';
export type { PdfChange } from './pades/find-changes.ts';
export {
  type Authorities,
  type LevelProblem,
  type ReachedLevel,
  raisePdf,
  type SignPdfError,
  signPdf,
} from './pades/sign-pdf.ts';
export { type PdfVerification, type SignatureLevel, verifyPdf } from './pades/verify-pdf.ts';
export { readPems } from './pem.ts';
export {
  type KeyChoice,
  listTokens,
  openTokenKey,
  type PinState,
  type TokenError,
  type TokenErrorCode,
  type TokenFacts,
  type TokenKey,
  type TokenModule,
} from './pkcs11/index.ts';
export type { SignatureProblem, SignatureProblemCode, Signer, Weight } from './problems.ts';
export { type ReceiptError, signReceipt, type VerifiedReceipt, verifyReceipt } from './receipt.ts';
export { type Evidence, joinEvidence, NO_EVIDENCE } from './revocation.ts';
export { createRevocationClient, type RevocationClient } from './revocation-client.ts';
export { openSeal, type Seal } from './seal.ts';
export { type SignatureOutcome, verifySignature } from './signature-verify.ts';
export type { KeyAlgorithm, SigningKey, SigningKeyError } from './signing-key.ts';
export { algorithmOf, openSoftwareKey, type SoftwareKeyError, softwareKey } from './software-key.ts';
export { createTimeStampClient, type TimeStampAuthority, type TimeStampError } from './timestamp-client.ts';
export { type TimeStampOutcome, verifyTimeStamp } from './timestamp-verify.ts';
export type { Trust } from './trust.ts';
