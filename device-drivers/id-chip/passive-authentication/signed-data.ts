import { createHash } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { concat, equalBytes, toHex } from '../bytes.ts';
import { decodeOid } from '../oid.ts';
import { readTlv, readTlvs, type Tlv } from '../tlv.ts';
import { type AlgorithmIdentifier, hashOf, parseAlgorithm, verifySignature } from './algorithms.ts';
import { type Certificate, nameOf, parseCertificate, timeOf } from './certificate.ts';

/** A CMS SignedData (RFC 5652) with one signer: the SOD, or a master list. */
export interface SignedData {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

export interface SignerInfo {
  /** By issuer and serial number, or by the key's identifier. */
  readonly issuer: string | undefined;
  readonly serial: string | undefined;
  readonly keyId: string | undefined;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** As signed: a SET OF. */
  readonly signedAttributes: Uint8Array;
  readonly messageDigest: Uint8Array;
  readonly contentType: string;
  readonly signingTime: Date | undefined;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export type SignedDataError = { readonly code: 'signed-data-malformed' };

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const MAX_CERTIFICATES = 8;
const malformed = err<SignedDataError>({ code: 'signed-data-malformed' });

export function parseSignedData(bytes: Uint8Array): Result<SignedData, SignedDataError> {
  const [type, wrapped] = sequence(bytes, 2);
  if (!type || oidOf(type) !== SIGNED_DATA || wrapped?.tag !== 0xa0) return malformed;
  const parts = sequence(wrapped.value, 8);
  const [encapsulated, signers] = [parts[2], parts.at(-1)];
  const [contentType, contentWrapper] = encapsulated ? sequence(encapsulated.raw, 2) : [];
  const content = contentWrapper?.tag === 0xa0 ? readTlv(contentWrapper.value) : undefined;
  const kind = contentType && oidOf(contentType);
  if (!kind || !content?.ok || content.value.tag !== 0x04 || signers?.tag !== 0x31) return malformed;
  const embedded = parts.find((each) => each.tag === 0xa0);
  const level = readTlvs(embedded?.value ?? new Uint8Array(0), { maxSiblings: MAX_CERTIFICATES });
  const first = readTlvs(signers.value, { maxSiblings: 4 });
  const signer = first.ok && first.value[0] ? parseSigner(first.value[0]) : undefined;
  if (!level.ok || !signer) return malformed;
  const certificates = level.value.flatMap((each) => {
    const certificate = parseCertificate(each.raw);
    return certificate.ok ? [certificate.value] : [];
  });
  return ok({ contentType: kind, content: content.value.value, certificates, signer });
}

/** Why a signature of a SignedData is not accepted. */
export type SignatureFault = 'digest' | 'signature' | 'algorithm' | 'key';

/** Whether the signer, with this certificate's key, signed the content. The algorithm is SignerInfo's. */
export function verifySigner(data: SignedData, certificate: Certificate): SignatureFault | null {
  const { signer } = data;
  const digest = hashOf(signer.digestAlgorithm);
  if (!digest) return 'algorithm';
  const computed = createHash(digest).update(data.content).digest();
  if (signer.contentType !== data.contentType || !equalBytes(computed, signer.messageDigest)) return 'digest';
  const holds = verifySignature(
    signer.algorithm,
    certificate.subjectKey,
    signer.signedAttributes,
    signer.signature,
    digest,
  );
  if (!holds.ok) return holds.error.code === 'key-refused' ? 'key' : 'algorithm';
  return holds.value ? null : 'signature';
}

/** Those that may be the signer's: named by it first, then the rest of what is at hand. */
export function signerCandidates(
  data: SignedData,
  elsewhere: readonly Certificate[],
): readonly Certificate[] {
  const { signer } = data;
  const isNamed = (one: Certificate) =>
    signer.keyId
      ? one.subjectKeyId === signer.keyId
      : one.issuer === signer.issuer && one.serial === signer.serial;
  return [
    ...data.certificates.filter(isNamed),
    ...elsewhere.filter(isNamed).slice(0, MAX_CERTIFICATES),
    ...data.certificates.filter((one) => !isNamed(one)),
  ];
}

function parseSigner(object: Tlv): SignerInfo | undefined {
  const [, identifier, digestPart, attributes, algorithmPart, signature] = sequence(object.raw, 8);
  const digestAlgorithm = digestPart && parseAlgorithm(digestPart.raw);
  const algorithm = algorithmPart && parseAlgorithm(algorithmPart.raw);
  // Without signed attributes content of one kind could pass for another: 9303-10 demands them.
  if (!identifier || !digestAlgorithm || attributes?.tag !== 0xa0 || !algorithm) return undefined;
  if (signature?.tag !== 0x04) return undefined;
  const values = attributesOf(attributes);
  const messageDigest = values?.get(MESSAGE_DIGEST);
  const kind = values?.get(CONTENT_TYPE);
  const contentType = kind && oidOf(kind);
  if (messageDigest?.tag !== 0x04 || !contentType) return undefined;
  const time = values?.get(SIGNING_TIME);
  const [issuer, serial] = identifier.tag === 0x30 ? sequence(identifier.raw, 2) : [];
  return {
    issuer: issuer && nameOf(issuer),
    serial: serial && toHex(serial.value),
    keyId: identifier.tag === 0x80 ? toHex(identifier.value) : undefined,
    digestAlgorithm,
    // RFC 5652, 5.4: what is signed has the tag of SET OF, not of the field.
    signedAttributes: concat(Uint8Array.of(0x31), attributes.raw.subarray(1)),
    messageDigest: messageDigest.value,
    contentType,
    signingTime: time && timeOf(time),
    algorithm,
    signature: signature.value,
  };
}

/** The one value of each attribute; undefined when one stands there twice. */
function attributesOf(wrapper: Tlv): ReadonlyMap<string, Tlv> | undefined {
  const level = readTlvs(wrapper.value, { maxSiblings: 16 });
  if (!level.ok) return undefined;
  const found = new Map<string, Tlv>();
  for (const attribute of level.value) {
    const [type, values] = sequence(attribute.raw, 2);
    const oid = type && oidOf(type);
    const value = values?.tag === 0x31 ? readTlv(values.value) : undefined;
    if (!oid || !value?.ok || found.has(oid)) return undefined;
    found.set(oid, value.value);
  }
  return found;
}

/** The objects inside the SEQUENCE that `bytes` begin with; empty when it is none. */
function sequence(bytes: Uint8Array, maxSiblings: number): readonly Tlv[] {
  const outer = readTlv(bytes);
  const level =
    outer.ok && outer.value.tag === 0x30 ? readTlvs(outer.value.value, { maxSiblings }) : undefined;
  return level?.ok ? level.value : [];
}

const oidOf = (object: Tlv) => (object.tag === 0x06 ? decodeOid(object.value) : undefined);
