import { z } from 'zod';
import { Id } from './common.ts';
import { StatusNumber } from './dossier-status.ts';

/**
 * The upload contract between a kiosk and the city, every step idempotent:
 * 1. `PUT /dossiers/{id}` with the manifest → the upload's address and how many bytes the city already has
 *    Its header `motcua-audit-head`, when it is there, is the signed head of the kiosk's audit trail
 *    (`verifyAuditHead` of ocr-pipeline/dossier): the city keeps them, so that a trail cut at its end shows.
 * 2. tus 1.0 `PATCH` to that address in chunks
 * 3. `POST /dossiers/{id}/commit` → the city hashes and verifies the whole and answers with a signed receipt
 */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in lower-case hexadecimal');

export const DossierManifest = z.object({
  dossierId: Id,
  kioskId: z.string().min(1).max(80),
  procedureCode: z.string().min(1).max(40),
  /** Bytes of the ASiC-E container. */
  size: z.int().min(1).max(2_147_483_648),
  sha256: Sha256,
  documents: z.array(z.object({ name: z.string().max(200), sha256: Sha256 })).max(500),
});
export type DossierManifest = z.infer<typeof DossierManifest>;

export const UploadOffer = z.object({
  state: z.enum(['waiting', 'accepted']),
  uploadUrl: z.string().max(2_000),
  /**
   * To a kiosk that sent a head of its audit trail: those that the city had of it before, as the kiosk signed them, the
   * newest first. One that is not in its trail shows that its database was put back; the kiosk then announces once more
   * with its own head of that entry, so that the city has both.
   */
  auditHeads: z.array(z.string().max(4_000)).max(16).optional(),
});
export type UploadOffer = z.infer<typeof UploadOffer>;

/** What the city states and signs (JWS, ES256, `typ` = `motcua-receipt+jwt`). */
export const ReceiptClaims = z.object({
  version: z.literal(1),
  dossierId: Id,
  sha256: Sha256,
  /** `H29.…-yymmdd-nnnn` */
  dossierCode: z.string().regex(/^H\d{2}(\.\d{1,4}){1,3}-\d{6}-\d{4}$/),
  /** 1 as the citizen handed it in; each decision or supplement of an officer is one more under the same code. */
  dossierVersion: z.int().min(1).optional(),
  receivedAt: z.string(),
  dueAt: z.string().nullable(),
  receivingUnit: z.string().max(200),
  settlingUnit: z.string().max(200),
  lookUpSecret: z.string().max(40),
});
export type ReceiptClaims = z.infer<typeof ReceiptClaims>;

export const CommitAnswer = z.object({ receipt: z.string().max(20_000) });
export type CommitAnswer = z.infer<typeof CommitAnswer>;

export const DossierProgress = z.object({
  state: z.enum(['waiting', 'accepted', 'refused']),
  receivedBytes: z.int(),
  dossierCode: z.string().nullable(),
  /** Code of the refusal. */
  refusal: z.string().nullable(),
});
export type DossierProgress = z.infer<typeof DossierProgress>;

/** What a person holds in hand: the two lines of the receipt. Sent in a body, so that no log of addresses has it. */
export const StatusQuestion = z.object({
  dossierCode: z.string().min(1).max(60),
  lookUpSecret: z.string().min(1).max(40),
});
export type StatusQuestion = z.infer<typeof StatusQuestion>;

export const DossierStatus = z.object({
  dossierCode: z.string(),
  status: StatusNumber,
  receivedAt: z.string(),
  dueAt: z.string().nullable(),
  receivingUnit: z.string(),
  settlingUnit: z.string(),
});
export type DossierStatus = z.infer<typeof DossierStatus>;

/** PKCS #10 of the key that the kiosk wants certified next, PEM. */
export const CertificateRequest = z.object({ request: z.string().max(8_192) });
export type CertificateRequest = z.infer<typeof CertificateRequest>;

export const IssuedCertificate = z.object({ certificate: z.string().max(16_384) });
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** A document of the city for its kiosks, signed (JWS, ES256, `typ` = `motcua-content+jwt`): these are its claims. */
export const ContentClaims = z.object({
  kind: z.enum(['catalogue', 'configuration']),
  /** The kiosk that it is for; null: for every one. */
  kioskId: z.string().max(80).nullable(),
  /** Grows with every change: a kiosk takes no older one than it has. */
  version: z.int().min(1),
  content: z.json(),
});
export type ContentClaims = z.infer<typeof ContentClaims>;

export const SignedContent = z.object({ token: z.string().max(8_388_608) });
export type SignedContent = z.infer<typeof SignedContent>;

/** RFC 9457. `code` is the stable name; Final for the dossier are only refusals of its content (400, 410, 413, 415, 422 with such a body): what may be a wrong address, a captive portal or a missing enrolment (401, 403, 404, 405, 407, 423) and what means "later" (408, 409, 425, 429) is tried again. */
export const CityProblem = z.object({
  type: z.string().max(200).default('about:blank'),
  title: z.string().max(500),
  status: z.int(),
  code: z.string().max(80),
});
export type CityProblem = z.infer<typeof CityProblem>;
