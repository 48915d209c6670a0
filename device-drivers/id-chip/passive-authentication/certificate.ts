import { err, ok, type Result } from '@motcua/core';
import { toHex } from '../bytes.ts';
import { decodeOid } from '../oid.ts';
import { readTlv, readTlvs, type Tlv } from '../tlv.ts';
import { type AlgorithmIdentifier, parseAlgorithm, verifySignature } from './algorithms.ts';

/** What of an X.509 certificate matters to passive authentication (ICAO 9303-12, chapter 7). */
export interface Certificate {
  readonly raw: Uint8Array;
  readonly signedPart: Uint8Array;
  /** Hexadecimal, as in the certificate. */
  readonly serial: string;
  /** Raw Name. */
  readonly issuerName: Uint8Array;
  /** Comparable: issuers write one name in different string types and cases. */
  readonly issuer: string;
  readonly subject: string;
  /** `VN`, upper case; of the subject, else of the issuer. */
  readonly country: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectKey: Uint8Array;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  readonly isCa: boolean;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export type CertificateError = { readonly code: 'certificate-malformed' };

const MAX_BYTES = 16_384;
const malformed = err<CertificateError>({ code: 'certificate-malformed' });

export function parseCertificate(bytes: Uint8Array): Result<Certificate, CertificateError> {
  const outer = readTlv(bytes);
  if (!outer.ok || outer.value.tag !== 0x30 || outer.value.raw.length > MAX_BYTES) return malformed;
  const [signedPart, algorithmPart, signature] = childrenOf(outer.value, 3);
  const algorithm = algorithmPart && parseAlgorithm(algorithmPart.raw);
  if (signedPart?.tag !== 0x30 || !algorithm || signature?.tag !== 0x03 || signature.value[0] !== 0)
    return malformed;
  const parts = childrenOf(signedPart, 12);
  // The version comes first, in [0], unless it is 1.
  const [serial, , issuer, validity, subject, subjectKey] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  const [from, to] = validity ? childrenOf(validity, 2) : [];
  const [notBefore, notAfter] = [from && timeOf(from), to && timeOf(to)];
  const issuerText = issuer && nameOf(issuer);
  const subjectText = subject && nameOf(subject);
  if (serial?.tag !== 0x02 || !issuer || !subjectKey || !notBefore || !notAfter) return malformed;
  if (issuerText === undefined || subjectText === undefined) return malformed;
  const extensions = readExtensions(parts.find((each) => each.tag === 0xa3));
  return ok({
    raw: outer.value.raw,
    signedPart: signedPart.raw,
    serial: toHex(serial.value),
    issuerName: issuer.raw,
    issuer: issuerText,
    subject: subjectText,
    country: countryOf(subjectText) ?? countryOf(issuerText),
    notBefore,
    notAfter,
    subjectKey: subjectKey.raw,
    subjectKeyId: extensions.subjectKeyId,
    authorityKeyId: extensions.authorityKeyId,
    isCa: extensions.isCa,
    algorithm,
    signature: signature.value.subarray(1),
  });
}

/** Whether `issuer`'s key signed `certificate`; false as well when its algorithm or key is not to be had. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const holds = verifySignature(
    certificate.algorithm,
    issuer.subjectKey,
    certificate.signedPart,
    certificate.signature,
  );
  return holds.ok && holds.value;
}

export const isValidAt = (certificate: Certificate, moment: Date) =>
  certificate.notBefore <= moment && moment <= certificate.notAfter;

function childrenOf(object: Tlv, maxSiblings: number): readonly Tlv[] {
  const level = readTlvs(object.value, { maxSiblings });
  return level.ok ? level.value : [];
}

/** UTCTime (years 1950 to 2049) or GeneralizedTime, both in Z. */
export function timeOf({ tag, value }: Tlv): Date | undefined {
  const text = Buffer.from(value.subarray(0, 20)).toString('latin1');
  const match =
    tag === 0x17
      ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/.exec(text)
      : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/.exec(text);
  if (!match || (tag !== 0x17 && tag !== 0x18)) return undefined;
  const [, years = '', month, day, hour, minute, second = '00'] = match;
  const year = tag === 0x18 ? years : Number(years) < 50 ? `20${years}` : `19${years}`;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** `2.5.4.6=vn/2.5.4.10=…`: attributes in order, lower case, single spaces. */
export function nameOf(name: Tlv): string | undefined {
  const sets = readTlvs(name.value, { maxSiblings: 32 });
  if (name.tag !== 0x30 || !sets.ok) return undefined;
  const attributes = sets.value.flatMap((set) =>
    childrenOf(set, 8).map((attribute) => {
      const [type, value] = childrenOf(attribute, 2);
      const text = Buffer.from(value?.value ?? []).toString(value?.tag === 0x1e ? 'latin1' : 'utf8');
      return `${decodeOid(type?.value ?? new Uint8Array(0))}=${text.replace(/\s+/g, ' ').trim().toLowerCase()}`;
    }),
  );
  return attributes.join('/');
}

const countryOf = (name: string) => /(?:^|\/)2\.5\.4\.6=([a-z]{2})(?:\/|$)/.exec(name)?.[1]?.toUpperCase();

function readExtensions(wrapper: Tlv | undefined) {
  const list = wrapper && readTlv(wrapper.value);
  const entries = list?.ok ? childrenOf(list.value, 32) : [];
  const found = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const parts = childrenOf(entry, 3);
    const oid = parts[0] && decodeOid(parts[0].value);
    const content = parts.at(-1);
    if (oid && content?.tag === 0x04) found.set(oid, content.value);
  }
  const inside = (oid: string) => {
    const object = readTlv(found.get(oid) ?? new Uint8Array(0));
    return object.ok ? object.value : undefined;
  };
  const subjectKeyId = inside('2.5.29.14');
  const authority = inside('2.5.29.35');
  const constraints = inside('2.5.29.19');
  const authorityKeyId = authority && childrenOf(authority, 4).find((each) => each.tag === 0x80);
  const ca = constraints && childrenOf(constraints, 2)[0];
  return {
    subjectKeyId: subjectKeyId && toHex(subjectKeyId.value),
    authorityKeyId: authorityKeyId && toHex(authorityKeyId.value),
    isCa: ca?.tag === 0x01 && ca.value[0] !== 0,
  };
}
