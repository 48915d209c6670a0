import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import * as pki from 'pkijs';

const MAX_PEM_CHARACTERS = 8_192;
const BLOCK =
  /^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

export type RequestProblem = {
  readonly code: 'request-malformed' | 'request-key-refused' | 'request-signature-wrong';
};

/**
 * Reads a PKCS #10 request (RFC 2986) of a kiosk: an EC P-256 key, signed by itself, which proves that the kiosk has
 * it. The name in it is not looked at: who asks is known from the connection.
 */
export function readCertificateRequest(
  text: string,
): Result<{ readonly publicKey: KeyObject }, RequestProblem> {
  const body = text.length <= MAX_PEM_CHARACTERS ? BLOCK.exec(text.trim())?.[1] : undefined;
  if (body === undefined) return err({ code: 'request-malformed' });
  let request: pki.CertificationRequest;
  let publicKey: KeyObject;
  try {
    request = pki.CertificationRequest.fromBER(Buffer.from(body, 'base64'));
    const spki = Buffer.from(request.subjectPublicKeyInfo.toSchema().toBER(false));
    publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  } catch {
    return err({ code: 'request-malformed' });
  }
  if (
    publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1' ||
    request.signatureAlgorithm.algorithmId !== ECDSA_WITH_SHA256
  )
    return err({ code: 'request-key-refused' });
  const signature = request.signatureValue.valueBlock.valueHexView;
  return verify('sha256', request.tbsView, { key: publicKey, dsaEncoding: 'der' }, signature)
    ? ok({ publicKey })
    : err({ code: 'request-signature-wrong' });
}
