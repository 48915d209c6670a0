import type { X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { readCertificate } from './certificate.ts';
import { context, isDer, readAll, readTlv, TAG, type Tlv } from './der.ts';
import { OID } from './oids.ts';
import type { Evidence } from './revocation.ts';

const MAX_CMS_BYTES = 4_194_304;
const MAX_CERTIFICATES = 40;
const MAX_REVOCATIONS = 40;
const MAX_TIME_STAMPS = 10;

/** What a CMS SignedData of one signer says, read and not yet believed. */
export interface ReadSignature {
  readonly signer: pki.SignerInfo;
  readonly evidence: Evidence;
  /** The signed attributes as they were signed: DER of the SET OF. */
  readonly signedBytes: Uint8Array;
  /** The content, when it is inside: a time-stamp token's TSTInfo. */
  readonly content: Uint8Array | undefined;
  readonly contentType: string | undefined;
  readonly messageDigest: Uint8Array | undefined;
  readonly signingTime: Date | undefined;
  /** Digest of the signer's certificate by signing-certificate-v2, or by its SHA-1 forerunner, which old TSAs use. */
  readonly signerCertificate: { readonly algorithm: string; readonly digest: Uint8Array } | undefined;
  readonly signatureValue: Uint8Array;
  /** RFC 3161 tokens over the signature value. */
  readonly timeStamps: readonly Uint8Array[];
  /** Types of unsigned attributes that are not understood. */
  readonly unknownUnsigned: readonly string[];
}

/**
 * Reads exactly one DER structure, nothing behind it, in its one proper form: what is neither signed nor has a meaning
 * (versions, lists of digests, orders) must be what it must be, so that not a bit of it can be changed unseen.
 * Undefined when it is not a SignedData of one signer over content of type `contentType`.
 */
export function readSignature(der: Uint8Array, contentType: string): ReadSignature | undefined {
  if (der.length === 0 || der.length > MAX_CMS_BYTES || !isDer(der)) return undefined;
  try {
    return read(der, contentType);
  } catch {
    // The libraries throw on whatever is not ASN.1 or not X.509.
    return undefined;
  }
}

function read(der: Uint8Array, contentType: string): ReadSignature | undefined {
  const info = new pki.ContentInfo({ schema: asn1.fromBER(der).result });
  if (info.contentType !== OID.signedData) return undefined;
  const data = new pki.SignedData({ schema: info.content });
  const signer = data.signerInfos[0];
  if (data.signerInfos.length !== 1 || signer?.signedAttrs === undefined) return undefined;
  const { eContent, eContentType } = data.encapContentInfo;
  if (eContentType !== contentType || (eContent !== undefined) !== (contentType === OID.tstInfo))
    return undefined;
  const parts = readParts(der);
  if (parts === undefined || parts.certificates.length > MAX_CERTIFICATES) return undefined;
  if (!isRegular(parts, data, signer)) return undefined;
  const certificates = parts.certificates.map((one) => readCertificate(one.raw));
  if (certificates.some((one) => one === undefined)) return undefined;

  const signedBytes = new Uint8Array(signer.signedAttrs.encodedValue).slice();
  signedBytes[0] = TAG.set;
  const digest = only(signer, OID.messageDigest);
  const time = only(signer, OID.signingTime);
  const type = only(signer, OID.contentType);
  const unsigned = signer.unsignedAttrs?.attributes ?? [];
  const timeStamps = unsigned
    .filter((one) => one.type === OID.signatureTimeStamp)
    .flatMap((one) => one.values as asn1.BaseBlock[])
    .map((one) => new Uint8Array(one.valueBeforeDecodeView));
  if (timeStamps.length > MAX_TIME_STAMPS) return undefined;
  return {
    signer,
    evidence: {
      certificates: certificates as X509Certificate[],
      crls: parts.crls,
      ocspResponses: parts.ocspResponses,
    },
    signedBytes,
    content: eContent === undefined ? undefined : new Uint8Array(eContent.getValue()),
    contentType: type instanceof asn1.ObjectIdentifier ? type.getValue() : undefined,
    messageDigest: digest instanceof asn1.OctetString ? new Uint8Array(digest.getValue()) : undefined,
    // GeneralizedTime extends UTCTime in this library.
    signingTime: time instanceof asn1.UTCTime ? time.toDate() : undefined,
    signerCertificate:
      readSigningCertificate(only(signer, OID.signingCertificateV2), OID.sha256) ??
      readSigningCertificate(only(signer, OID.signingCertificate), '1.3.14.3.2.26'),
    signatureValue: new Uint8Array(signer.signature.getValue()),
    timeStamps,
    unknownUnsigned: unsigned.map((one) => one.type).filter((type) => type !== OID.signatureTimeStamp),
  };
}

interface Parts {
  readonly certificates: readonly Tlv[];
  readonly crls: readonly Uint8Array[];
  readonly ocspResponses: readonly Uint8Array[];
  readonly order: readonly number[];
  readonly digests: readonly Tlv[];
}

/** The fields of SignedData as bytes: evidence is kept as it was signed, never encoded anew. */
function readParts(der: Uint8Array): Parts | undefined {
  const inside = (one: Tlv | undefined) => (one === undefined ? [] : readAll(one.content));
  const outer = inside(readTlv(der));
  const wrapped = inside(outer?.[1]);
  if (outer?.length !== 2 || wrapped?.length !== 1) return undefined;
  const fields = inside(wrapped[0]);
  if (fields === undefined) return undefined;
  const certificates = inside(fields.find((one) => one.tag === context(0)));
  const revocations = inside(fields.find((one) => one.tag === context(1)));
  const digests = inside(fields[1]);
  if (!certificates || !revocations || !digests || revocations.length > MAX_REVOCATIONS) return undefined;
  // Attribute certificates and other certificate formats mean nothing here.
  if (certificates.some((one) => one.tag !== TAG.sequence)) return undefined;
  const crls: Uint8Array[] = [];
  const ocspResponses: Uint8Array[] = [];
  for (const one of revocations) {
    if (one.tag === TAG.sequence) {
      crls.push(one.raw);
      continue;
    }
    const [format, value] = readAll(one.content) ?? [];
    const isOcsp =
      format !== undefined && asn1.fromBER(format.raw).result.valueBlock.toString() === OID.ocspRevocation;
    if (!isOcsp || value === undefined) return undefined;
    ocspResponses.push(value.raw);
  }
  return { certificates, crls, ocspResponses, order: fields.map((one) => one.tag), digests };
}

function isRegular(parts: Parts, data: pki.SignedData, signer: pki.SignerInfo): boolean {
  // 1 or 3, and 5 with other revocation information (RFC 5652, 5.1). Some write 3 where 1 would do.
  const versions =
    parts.ocspResponses.length > 0 ? [5] : data.encapContentInfo.eContentType === OID.data ? [1, 3] : [3];
  const signerVersion = signer.sid instanceof pki.IssuerAndSerialNumber ? 1 : 3;
  const own = signer.digestAlgorithm.algorithmId;
  return (
    versions.includes(data.version) &&
    signer.version === signerVersion &&
    parts.digests.length === 1 &&
    data.digestAlgorithms[0]?.algorithmId === own &&
    [data.digestAlgorithms[0], signer.digestAlgorithm].every((one) => {
      const parameters: unknown = one?.algorithmParams;
      return parameters === undefined || parameters instanceof asn1.Null;
    }) &&
    parts.order.every((tag, index) =>
      [[TAG.integer], [TAG.set], [TAG.sequence], [context(0), context(1), TAG.set]][
        Math.min(index, 3)
      ]!.includes(tag),
    )
  );
}

/** An attribute's value when the attribute stands there once, with one value (RFC 5652, 11). */
function only(signer: pki.SignerInfo, type: string): unknown {
  const found = signer.signedAttrs?.attributes.filter((one) => one.type === type) ?? [];
  const values: unknown[] = found[0]?.values ?? [];
  return found.length === 1 && values.length === 1 ? values[0] : undefined;
}

function readSigningCertificate(value: unknown, defaultDigest: string): ReadSignature['signerCertificate'] {
  const id = first(first(value));
  if (!(id instanceof asn1.Sequence)) return undefined;
  const [head, second] = id.valueBlock.value;
  if (head instanceof asn1.OctetString)
    return { algorithm: defaultDigest, digest: new Uint8Array(head.getValue()) };
  const algorithm = first(head);
  if (algorithm instanceof asn1.ObjectIdentifier && second instanceof asn1.OctetString)
    return { algorithm: algorithm.getValue(), digest: new Uint8Array(second.getValue()) };
  return undefined;
}

function first(value: unknown): unknown {
  return value instanceof asn1.Sequence ? value.valueBlock.value[0] : undefined;
}
