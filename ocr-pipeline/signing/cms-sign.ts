import { hash } from 'node:crypto';
import { ok, type Result } from '@motcua/core';
import { digestIdentifier, digestOf, signatureIdentifier } from './algorithms.ts';
import {
  context,
  encode,
  integer,
  octetString,
  oid,
  readAll,
  readTlv,
  sequence,
  setOf,
  TAG,
  time,
} from './der.ts';
import { OID } from './oids.ts';
import type { SigningKey, SigningKeyError } from './signing-key.ts';

/**
 * A detached CMS SignedData of one signer in DER at level B-B: content-type, message-digest and
 * signing-certificate-v2 as signed attributes, the signer's whole chain beside them.
 *
 * `signingTime` belongs into a CAdES signature (ETSI EN 319 122-1, 5.2.1) and must not be in a PAdES one
 * (EN 319 142-1, 6.3 i), where the dictionary's M says it: null leaves it out.
 */
export async function signCms(options: {
  /** Digest of the content, by the digest of the key's algorithm (`digestOf`). */
  readonly contentDigest: Uint8Array;
  readonly key: SigningKey;
  readonly signingTime: Date | null;
}): Promise<Result<Uint8Array, SigningKeyError>> {
  const { key, contentDigest, signingTime } = options;
  const [signer] = key.chain;
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octetString(contentDigest)),
    attribute(OID.signingCertificateV2, signingCertificate(signer.raw)),
    ...(signingTime === null ? [] : [attribute(OID.signingTime, time(signingTime))]),
  ];
  // Signed is the SET OF itself, not the [0] that it is written as (RFC 5652, 5.4).
  const signed = await key.sign(setOf(TAG.set, attributes));
  if (!signed.ok) return signed;
  const digestAlgorithm = digestIdentifier(digestOf(key.algorithm));
  const signerInfo = sequence(
    integer(1),
    issuerAndSerialNumber(signer.raw),
    digestAlgorithm,
    setOf(context(0), attributes),
    signatureIdentifier(key.algorithm),
    octetString(signed.value),
  );
  const signedData = sequence(
    integer(1),
    setOf(TAG.set, [digestAlgorithm]),
    sequence(oid(OID.data)),
    setOf(
      context(0),
      key.chain.map((one) => one.raw),
    ),
    setOf(TAG.set, [signerInfo]),
  );
  return ok(sequence(oid(OID.signedData), encode(context(0), signedData)));
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), setOf(TAG.set, [value]));
}

/** ESSCertIDv2 with its default digest, SHA-256, which DER leaves out (RFC 5035). */
function signingCertificate(der: Uint8Array): Uint8Array {
  return sequence(sequence(sequence(octetString(hash('sha256', der, 'buffer')))));
}

/** Copied from the certificate byte for byte: names compare by their encoding. */
function issuerAndSerialNumber(der: Uint8Array): Uint8Array {
  const fields = readAll(readTlv(readTlv(der)?.content ?? der)?.content ?? der) ?? [];
  // Version 3 has its [0] first; then serialNumber, signature, issuer.
  const [serial, , issuer] = fields[0]?.tag === context(0) ? fields.slice(1) : fields;
  if (serial === undefined || issuer === undefined) throw new Error('not a certificate');
  return sequence(issuer.raw, serial.raw);
}
