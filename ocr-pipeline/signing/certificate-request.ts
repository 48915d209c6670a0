import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { context, encode, integer, oid, sequence, setOf, TAG } from './der.ts';
import { OID } from './oids.ts';

const UTF8_STRING = 0x0c;
const BIT_STRING = 0x03;

/** A PKCS #10 request (RFC 2986, PEM) for an EC P-256 key, signed by itself with ECDSA and SHA-256. */
export function makeCertificateRequest(privateKey: KeyObject, commonName: string): string {
  const name = sequence(oid(OID.commonName), encode(UTF8_STRING, Buffer.from(commonName)));
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const content = sequence(integer(0), sequence(setOf(TAG.set, [name])), spki, encode(context(0)));
  const signature = sign('sha256', content, { key: privateKey, dsaEncoding: 'der' });
  const request = sequence(
    content,
    sequence(oid(OID.ecdsaWithSha256)),
    encode(BIT_STRING, Buffer.of(0), signature),
  );
  const lines =
    Buffer.from(request)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}
