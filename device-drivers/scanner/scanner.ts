import type { Result } from '@motcua/core';

/** `feeder-duplex` takes both sides of every sheet, fronts and backs in turn. */
export type ScanSource = 'flatbed' | 'feeder' | 'feeder-duplex';
export type ScanColour = 'colour' | 'grey';
export type PaperSize = 'a3' | 'a4' | 'a5' | 'id-1';

export interface ScanRequest {
  /** Where finished pages are put; each is whole and fsynced before `onPage` hears of it. */
  readonly folder: string;
  /** Name of the next page file without its ending; called once per page. */
  readonly nextName: () => string;
  readonly resolutionDpi: number;
  readonly colour: ScanColour;
  /** A scanner without this source takes the nearest that it has: `fitScan`. */
  readonly source: ScanSource;
  /** The paper in the upper left corner; without it, all that the source can see. */
  readonly size?: PaperSize;
  readonly signal?: AbortSignal;
}

export interface ScannedPage {
  readonly file: string;
  /** By its first bytes; `application/octet-stream` is what somebody laid into a watched folder that is no image. */
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/tiff' | 'application/octet-stream';
}

export type ScannerError = {
  readonly code:
    | 'scanner-absent'
    | 'scanner-busy'
    | 'scanner-empty'
    | 'scanner-jam'
    | 'scanner-cover-open'
    | 'scanner-denied'
    /** Another device than the configured one answers at its address, or its certificate was renewed. */
    | 'scanner-untrusted'
    | 'scanner-io'
    | 'scanner-lost'
    | 'scanner-timeout'
    | 'scanner-cancelled'
    | 'scanner-disk-full';
  /** Pages that were finished and kept before the failure. */
  readonly pagesKept: number;
};

export type ScannerCondition = 'ready' | 'busy' | 'absent' | 'failed';

/** What one source offers, whatever the scanner itself calls it. */
export interface SourceCapabilities {
  readonly source: ScanSource;
  /** Empty: it does not say. */
  readonly colours: readonly ScanColour[];
  /** Dots per inch: a list, the ends of a range, or null when it does not say. */
  readonly resolutions: readonly number[] | { readonly min: number; readonly max: number } | null;
  readonly largest: { readonly widthMm: number; readonly heightMm: number } | null;
}

/** Empty: the scanner does not say what it has, and requests go to it as they are. */
export type ScannerCapabilities = readonly SourceCapabilities[];

/** One document scanner. One scan at a time; every wait is bounded by a watchdog; finished pages always survive. */
export interface DocumentScanner {
  readonly uri: string;
  condition(): Promise<ScannerCondition>;
  capabilities(): Promise<Result<ScannerCapabilities, ScannerError['code']>>;
  scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => Promise<void>,
  ): Promise<Result<{ readonly pages: number }, ScannerError>>;
  close(): Promise<void>;
}
