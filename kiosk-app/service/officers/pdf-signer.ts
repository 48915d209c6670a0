import { err, ok, type Result } from '@motcua/core';
import {
  type Authorities,
  type SealImage,
  type SigningKey,
  type SigningKeyError,
  signVisibly,
} from '@motcua/ocr-pipeline/dossier';

/** In whose name a signature stands: the officer in person (top left), or the agency (top right). */
export type SigningRole = 'officer' | 'agency';

export interface PdfSignatureOrder {
  readonly from: string;
  readonly to: string;
  readonly key: SigningKey;
  readonly role: SigningRole;
  readonly officer: { readonly fullName: string };
  readonly time: Date;
}

export type PdfSigningError =
  | SigningKeyError
  | { readonly code: 'pdf-not-signable' | 'disk-full'; readonly detail: string };

/** Appends a visible signature to a PDF: an incremental update, what was there stays byte for byte. */
export type PdfSigner = (order: PdfSignatureOrder) => Promise<Result<null, PdfSigningError>>;

const SILENT_MS = 60_000;

export function createPdfSigner(deps: {
  /** The agency whose signature stands at the top right. */
  readonly agency: string;
  /** Under the profile `tt02`. */
  readonly seal: SealImage | undefined;
  /** Time-stamps and revocation data, where the site has them. */
  readonly authorities: Authorities | null;
  readonly monotonicMs: () => number;
}): PdfSigner {
  let silentUntil = 0;
  return async ({ from, to, key, role, officer, time }) => {
    const signed = await signVisibly({
      from,
      to,
      key,
      content:
        role === 'officer'
          ? { role, fullName: officer.fullName, time }
          : { role, form: 'SAO Y', agency: deps.agency, time },
      seal: deps.seal,
      signerName: role === 'officer' ? officer.fullName : deps.agency,
      // A batch does not wait for a silent authority at each of its papers.
      authorities: deps.monotonicMs() < silentUntil ? null : deps.authorities,
    });
    if (signed.ok) {
      if (signed.value.problem !== null) silentUntil = deps.monotonicMs() + SILENT_MS;
      return ok(null);
    }
    const { error } = signed;
    if (error.code === 'pdf-not-written') return err({ code: 'disk-full', detail: error.code });
    return isKeyError(error) ? err(error) : err({ code: 'pdf-not-signable', detail: error.code });
  };
}

function isKeyError(error: { readonly code: string }): error is SigningKeyError {
  return error.code === 'key-failed' || error.code.startsWith('token-');
}
