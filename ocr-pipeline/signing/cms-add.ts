import { context, encode, integer, oid, readAll, readTlv, sequence, setOf, TAG, type Tlv } from './der.ts';
import { OID } from './oids.ts';

/** What a signature takes in on its way from B-B to B-LT; none of it is signed. All DER. */
export interface CmsAdditions {
  /** RFC 3161 tokens over the signature value. */
  readonly signatureTimeStamps?: readonly Uint8Array[];
  readonly certificates?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
  /** Whole OCSPResponse. */
  readonly ocspResponses?: readonly Uint8Array[];
}

/**
 * A CMS SignedData of one signer with more in it: every byte that is signed or time-stamped stays where it was in its
 * element. Certificates and revocation data go where CAdES-B-LT wants them, into SignedData itself (EN 319 122-1,
 * 5.4 and 6.3); OCSP as other revocation information (RFC 5940).
 *
 * @throws {Error} when `cms` is no DER SignedData: it was made or verified by us before.
 */
export function addToCms(cms: Uint8Array, additions: CmsAdditions): Uint8Array {
  const [type, wrapped] = children(readTlv(cms));
  const [signedData] = children(wrapped);
  const fields = children(signedData);
  const find = (tag: number) => fields.find((one, index) => index > 2 && one.tag === tag);
  const [version, digests, content] = fields;
  const signers = fields.at(-1);
  if (!type || !version || !digests || !content || signers?.tag !== TAG.set)
    throw new Error('not a SignedData');

  const certificates = [
    ...children(find(context(0))).map((one) => one.raw),
    ...(additions.certificates ?? []),
  ];
  const revocation = [
    ...children(find(context(1))).map((one) => one.raw),
    ...(additions.crls ?? []),
    ...(additions.ocspResponses ?? []).map((one) => encode(context(1), oid(OID.ocspRevocation), one)),
  ];
  const other = revocation.some((one) => one[0] === context(1));
  const [signer] = children(signers);
  if (signer === undefined) throw new Error('no signer');
  return sequence(
    type.raw,
    encode(
      context(0),
      sequence(
        // Other revocation information makes it version 5 (RFC 5652, 5.1).
        other ? integer(5) : version.raw,
        digests.raw,
        content.raw,
        ...(certificates.length > 0 ? [setOf(context(0), certificates)] : []),
        ...(revocation.length > 0 ? [setOf(context(1), revocation)] : []),
        encode(TAG.set, addToSigner(signer, additions.signatureTimeStamps ?? [])),
      ),
    ),
  );
}

function addToSigner(signer: Tlv, tokens: readonly Uint8Array[]): Uint8Array {
  if (tokens.length === 0) return signer.raw;
  const fields = children(signer);
  const unsigned = fields.at(-1)?.tag === context(1) ? fields.at(-1) : undefined;
  const kept = fields.filter((one) => one !== unsigned).map((one) => one.raw);
  const attributes = [
    ...children(unsigned).map((one) => one.raw),
    ...tokens.map((token) => sequence(oid(OID.signatureTimeStamp), encode(TAG.set, token))),
  ];
  return sequence(...kept, setOf(context(1), attributes));
}

function children(one: Tlv | undefined): readonly Tlv[] {
  if (one === undefined) return [];
  const found = readAll(one.content);
  if (found === undefined) throw new Error('not DER');
  return found;
}
