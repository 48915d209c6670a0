import type { Result } from '@motcua/core';

export interface ScanRequest {
  /** Where finished pages are put; each is whole and fsynced before `onPage` hears of it. */
  readonly folder: string;
  /** Name of the next page file without its ending; called once per page. */
  readonly nextName: () => string;
  readonly resolutionDpi: number;
  readonly colour: 'colour' | 'grey';
  readonly source: 'flatbed' | 'feeder';
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
    | 'scanner-io'
    | 'scanner-lost'
    | 'scanner-timeout'
    | 'scanner-cancelled'
    | 'scanner-disk-full';
  /** Pages that were finished and kept before the failure. */
  readonly pagesKept: number;
};

export type ScannerCondition = 'ready' | 'busy' | 'absent' | 'failed';

/** One document scanner. One scan at a time; every wait is bounded by a watchdog; finished pages always survive. */
export interface DocumentScanner {
  readonly uri: string;
  condition(): Promise<ScannerCondition>;
  scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => Promise<void>,
  ): Promise<Result<{ readonly pages: number }, ScannerError>>;
  close(): Promise<void>;
}
