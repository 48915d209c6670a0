import type { PrintCertainty, PrinterError } from '../printer.ts';

/**
 * queued: waits, with a `problem` while the printer keeps it waiting. sending, sent: bytes may have reached the printer.
 * confirmed: printed, `certainty` says how we know. unknown: it may be on paper, nobody can say; failed: it is not.
 */
export type JournalState = 'queued' | 'sending' | 'sent' | 'confirmed' | 'unknown' | 'failed';

export interface JournalJob {
  readonly id: string;
  readonly state: JournalState;
  /** It must bear the mark of a copy, because an earlier one may have come out. */
  readonly copy: boolean;
  /** How often bytes of it have left for the printer. */
  readonly attempts: number;
  readonly problem: PrinterError['code'] | null;
  readonly certainty: PrintCertainty | null;
}

export type JournalChange = Pick<JournalJob, 'state' | 'copy' | 'attempts' | 'problem' | 'certainty'>;

/** Where the journal lives. Every call is durable when it returns: a power cut afterwards loses nothing of it. */
export interface JournalStore {
  /** The oldest queued job. */
  next(): JournalJob | undefined;
  get(id: string): JournalJob | undefined;
  /** What a process that died left in `sending` or `sent`. */
  interrupted(): readonly JournalJob[];
  record(id: string, change: JournalChange): void;
}
