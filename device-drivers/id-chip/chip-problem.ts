import { unreachable } from '@motcua/core';
import type { ChipReaderCondition } from './pcsc/chip-reader.ts';
import type { ReadChipError } from './read-chip.ts';
import type { ChipVerdict } from './verdict.ts';

/** Why a chip was not read, or what speaks against it: a code that has its sentences in the catalogue of problems. */
export type ChipProblem =
  | 'chip-reader-absent'
  | 'chip-service-absent'
  | 'chip-removed'
  | 'chip-unsteady'
  | 'chip-mute'
  | 'chip-busy'
  | 'chip-wrong-key'
  | 'chip-needs-zone'
  | 'chip-not-an-identity-card'
  | 'chip-swapped'
  | 'chip-unreadable'
  | 'chip-cancelled'
  | 'chip-altered'
  | 'chip-cloned'
  | 'chip-issuer-not-trusted'
  | 'chip-cannot-tell'
  | 'chip-contradicts-code';

export function problemOfReading(error: ReadChipError): ChipProblem {
  switch (error.code) {
    case 'card-removed':
      return 'chip-removed';
    case 'card-unsteady':
      return 'chip-unsteady';
    case 'card-mute':
      return 'chip-mute';
    case 'card-busy':
      return 'chip-busy';
    case 'reader-lost':
      return 'chip-reader-absent';
    case 'service-lost':
      return 'chip-service-absent';
    case 'wrong-password':
      return 'chip-wrong-key';
    case 'no-common-protocol':
      return 'chip-needs-zone';
    case 'not-an-identity-chip':
      return 'chip-not-an-identity-card';
    case 'card-swapped':
      return 'chip-swapped';
    case 'pace-failed':
    case 'bac-failed':
    case 'sm-forged':
    case 'sm-unprotected':
    case 'file-unreadable':
    case 'length-refused':
    case 'chip-endless':
      return 'chip-unreadable';
    case 'cancelled':
      return 'chip-cancelled';
    default:
      return unreachable(error);
  }
}

/** What keeps a reading from proving the person; null for `genuine`. */
export function problemOfVerdict(verdict: ChipVerdict): ChipProblem | null {
  switch (verdict.verdict) {
    case 'genuine':
      return null;
    case 'issuer-not-trusted':
      return 'chip-issuer-not-trusted';
    case 'altered':
      return 'chip-altered';
    case 'cloned':
      return 'chip-cloned';
    case 'cannot-tell':
      return 'chip-cannot-tell';
    default:
      return unreachable(verdict);
  }
}

export function problemOfReader(condition: ChipReaderCondition): ChipProblem | null {
  switch (condition) {
    case 'ready':
      return null;
    case 'absent':
      return 'chip-reader-absent';
    case 'no-service':
    case 'no-driver':
    case 'denied':
      return 'chip-service-absent';
    default:
      return unreachable(condition);
  }
}
