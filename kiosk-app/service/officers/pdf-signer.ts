import type { Result } from '@motcua/core';
import type { SigningKey, SigningKeyError } from '@motcua/ocr-pipeline/dossier';

/** In whose name a signature stands: the officer in person (top left), or the agency (top right). */
export type SigningRole = 'officer' | 'agency';

export interface PdfSignatureOrder {
  readonly pdf: Uint8Array;
  readonly key: SigningKey;
  readonly role: SigningRole;
  /** As it stands in the visible block. */
  readonly signer: { readonly name: string; readonly position: string };
  readonly time: Date;
}

export type PdfSigningError =
  | SigningKeyError
  | { readonly code: 'pdf-not-signable'; readonly detail: string };

/** Appends a signature to a PDF: an incremental update, what was there stays byte for byte. */
export type PdfSigner = (order: PdfSignatureOrder) => Promise<Result<Uint8Array, PdfSigningError>>;
