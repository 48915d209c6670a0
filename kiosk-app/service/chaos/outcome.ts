/** What one kind of destruction has come to. */
export interface Outcome {
  /** Kills, cuts, failed calls. */
  readonly faults: number;
  readonly acknowledged: number;
  /** Each thing that was acknowledged and is not there, or there twice, or damaged. */
  readonly losses: readonly string[];
}
