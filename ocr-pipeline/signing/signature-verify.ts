import { createHash } from 'node:crypto';
import { allows } from './certificate.ts';
import { readSignature } from './cms-read.ts';
import {
  type Circumstances,
  CLOCK_TOLERANCE_MS,
  checkCore,
  coreCode,
  judgeCertificate,
} from './cms-verify.ts';
import { type DigestName, OID } from './oids.ts';
import { describeSigner, distinct, type SignatureProblem, type Signer } from './problems.ts';
import { type Evidence, inspectEvidence, joinEvidence, NO_EVIDENCE } from './revocation.ts';
import { type TimeStampOutcome, verifyTimeStamp } from './timestamp-verify.ts';
import type { Trust } from './trust.ts';

export interface SignatureOutcome {
  readonly problems: readonly SignatureProblem[];
  readonly signer: Signer | null;
  /** What the signer claims. */
  readonly signingTime: Date | null;
  /** The earliest time at which a trusted authority proves that the signature existed. */
  readonly provenTime: Date | null;
  readonly trust: Trust;
  readonly timeStamps: readonly TimeStampOutcome[];
  /** Whether revocation data of the signer's and the time-stamps' whole paths are at hand. */
  readonly complete: boolean;
  /** What came inside the signature. */
  readonly evidence: Evidence;
}

/**
 * Verifies a detached CMS signature over content known by its digests, believing nothing in it. `cades` carries the
 * claimed time itself; for `pades` the dictionary's M is given; `pdf-cms` are PDF signatures from before PAdES, which
 * need not name the signer's certificate. `proofs` are times of trusted time-stamps that stand over this signature.
 */
export function verifySignature(
  der: Uint8Array,
  contentDigest: (name: DigestName) => Uint8Array,
  circumstances: Circumstances,
  options: {
    readonly profile: 'cades' | 'pades' | 'pdf-cms';
    readonly claimedTime?: Date | null;
    readonly proofs?: readonly Date[];
  },
): SignatureOutcome {
  const { profile } = options;
  const read = readSignature(der, OID.data);
  if (read === undefined || read.contentType !== OID.data) return broken('signature-malformed');
  const core = checkCore(read, contentDigest, profile === 'pdf-cms' ? 'named-or-not' : 'named');
  if (core.problem !== null)
    return broken(
      coreCode(core.problem, 'signature'),
      core.problem === 'unknown-algorithm' ? 'cannot-tell' : 'invalid',
    );
  const { certificate } = core;
  const problems: SignatureProblem[] = [];
  const add = (code: SignatureProblem['code'], weight: SignatureProblem['weight']) =>
    problems.push({ code, weight });
  if (!allows(certificate, 'digitalSignature', 'nonRepudiation')) add('signer-not-for-signing', 'invalid');

  const evidence = joinEvidence(read.evidence, circumstances.evidence);
  const within = { ...circumstances, evidence };
  const proofs = [...(options.proofs ?? [])].sort((a, b) => a.getTime() - b.getTime());
  const digestOfValue = (name: DigestName) => createHash(name).update(read.signatureValue).digest();
  const timeStamps = read.timeStamps.map((token) =>
    verifyTimeStamp(token, digestOfValue, within, proofs[0] ?? null),
  );
  for (const one of timeStamps) problems.push(...one.problems);
  const times = timeStamps
    .filter((one) => one.problems.every(({ weight }) => weight === 'warning'))
    .flatMap((one) => one.time ?? []);
  const provenTime = [...times, ...proofs].sort((a, b) => a.getTime() - b.getTime())[0] ?? null;

  const signingTime =
    (profile === 'cades' ? read.signingTime : (options.claimedTime ?? read.signingTime)) ?? null;
  if (signingTime === null) {
    if (profile !== 'pdf-cms') add('signing-time-missing', 'invalid');
  } else if (signingTime.getTime() > circumstances.at.getTime() + CLOCK_TOLERANCE_MS)
    add('signing-time-in-future', 'cannot-tell');

  const judged = judgeCertificate(
    certificate,
    evidence,
    circumstances,
    provenTime ?? signingTime ?? circumstances.at,
    provenTime !== null,
  );
  for (const { code, weight } of judged.findings)
    switch (code) {
      case 'untrusted':
        add('signer-untrusted', weight);
        break;
      case 'expired-since':
        add('certificate-expired-since', weight);
        break;
      case 'not-valid-then':
        add('certificate-not-valid-when-signed', weight);
        break;
      case 'revoked-before':
        add('certificate-revoked-when-signed', weight);
        break;
      case 'revoked-since':
        add('certificate-revoked-since', weight);
        break;
      case 'unavailable':
        add('revocation-unavailable', weight);
    }
  const embedded = joinEvidence(read.evidence, ...timeStamps.map((one) => one.evidence));
  const inspected = inspectEvidence(read.evidence, circumstances.anchors, [
    ...circumstances.evidence.certificates,
    ...embedded.certificates,
  ]);
  if (inspected === 'damaged') add('validation-data-damaged', 'invalid');
  // Without trust in the signer it is said already that the issuer is not at hand.
  // A signer who is in the trust list himself may come with issuers whom nobody here knows.
  if (inspected === 'unverified' && judged.trust.trusted)
    add('validation-data-unverified', judged.trust.why === 'pinned' ? 'warning' : 'cannot-tell');
  if (read.unknownUnsigned.length > 0) add('signature-unknown-attribute', 'cannot-tell');
  return {
    problems: distinct(problems),
    signer: describeSigner(certificate),
    signingTime,
    provenTime,
    trust: judged.trust,
    timeStamps,
    complete: judged.complete && timeStamps.every((one) => one.complete),
    evidence: embedded,
  };
}

function broken(
  code: SignatureProblem['code'],
  weight: SignatureProblem['weight'] = 'invalid',
): SignatureOutcome {
  return {
    problems: [{ code, weight }],
    signer: null,
    signingTime: null,
    provenTime: null,
    trust: { trusted: false, why: 'signer-unknown' },
    timeStamps: [],
    complete: false,
    evidence: NO_EVIDENCE,
  };
}
