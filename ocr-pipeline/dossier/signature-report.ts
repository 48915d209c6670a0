import type { SignatureLevel, SignatureOutcome, TimeStampOutcome } from '../signing/index.ts';
import type { SignatureReport } from './reasons.ts';

/** What is told of one signature, wherever it stands. */
export function signatureReport(
  outcome: SignatureOutcome,
  place: {
    readonly file: string;
    readonly level: SignatureLevel | null;
    readonly covers: readonly string[];
    /** Time-stamps that stand over it from outside. */
    readonly further: readonly TimeStampOutcome[];
  },
): SignatureReport {
  const codes = outcome.problems.map(({ code }) => code);
  return {
    file: place.file,
    level: place.level,
    signer: outcome.signer,
    signingTime: outcome.signingTime?.toISOString() ?? null,
    provenTime: outcome.provenTime?.toISOString() ?? null,
    trust: outcome.trust,
    revocation: codes.some(
      (code) => code === 'certificate-revoked-when-signed' || code === 'certificate-revoked-since',
    )
      ? 'revoked'
      : codes.includes('revocation-unavailable') || outcome.signer === null
        ? 'unavailable'
        : 'checked',
    timeStamps: [...outcome.timeStamps, ...place.further].map((one) => ({
      time: one.time?.toISOString() ?? null,
      authority: one.authority,
      trust: one.trust,
    })),
    covers: place.covers,
  };
}
