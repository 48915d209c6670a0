import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { type Authority, issueCertificate } from '../identity/authority.ts';
import type { ClientTls } from './test-kiosk.ts';

/** What a kiosk shows: a key, and a certificate of the authority for it. */
export async function issueToKiosk(
  authority: Authority,
  kioskId: string,
  now: Date,
  options: { readonly days?: number; readonly privateKey?: KeyObject } = {},
): Promise<ClientTls & { readonly cert: string; readonly key: string; readonly privateKey: KeyObject }> {
  const privateKey = options.privateKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const cert = await issueCertificate(authority, {
    publicKey: createPublicKey(privateKey),
    holder: { kind: 'kiosk', kioskId },
    days: options.days ?? 30,
    now,
  });
  return { ca: authority.certificatePem, cert, key: pemOf(privateKey), privateKey };
}

/** Certificate and key of a gateway on the loopback address. */
export async function issueToGateway(authority: Authority, now: Date) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificatePem = await issueCertificate(authority, {
    publicKey,
    holder: { kind: 'gateway', hosts: ['127.0.0.1', 'localhost'] },
    days: 30,
    now,
  });
  return { certificatePem, privateKeyPem: pemOf(privateKey) };
}

/** PKCS #10 as a kiosk makes it. */
export async function makeRequest(
  privateKey: KeyObject,
  commonName: string,
  signWith = privateKey,
): Promise<string> {
  const request = new pki.CertificationRequest();
  request.version = 0;
  request.subject.typesAndValues.push(
    new pki.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1.Utf8String({ value: commonName }) }),
  );
  request.attributes = [];
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  request.subjectPublicKeyInfo = pki.PublicKeyInfo.fromBER(spki);
  await request.sign(
    signWith.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    'SHA-256',
  );
  const base64 = Buffer.from(request.toSchema(true).toBER(false)).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`;
}

export function pemOf(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}
