import { hash, sign } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import type { DeviceKey } from './device-key.ts';
import { OID } from './oids.ts';

/**
 * A detached CAdES-B-B signature (ETSI EN 319 122-1) of `data`: CMS SignedData in DER, ECDSA P-256 with SHA-256,
 * with content-type, message-digest, signing-time and signing-certificate-v2 as signed attributes.
 */
export function signCades(data: Uint8Array, key: DeviceKey, time: Date): Uint8Array {
  const certificate = pki.Certificate.fromBER(key.certificate.raw);
  const seconds = new Date(Math.floor(time.getTime() / 1_000) * 1_000);
  const attributes = sortDer([
    attribute(OID.contentType, new asn1.ObjectIdentifier({ value: OID.data })),
    attribute(OID.signingTime, new asn1.UTCTime({ valueDate: seconds })),
    attribute(OID.messageDigest, new asn1.OctetString({ valueHex: hash('sha256', data, 'buffer') })),
    attribute(OID.signingCertificateV2, signingCertificate(key.certificate.raw)),
  ]);
  const signedAttrs = new pki.SignedAndUnsignedAttributes({ type: 0, attributes });
  const encoded = new Uint8Array(signedAttrs.toSchema().toBER(false));
  // Signed is the SET OF itself, not the [0] that it is written as (RFC 5652, 5.4).
  encoded[0] = 0x31;
  const signature = sign('sha256', encoded, { key: key.privateKey, dsaEncoding: 'der' });

  const signedData = new pki.SignedData({
    version: 1,
    encapContentInfo: new pki.EncapsulatedContentInfo({ eContentType: OID.data }),
    digestAlgorithms: [new pki.AlgorithmIdentifier({ algorithmId: OID.sha256 })],
    certificates: [certificate],
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        digestAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: OID.sha256 }),
        signedAttrs,
        signatureAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: OID.ecdsaWithSha256 }),
        signature: new asn1.OctetString({ valueHex: signature }),
      }),
    ],
  });
  const content = new pki.ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
  return new Uint8Array(content.toSchema().toBER(false));
}

function attribute(type: string, value: unknown): pki.Attribute {
  return new pki.Attribute({ type, values: [value] });
}

/** ESSCertIDv2 with its default digest, SHA-256, which DER leaves out (RFC 5035). */
function signingCertificate(der: Uint8Array): asn1.Sequence {
  const certHash = new asn1.OctetString({ valueHex: hash('sha256', der, 'buffer') });
  const id = new asn1.Sequence({ value: [certHash] });
  return new asn1.Sequence({ value: [new asn1.Sequence({ value: [id] })] });
}

/** DER orders the members of a SET OF by their encodings. */
function sortDer(attributes: readonly pki.Attribute[]): pki.Attribute[] {
  const encoded = attributes.map((one) => ({ one, der: Buffer.from(one.toSchema().toBER(false)) }));
  return encoded.sort((a, b) => Buffer.compare(a.der, b.der)).map(({ one }) => one);
}
