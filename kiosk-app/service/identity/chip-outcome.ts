import type { IdentityLevel } from '@motcua/core';
import {
  type ChipReading,
  type ChipVerdict,
  type CitizenCard,
  crossCheck,
  problemOfVerdict,
} from '@motcua/device-drivers';

/** What is kept of a reading: what it proves, nothing of what the chip says. */
export interface ChipOutcome {
  readonly verdict: ChipVerdict['verdict'];
  /** The chip is not of the person whose code was shown, or not at one with itself. */
  readonly contradicts: boolean;
  readonly problem: string | null;
}

/**
 * How surely the person of the code is known after the chip was read. Never more than the chip proves: one that was
 * altered or copied, says somebody else, or has nothing signed leaves the code alone, unsigned as it is.
 */
export function judgeReading(
  reading: ChipReading,
  qr: CitizenCard,
): { readonly level: IdentityLevel; readonly outcome: ChipOutcome } {
  const { verdict } = reading.verdict;
  const number = reading.mrz?.personNumber ?? reading.holder?.number ?? null;
  const contradicts =
    number !== qr.number || crossCheck({ qr, mrz: reading.mrz, holder: reading.holder }).length > 0;
  const problem = contradicts ? 'chip-contradicts-code' : problemOfVerdict(reading.verdict);
  return { level: levelOf(reading, contradicts), outcome: { verdict, contradicts, problem } };
}

function levelOf({ verdict, passive }: ChipReading, contradicts: boolean): IdentityLevel {
  if (contradicts) return 'qr';
  if (verdict.verdict === 'genuine') return 'chip-proved';
  const isWhole = passive.outcome === 'authentic' || passive.outcome === 'issuer-not-trusted';
  return isWhole && verdict.verdict !== 'cloned' ? 'chip' : 'qr';
}
