import { stripVTControlCharacters } from 'node:util';
import type { SignatureLevel } from '@motcua/ocr-pipeline/dossier';

/** What has become of the visit's dossier. */
export interface DemoOutcome {
  /** The gateway accepted the dossier and its receipt was verified, here once more by the files alone. */
  readonly accepted: boolean;
  readonly dossierCode: string | null;
  readonly ticketNumber: string | null;
  /** What the dossier's seal has reached: B-LTA with the demo's authorities, B-B without OpenSSL. */
  readonly sealLevel: SignatureLevel | null;
  /** Absolute paths; null for what a visit that failed has not made. */
  readonly artefacts: {
    readonly ticket: string | null;
    readonly receipt: string | null;
    readonly receiptToken: string | null;
    readonly dossier: string | null;
    readonly pdfs: readonly string[];
    /** Certificates of this demo's kiosk and city, for `motcua verify --trust`. */
    readonly trust: string | null;
  };
}

export interface DemoReport extends DemoOutcome {
  readonly pages: readonly ReportedPage[];
  readonly steps: readonly DemoStep[];
  /** How often the demo was started for this visit: more than once when it was killed and went on. */
  readonly starts: number;
  /** Where the data of kiosk and city lie; null when it was deleted. */
  readonly folder: string | null;
  /** Why the visit did not reach its end; absent when it did. */
  readonly problem?: string;
}

export interface DemoStep {
  readonly name: string;
  readonly ms: number;
}

export interface ReportedPage {
  readonly file: string;
  readonly text: string;
  readonly kind?: string;
  /** Best candidate per field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Why the page could not be read; it is then left out of the dossier. */
  readonly problem?: string;
}

/** Why a visit cannot go on, however often it is tried. */
export class VisitFailure extends Error {}

/** What is told of a visit that broke off after these steps. */
export function failedReport(
  problem: string,
  steps: DemoReport['steps'],
  { ticketNumber, pages, starts }: Pick<DemoReport, 'ticketNumber' | 'pages' | 'starts'> = nothing,
): DemoReport {
  return {
    accepted: false,
    dossierCode: null,
    ticketNumber,
    sealLevel: null,
    artefacts: { ticket: null, receipt: null, receiptToken: null, dossier: null, pdfs: [], trust: null },
    pages,
    steps,
    starts,
    folder: null,
    problem,
  };
}

const nothing = { ticketNumber: null, pages: [], starts: 1 } as const;

/** One sentence for a person, also of what the browser's driver reports with its whole log. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the demo failed';
  const button = /^locator\.\w+: Timeout.*?waiting for ([^\n]+)/s.exec(error.message)?.[1];
  if (button)
    return `the kiosk’s screen did not come so far in time: waited for ${stripVTControlCharacters(button)}`;
  return stripVTControlCharacters(error.message.split('\nCall log:')[0] ?? '').trim();
}
