import { createPublicKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { OID } from './oids.ts';

const YEARS = 20;
const DAY_MS = 86_400_000;

/**
 * A self-signed X.509 v3 certificate of a device: subject CN = name, serialNumber = id; usable for signatures only,
 * never as an issuer. It is trusted because the other side was given it, not because of what it says.
 *
 * It holds from a day before `now`, because the clock of a machine at its first start may still be set back a little.
 */
export function makeSelfSigned(subject: {
  readonly id: string;
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly now: Date;
}): Buffer {
  const { id, name, privateKey, now } = subject;
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const serial = randomBytes(16);
  // Positive and without a leading zero octet, as DER wants an INTEGER.
  serial[0] = (serial[0]! & 0x7f) | 0x40;

  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ valueHex: serial });
  for (const party of [certificate.subject, certificate.issuer])
    party.typesAndValues.push(
      new pki.AttributeTypeAndValue({ type: OID.commonName, value: new asn1.Utf8String({ value: name }) }),
      new pki.AttributeTypeAndValue({
        type: OID.serialNumber,
        value: new asn1.PrintableString({ value: id }),
      }),
    );
  certificate.notBefore = time(new Date(now.getTime() - DAY_MS));
  certificate.notAfter = time(new Date(now.getTime() + YEARS * 365.25 * DAY_MS));
  certificate.subjectPublicKeyInfo = pki.PublicKeyInfo.fromBER(publicKey);
  certificate.extensions = [
    extension(OID.basicConstraints, true, new pki.BasicConstraints({ cA: false }).toSchema()),
    // digitalSignature and nonRepudiation: the first two bits.
    extension(
      OID.keyUsage,
      true,
      new asn1.BitString({ valueHex: new Uint8Array([0b1100_0000]).buffer, unusedBits: 6 }),
    ),
    extension(
      OID.subjectKeyIdentifier,
      false,
      new asn1.OctetString({ valueHex: hash('sha256', publicKey, 'buffer').subarray(0, 20) }),
    ),
  ];
  const algorithm = new pki.AlgorithmIdentifier({ algorithmId: OID.ecdsaWithSha256 });
  certificate.signature = algorithm;
  certificate.signatureAlgorithm = algorithm;
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER(false));
  const signature = sign('sha256', certificate.tbsView, { key: privateKey, dsaEncoding: 'der' });
  certificate.signatureValue = new asn1.BitString({ valueHex: new Uint8Array(signature).buffer });
  return Buffer.from(certificate.toSchema(true).toBER(false));
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): pki.Extension {
  return new pki.Extension({ extnID, critical, extnValue: value.toBER() });
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); whole seconds. */
function time(value: Date): pki.Time {
  const seconds = new Date(Math.floor(value.getTime() / 1_000) * 1_000);
  return new pki.Time({ type: seconds.getUTCFullYear() < 2050 ? 0 : 1, value: seconds });
}
