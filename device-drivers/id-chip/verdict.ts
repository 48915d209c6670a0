import { unreachable } from '@motcua/core';
import type { PassiveAuthentication } from './passive-authentication/passive-authentication.ts';
import type { PathFault } from './passive-authentication/trust-store.ts';

/** How the chip proved, or failed to prove, to be the one that the issuer made. */
export type ChipProof =
  | { readonly outcome: 'proved'; readonly by: 'chip-authentication' | 'active-authentication' }
  /** The key that the signed data name was tried, twice, and the chip does not hold or use it. */
  | {
      readonly outcome: 'failed';
      readonly by: 'chip-authentication' | 'active-authentication';
      readonly reason: 'wrong-key' | 'refused';
    }
  /** The chip's data name no key. */
  | { readonly outcome: 'none' }
  /** It names one that cannot be used here, or the proof could not be carried through. */
  | { readonly outcome: 'not-possible' };

/**
 * What a reading proves; see the README for what may be said to a person.
 * - `genuine`: the data are the issuer's, unaltered, and the chip is the one they were issued with.
 * - `issuer-not-trusted`: the data are as they were signed, but nothing tells that the signer is the issuer.
 * - `altered`: the data are not those that were signed, or signed data are withheld.
 * - `cloned`: the data hold, but the chip does not hold the key that they name.
 * - `cannot-tell`: none of these is proved.
 */
export type ChipVerdict =
  | { readonly verdict: 'genuine'; readonly by: 'chip-authentication' | 'active-authentication' }
  | { readonly verdict: 'issuer-not-trusted'; readonly reason: PathFault }
  | {
      readonly verdict: 'altered';
      readonly reason: 'signature' | 'hash' | 'not-covered' | 'signed-file-missing';
      readonly dataGroup: number | null;
    }
  | { readonly verdict: 'cloned'; readonly reason: 'wrong-key' | 'refused' }
  | {
      readonly verdict: 'cannot-tell';
      readonly reason:
        | 'sod-missing'
        | 'sod-malformed'
        | 'algorithm-not-supported'
        | 'signer-certificate-missing'
        /** The data are the issuer's, but any chip could hold a copy of them. */
        | 'chip-without-key'
        | 'chip-proof-not-possible';
    };

/** The worst that is proved comes first: altered data say nothing about keys, a copy nothing about its issuer. */
export function judge(data: PassiveAuthentication, proof: ChipProof): ChipVerdict {
  switch (data.outcome) {
    case 'altered':
      return { verdict: 'altered', reason: data.reason, dataGroup: data.dataGroup };
    case 'unverifiable':
      return { verdict: 'cannot-tell', reason: data.reason };
    case 'issuer-not-trusted':
      return proof.outcome === 'failed'
        ? { verdict: 'cloned', reason: proof.reason }
        : { verdict: 'issuer-not-trusted', reason: data.reason };
    case 'authentic':
      return judgeAuthentic(proof);
    default:
      return unreachable(data);
  }
}

function judgeAuthentic(proof: ChipProof): ChipVerdict {
  switch (proof.outcome) {
    case 'proved':
      return { verdict: 'genuine', by: proof.by };
    case 'failed':
      return { verdict: 'cloned', reason: proof.reason };
    case 'none':
      return { verdict: 'cannot-tell', reason: 'chip-without-key' };
    case 'not-possible':
      return { verdict: 'cannot-tell', reason: 'chip-proof-not-possible' };
    default:
      return unreachable(proof);
  }
}
