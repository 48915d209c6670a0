import type { ReceiptClaims } from '@motcua/contract';
import type { Result } from '@motcua/core';
import type { DossierMetadata } from '@motcua/ocr-pipeline/dossier';

/** An accepted dossier on its way to the system that settles procedures. Holds personal data: never log it. */
export interface AcceptedDossier {
  readonly receipt: ReceiptClaims;
  readonly metadata: DossierMetadata;
  /** The sealed container, as long as the call runs. */
  readonly file: string;
  readonly size: number;
}

export type HandoverProblem = {
  /** `final`: the system will not have this dossier, an officer must look. Otherwise it is tried again. */
  readonly final: boolean;
  /** A short name for the log, without content. */
  readonly code: string;
};

/** The city's own system, behind one adapter for each make. */
export interface CitySystem {
  /**
   * Hands a dossier over. May be called again for the same one after a success that was not heard of: the adapter sees
   * to it that the system has it once, by the dossier code.
   *
   * @returns its status there, of the national list.
   */
  handOver(dossier: AcceptedDossier, signal: AbortSignal): Promise<Result<number, HandoverProblem>>;
  /** What became of it; null when the system does not know it. */
  status(dossierCode: string, signal: AbortSignal): Promise<Result<number | null, HandoverProblem>>;
}
