import { X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { OID } from './oids.ts';

const MAX_CMS_BYTES = 1_048_576;
const MAX_CERTIFICATES = 20;

/** What a detached CMS signature with one signer says, read and not yet believed. */
export interface ReadSignature {
  readonly signer: pki.SignerInfo;
  readonly certificates: readonly X509Certificate[];
  /** The signed attributes as they were signed: DER of the SET OF. */
  readonly signedBytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly messageDigest: Uint8Array | undefined;
  readonly signingTime: Date | undefined;
  /** Digest of the signer's certificate by signing-certificate-v2. */
  readonly signerCertificate: { readonly algorithm: string; readonly digest: Uint8Array } | undefined;
}

/** Reads exactly one DER structure, nothing behind it. Undefined when it is not a detached signature of one signer. */
export function readSignature(der: Uint8Array): ReadSignature | undefined {
  if (der.length === 0 || der.length > MAX_CMS_BYTES) return undefined;
  try {
    const outer = asn1.fromBER(der);
    if (outer.offset !== der.length) return undefined;
    const info = new pki.ContentInfo({ schema: outer.result });
    if (info.contentType !== OID.signedData) return undefined;
    const data = new pki.SignedData({ schema: info.content });
    const signer = data.signerInfos[0];
    if (data.signerInfos.length !== 1 || signer?.signedAttrs === undefined) return undefined;
    if (data.encapContentInfo.eContent !== undefined || data.encapContentInfo.eContentType !== OID.data)
      return undefined;
    const offered = data.certificates ?? [];
    if (offered.length > MAX_CERTIFICATES) return undefined;
    const certificates = offered
      .filter((one) => one instanceof pki.Certificate)
      .map((one) => new X509Certificate(Buffer.from(one.toSchema(false).toBER(false))));
    const signedBytes = new Uint8Array(signer.signedAttrs.encodedValue).slice();
    signedBytes[0] = 0x31;
    const digest = only(signer, OID.messageDigest);
    const time = only(signer, OID.signingTime);
    const contentType = only(signer, OID.contentType);
    return {
      signer,
      certificates,
      signedBytes,
      contentType: contentType instanceof asn1.ObjectIdentifier ? contentType.getValue() : undefined,
      messageDigest: digest instanceof asn1.OctetString ? new Uint8Array(digest.getValue()) : undefined,
      // GeneralizedTime extends UTCTime in this library.
      signingTime: time instanceof asn1.UTCTime ? time.toDate() : undefined,
      signerCertificate: readSigningCertificate(only(signer, OID.signingCertificateV2)),
    };
  } catch {
    // The libraries throw on whatever is not ASN.1 or not X.509.
    return undefined;
  }
}

/** An attribute's value when the attribute stands there once, with one value (RFC 5652, 11). */
function only(signer: pki.SignerInfo, type: string): unknown {
  const found = signer.signedAttrs?.attributes.filter((one) => one.type === type) ?? [];
  const values: unknown[] = found[0]?.values ?? [];
  return found.length === 1 && values.length === 1 ? values[0] : undefined;
}

function readSigningCertificate(value: unknown): ReadSignature['signerCertificate'] {
  const ids = first(value);
  const id = first(ids);
  if (!(id instanceof asn1.Sequence)) return undefined;
  const [head, second] = id.valueBlock.value;
  if (head instanceof asn1.OctetString)
    return { algorithm: OID.sha256, digest: new Uint8Array(head.getValue()) };
  const algorithm = first(head);
  if (algorithm instanceof asn1.ObjectIdentifier && second instanceof asn1.OctetString)
    return { algorithm: algorithm.getValue(), digest: new Uint8Array(second.getValue()) };
  return undefined;
}

function first(value: unknown): unknown {
  return value instanceof asn1.Sequence ? value.valueBlock.value[0] : undefined;
}
