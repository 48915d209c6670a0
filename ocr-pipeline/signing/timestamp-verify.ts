import { createHash } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { purposes } from './certificate.ts';
import { readSignature } from './cms-read.ts';
import {
  type Circumstances,
  CLOCK_TOLERANCE_MS,
  checkCore,
  coreCode,
  judgeCertificate,
} from './cms-verify.ts';
import { type DigestName, OID, strongDigests, weakAlgorithms } from './oids.ts';
import { describeSigner, distinct, type SignatureProblem, type Signer } from './problems.ts';
import { type Evidence, inspectEvidence, joinEvidence, NO_EVIDENCE } from './revocation.ts';
import type { Trust } from './trust.ts';

export interface TimeStampOutcome {
  readonly problems: readonly SignatureProblem[];
  /** What the token says, once it holds cryptographically and over the right bytes. */
  readonly time: Date | null;
  readonly authority: Signer | null;
  readonly trust: Trust;
  /** End of validity of the authority's certificate: a newer time-stamp must stand over this one before then. */
  readonly renewBefore: Date | null;
  /** Whether the revocation of the authority's whole path is at hand. */
  readonly complete: boolean;
  /** What came with the token. */
  readonly evidence: Evidence;
}

/**
 * Verifies an RFC 3161 time-stamp token over data known by its digests. `proof` is the time of a later time-stamp over
 * this one, under which the authority's certificate may have ended meanwhile.
 */
export function verifyTimeStamp(
  token: Uint8Array,
  imprinted: (name: DigestName) => Uint8Array,
  circumstances: Circumstances,
  proof: Date | null,
): TimeStampOutcome {
  const read = readSignature(token, OID.tstInfo);
  const info = read?.content === undefined ? undefined : readInfo(read.content);
  if (!read?.content || info === undefined || read.contentType !== OID.tstInfo)
    return broken('timestamp-malformed');
  const { content } = read;
  const core = checkCore(read, (name) => createHash(name).update(content).digest(), 'named');
  if (core.problem !== null) return broken(coreCode(core.problem, 'timestamp'));
  const id = info.messageImprint.hashAlgorithm.algorithmId;
  const digest = strongDigests[id];
  if (digest === undefined)
    return broken(weakAlgorithms.has(id) ? 'timestamp-weak-algorithm' : 'timestamp-malformed');
  if (!Buffer.from(imprinted(digest)).equals(Buffer.from(info.messageImprint.hashedMessage.getValue())))
    return broken('timestamp-of-other-data');
  const usage = purposes(core.certificate);
  // Critical and for this purpose alone (RFC 3161, 2.3).
  if (usage?.critical !== true || usage.oids.length !== 1 || usage.oids[0] !== OID.timeStamping)
    return broken('timestamp-not-by-authority');

  const time = info.genTime;
  const problems: SignatureProblem[] = [];
  const evidence = joinEvidence(read.evidence, circumstances.evidence);
  const judged = judgeCertificate(core.certificate, evidence, circumstances, time, proof !== null);
  for (const { code, weight } of judged.findings)
    switch (code) {
      case 'untrusted':
        problems.push({ code: 'timestamp-untrusted', weight });
        break;
      case 'expired-since':
        problems.push({ code: 'timestamp-expired-since', weight });
        break;
      case 'not-valid-then':
        problems.push({ code: 'timestamp-wrong', weight });
        break;
      case 'revoked-before':
      case 'revoked-since':
        problems.push({ code: 'timestamp-revoked', weight });
        break;
      case 'unavailable':
        problems.push({ code: 'revocation-unavailable', weight });
    }
  if (time.getTime() > circumstances.at.getTime() + CLOCK_TOLERANCE_MS)
    problems.push({ code: 'timestamp-in-future', weight: 'cannot-tell' });
  const inspected = inspectEvidence(
    read.evidence,
    circumstances.anchors,
    circumstances.evidence.certificates,
  );
  if (inspected === 'damaged') problems.push({ code: 'validation-data-damaged', weight: 'invalid' });
  if (inspected === 'unverified')
    problems.push({ code: 'validation-data-unverified', weight: 'cannot-tell' });
  if (read.unknownUnsigned.length > 0)
    problems.push({ code: 'signature-unknown-attribute', weight: 'cannot-tell' });
  return {
    problems: distinct(problems),
    time,
    authority: describeSigner(core.certificate),
    trust: judged.trust,
    renewBefore: core.certificate.validToDate,
    complete: judged.complete,
    evidence: read.evidence,
  };
}

function readInfo(der: Uint8Array): pki.TSTInfo | undefined {
  try {
    const parsed = asn1.fromBER(der);
    return parsed.offset === der.length ? new pki.TSTInfo({ schema: parsed.result }) : undefined;
  } catch {
    return undefined;
  }
}

function broken(code: SignatureProblem['code']): TimeStampOutcome {
  return {
    problems: [{ code, weight: 'invalid' }],
    time: null,
    authority: null,
    trust: { trusted: false, why: 'signer-unknown' },
    renewBefore: null,
    complete: false,
    evidence: NO_EVIDENCE,
  };
}
