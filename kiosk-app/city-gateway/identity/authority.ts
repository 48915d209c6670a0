import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  type webcrypto,
  X509Certificate,
} from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';

const OID = {
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;
const DAY_MS = 86_400_000;

/** A certification authority of the city: EC P-256, issues certificates of kiosks and of gateways. */
export interface Authority {
  readonly privateKey: KeyObject;
  readonly certificatePem: string;
}

/** A new authority, for a demonstration, a test, or a city that has none. Valid for ten years. */
export async function makeAuthority(name: string, now: Date): Promise<Authority> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificatePem = await certify({
    issuer: { name, privateKey, publicKey },
    subject: { name, publicKey },
    days: 3_652,
    now,
    extensions: [
      extension(
        OID.basicConstraints,
        true,
        new pki.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema(),
      ),
      // keyCertSign and cRLSign.
      extension(
        OID.keyUsage,
        true,
        new asn1.BitString({ valueHex: new Uint8Array([0b0000_0110]).buffer, unusedBits: 1 }),
      ),
    ],
  });
  return { privateKey, certificatePem };
}

/** @throws when the key is not that of the certificate, or the certificate is no authority's. */
export function readAuthority(certificatePem: string, privateKeyPem: string): Authority {
  const privateKey = createPrivateKey(privateKeyPem);
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.ca || !certificate.checkPrivateKey(privateKey))
    throw new Error('the certificate and the key of the city authority do not belong together');
  return { privateKey, certificatePem };
}

/** What a certificate is for: a kiosk shows its id as common name, a gateway is found under host names or addresses. */
export type Holder =
  | { readonly kind: 'kiosk'; readonly kioskId: string }
  | { readonly kind: 'gateway'; readonly hosts: readonly string[] };

/** A certificate of the authority for a public key, PEM. It holds from a day before `now`: clocks differ. */
export function issueCertificate(
  authority: Authority,
  options: {
    readonly publicKey: KeyObject;
    readonly holder: Holder;
    readonly days: number;
    readonly now: Date;
  },
): Promise<string> {
  const { holder } = options;
  const issuer = new X509Certificate(authority.certificatePem);
  const usage = holder.kind === 'kiosk' ? OID.clientAuth : OID.serverAuth;
  return certify({
    issuer: {
      name: commonNameOf(issuer) ?? '',
      privateKey: authority.privateKey,
      publicKey: createPublicKey(authority.privateKey),
    },
    subject: {
      name: holder.kind === 'kiosk' ? holder.kioskId : (holder.hosts[0] ?? ''),
      publicKey: options.publicKey,
    },
    days: options.days,
    now: options.now,
    extensions: [
      extension(OID.basicConstraints, true, new pki.BasicConstraints({ cA: false }).toSchema()),
      extension(
        OID.keyUsage,
        true,
        new asn1.BitString({ valueHex: new Uint8Array([0b1000_0000]).buffer, unusedBits: 7 }),
      ),
      extension(OID.extendedKeyUsage, false, new pki.ExtKeyUsage({ keyPurposes: [usage] }).toSchema()),
      ...(holder.kind === 'gateway' ? [alternativeNames(holder.hosts)] : []),
    ],
  });
}

/** The signed list of certificates that hold no longer, PEM; `serials` as `X509Certificate.serialNumber` has them. */
export async function makeRevocationList(
  authority: Authority,
  options: { readonly serials: readonly string[]; readonly now: Date; readonly days: number },
): Promise<string> {
  const list = new pki.CertificateRevocationList();
  list.version = 1;
  setName(list.issuer, commonNameOf(new X509Certificate(authority.certificatePem)) ?? '');
  list.thisUpdate = time(options.now);
  list.nextUpdate = time(new Date(options.now.getTime() + options.days * DAY_MS));
  list.revokedCertificates = options.serials.map(
    (serial) =>
      new pki.RevokedCertificate({
        userCertificate: new asn1.Integer({ valueHex: Buffer.from(serial, 'hex') }),
        revocationDate: time(options.now),
      }),
  );
  // An empty list is left out, not written empty (RFC 5280, 5.1.2.6).
  if (options.serials.length === 0) delete (list as { revokedCertificates?: unknown }).revokedCertificates;
  await list.sign(cryptoKey(authority.privateKey), 'SHA-256');
  return pem('X509 CRL', list.toSchema(true).toBER(false));
}

/** The one common name of a certificate; undefined when it has none or several. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  const name: unknown = certificate.toLegacyObject().subject['CN'];
  return typeof name === 'string' ? name : undefined;
}

/** Names a key whatever certificate it is in: SHA-256 of the SubjectPublicKeyInfo, hexadecimal. */
export function keyHashOf(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex');
}

async function certify(options: {
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly subject: { readonly name: string; readonly publicKey: KeyObject };
  readonly days: number;
  readonly now: Date;
  readonly extensions: readonly pki.Extension[];
}): Promise<string> {
  const { issuer, subject, now } = options;
  const spki = subject.publicKey.export({ type: 'spki', format: 'der' });
  const issuerKey = keyIdentifier(issuer.publicKey);
  const serial = randomBytes(16);
  // Positive and without a leading zero octet, as DER wants an INTEGER.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ valueHex: serial });
  setName(certificate.issuer, issuer.name);
  setName(certificate.subject, subject.name);
  certificate.notBefore = time(new Date(now.getTime() - DAY_MS));
  certificate.notAfter = time(new Date(now.getTime() + options.days * DAY_MS));
  certificate.subjectPublicKeyInfo = pki.PublicKeyInfo.fromBER(spki);
  certificate.extensions = [
    ...options.extensions,
    extension(
      OID.subjectKeyIdentifier,
      false,
      new asn1.OctetString({ valueHex: keyIdentifier(subject.publicKey) }),
    ),
    extension(
      OID.authorityKeyIdentifier,
      false,
      new pki.AuthorityKeyIdentifier({
        keyIdentifier: new asn1.OctetString({ valueHex: issuerKey }),
      }).toSchema(),
    ),
  ];
  await certificate.sign(cryptoKey(issuer.privateKey), 'SHA-256');
  return pem('CERTIFICATE', certificate.toSchema(true).toBER(false));
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'buffer').subarray(0, 20);
}

function setName(name: pki.RelativeDistinguishedNames, commonName: string): void {
  const value = new asn1.Utf8String({ value: commonName });
  name.typesAndValues.push(new pki.AttributeTypeAndValue({ type: OID.commonName, value }));
}

function alternativeNames(hosts: readonly string[]): pki.Extension {
  const altNames = hosts.map((host) => {
    const octets = /^\d+(\.\d+){3}$/.test(host) ? Buffer.from(host.split('.').map(Number)) : undefined;
    return octets === undefined
      ? new pki.GeneralName({ type: 2, value: host })
      : new pki.GeneralName({ type: 7, value: new asn1.OctetString({ valueHex: octets }) });
  });
  return extension(OID.subjectAltName, false, new pki.AltName({ altNames }).toSchema());
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): pki.Extension {
  return new pki.Extension({ extnID, critical, extnValue: value.toBER() });
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); whole seconds. */
function time(value: Date): pki.Time {
  const seconds = new Date(Math.floor(value.getTime() / 1_000) * 1_000);
  return new pki.Time({ type: seconds.getUTCFullYear() < 2050 ? 0 : 1, value: seconds });
}

function cryptoKey(key: KeyObject): webcrypto.CryptoKey {
  return key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
