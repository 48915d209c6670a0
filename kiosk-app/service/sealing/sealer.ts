import { type Clock, type Logger, ok, type Result } from '@motcua/core';
import {
  type Authorities,
  type LevelProblem,
  raiseDossier,
  type Seal,
  type SignatureLevel,
  signPdf,
} from '@motcua/ocr-pipeline/dossier';

/** How far a seal has come, and why not further. */
export interface SealLevel {
  readonly level: SignatureLevel;
  readonly problem: LevelProblem | 'seal-not-raised' | null;
  /** When the newest time-stamp must have got a successor. */
  readonly renewBefore: Date | null;
}

/** Puts the kiosk's seal on papers and dossiers, as high as the authorities let it within a short time. */
export interface Sealer {
  /** Seals each PDF in its place. Without the authorities it still succeeds, at B-B. */
  sealPapers(files: readonly string[], budget: AbortSignal): Promise<Result<void, { readonly code: string }>>;
  /** Raises a sealed dossier in its place. Never fails: what is not reached is told and done later. */
  raise(
    file: string,
    options?: { readonly renew?: boolean; readonly signal?: AbortSignal },
  ): Promise<SealLevel>;
  /** The time that a visit lends to the authorities. */
  budget(): AbortSignal;
}

export function createSealer(deps: {
  readonly seal: Seal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly authorities: Authorities | null;
  readonly kioskName: string;
  readonly budgetMs: number;
}): Sealer {
  const { seal, clock, authorities } = deps;
  return {
    budget: () => AbortSignal.timeout(deps.budgetMs),
    sealPapers: async (files, budget) => {
      let reachable = authorities;
      for (const file of files) {
        const signed = await signPdf({
          from: file,
          to: file,
          key: seal.key,
          words: {
            time: clock.now(),
            signerName: deps.kioskName,
            reason: 'Số hóa tại kiosk; chờ cán bộ ký xác nhận',
          },
          authorities: budget.aborted ? null : reachable,
          signal: budget,
        });
        if (!signed.ok) return signed;
        // Nobody waits for a silent authority twice.
        if (signed.value.problem !== null) reachable = null;
      }
      return ok(undefined);
    },
    raise: async (file, { renew = false, signal } = {}) => {
      const nothing: SealLevel = { level: 'B-B', problem: null, renewBefore: null };
      if (authorities === null) return nothing;
      const raised = await raiseDossier({
        file,
        authorities,
        now: clock.now(),
        renew,
        ...(signal && { signal }),
      });
      if (raised.ok) return raised.value;
      deps.logger.error({ code: raised.error.code }, 'a seal could not be raised');
      return { ...nothing, problem: 'seal-not-raised' };
    },
  };
}
