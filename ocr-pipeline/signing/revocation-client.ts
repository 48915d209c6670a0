import { createHash, type X509Certificate } from 'node:crypto';
import type { Clock } from '@motcua/core';
import {
  addressesOf,
  fingerprint,
  isSelfIssued,
  needsNoRevocationCheck,
  parseCertificate,
  readCertificate,
} from './certificate.ts';
import { encode, octetString, oid, sequence, TAG } from './der.ts';
import { requestBytes } from './http-client.ts';

import { type Evidence, joinEvidence, NO_EVIDENCE, parseCrl, parseOcsp, statusesOf } from './revocation.ts';

export interface CollectedEvidence {
  readonly evidence: Evidence;
  /** Certificates whose status could not be had anywhere. */
  readonly unavailable: readonly X509Certificate[];
}

/** Fetches what proves the status of certificates: issuers, OCSP answers, CRLs. */
export interface RevocationClient {
  /** For each certificate and its issuers up to a self-signed one; `known` are certificates at hand. Never fails. */
  collect(
    certificates: readonly X509Certificate[],
    known: readonly X509Certificate[],
    signal?: AbortSignal,
  ): Promise<CollectedEvidence>;
}

const MAX_CRL_BYTES = 10_485_760;
const MAX_OCSP_BYTES = 262_144;
const MAX_CERTIFICATE_BYTES = 65_536;
const MAX_CHAIN = 6;
/** An OCSP answer says "now": it is asked for anew after this. */
const OCSP_CACHE_MS = 60_000;
/** A CRL without a stated end, and a failure, are asked for anew after this. */
const DEFAULT_CACHE_MS = 600_000;
const FAILURE_CACHE_MS = 10_000;
const MAX_CACHED = 200;

export function createRevocationClient(options: {
  readonly clock: Clock;
  readonly timeoutMs: number;
}): RevocationClient {
  const { clock, timeoutMs } = options;
  const cache = new Map<string, { readonly until: number; readonly value: Uint8Array | null }>();

  /** `keepMs` of a value that is of use, `null` for one that is not. */
  async function cached(
    key: string,
    fetchIt: () => Promise<Uint8Array | null>,
    keepMs: (value: Uint8Array) => number | null,
  ): Promise<Uint8Array | null> {
    const now = clock.now().getTime();
    const known = cache.get(key);
    if (known !== undefined && now < known.until && now > known.until - 7 * 86_400_000) return known.value;
    const value = await fetchIt();
    const keep = value === null ? null : keepMs(value);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(
      key,
      keep === null ? { until: now + FAILURE_CACHE_MS, value: null } : { until: now + keep, value },
    );
    return keep === null ? null : value;
  }

  const get = async (url: string, maxBytes: number, signal?: AbortSignal) => {
    const answer = await requestBytes({ url, timeoutMs, maxBytes, signal });
    return answer.ok ? answer.value : null;
  };

  async function issuerOf(
    certificate: X509Certificate,
    known: readonly X509Certificate[],
    signal?: AbortSignal,
  ): Promise<X509Certificate | undefined> {
    const found = known.find(
      (one) => one.ca && certificate.checkIssued(one) && certificate.verify(one.publicKey),
    );
    if (found !== undefined) return found;
    for (const url of addressesOf(certificate).issuers) {
      const bytes = await cached(
        url,
        () => get(url, MAX_CERTIFICATE_BYTES, signal),
        () => DEFAULT_CACHE_MS,
      );
      const issuer = bytes === null ? undefined : readCertificate(bytes);
      if (issuer && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return issuer;
    }
    return undefined;
  }

  async function statusOf(
    certificate: X509Certificate,
    issuer: X509Certificate,
    known: readonly X509Certificate[],
    signal?: AbortSignal,
  ): Promise<Evidence | null> {
    const addresses = addressesOf(certificate);
    const useful = (evidence: Evidence) =>
      statusesOf(certificate, issuer, { ...evidence, certificates: known }).length > 0;
    for (const url of addresses.ocsp) {
      const ask = async () => {
        const answer = await requestBytes({
          url,
          post: { body: ocspRequest(certificate, issuer), contentType: 'application/ocsp-request' },
          timeoutMs,
          maxBytes: MAX_OCSP_BYTES,
          signal,
        });
        return answer.ok ? answer.value : null;
      };
      const evidence = (der: Uint8Array) => ({ ...NO_EVIDENCE, ocspResponses: [der] });
      const der = await cached(`${url} ${fingerprint(certificate)}`, ask, (value) =>
        useful(evidence(value)) ? OCSP_CACHE_MS : null,
      );
      if (der !== null) return { ...evidence(der), certificates: respondersIn(der) };
    }
    for (const url of addresses.crls) {
      const der = await cached(
        url,
        () => get(url, MAX_CRL_BYTES, signal),
        (value) => {
          const crl = parseCrl(value);
          if (crl === undefined) return null;
          const rest = (crl.nextUpdate?.value.getTime() ?? 0) - clock.now().getTime();
          return rest > 0 ? Math.min(rest, DEFAULT_CACHE_MS) : FAILURE_CACHE_MS;
        },
      );
      const evidence = { ...NO_EVIDENCE, crls: der === null ? [] : [der] };
      if (der !== null && useful(evidence)) return evidence;
    }
    return null;
  }

  return {
    collect: async (certificates, known, signal) => {
      let evidence: Evidence = NO_EVIDENCE;
      const unavailable: X509Certificate[] = [];
      const seen = new Set<string>();
      const waiting = certificates.map((certificate) => ({ certificate, depth: 0 }));
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { certificate, depth } = next;
        if (seen.has(fingerprint(certificate)) || depth > MAX_CHAIN) continue;
        seen.add(fingerprint(certificate));
        evidence = joinEvidence(evidence, { ...NO_EVIDENCE, certificates: [certificate] });
        if (isSelfIssued(certificate)) continue;
        const issuer = await issuerOf(certificate, [...known, ...evidence.certificates], signal);
        if (issuer !== undefined) waiting.push({ certificate: issuer, depth: depth + 1 });
        if (needsNoRevocationCheck(certificate)) continue;
        const status = issuer && (await statusOf(certificate, issuer, evidence.certificates, signal));
        if (!status) {
          unavailable.push(certificate);
          continue;
        }
        evidence = joinEvidence(evidence, { ...status, certificates: [] });
        for (const responder of status.certificates)
          waiting.push({ certificate: responder, depth: depth + 1 });
      }
      return { evidence, unavailable };
    },
  };
}

/** A responder that is not exempt has a status of its own to be proved. */
function respondersIn(der: Uint8Array): X509Certificate[] {
  return (parseOcsp(der)?.basic.certs ?? []).flatMap(
    (one) => readCertificate(new Uint8Array(one.toSchema(false).toBER(false))) ?? [],
  );
}

/** One question, SHA-1 as the identifier because every responder knows it; no nonce, so that answers can be prepared. */
function ocspRequest(certificate: X509Certificate, issuer: X509Certificate): Uint8Array {
  const parsed = parseCertificate(issuer);
  const sha1 = (bytes: Uint8Array) => octetString(createHash('sha1').update(bytes).digest());
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), encode(TAG.null)),
    sha1(new Uint8Array(parsed.subject.valueBeforeDecode)),
    sha1(parsed.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView),
    encode(TAG.integer, parseCertificate(certificate).serialNumber.valueBlock.valueHexView),
  );
  return sequence(sequence(sequence(sequence(id))));
}
