import type { ScannerErrorCode } from '../page-store.ts';
import type { ScanSource } from '../scanner.ts';
import { child, descendants, numberIn, type XmlElement } from './xml.ts';

/** What `ScannerStatus` says. */
export interface EsclStatus {
  readonly state: 'Idle' | 'Processing' | 'Testing' | 'Stopped' | 'Down';
  /** `ScannerAdfLoaded`, `ScannerAdfEmpty`, `ScannerAdfJam` …; null when the scanner says nothing of a feeder. */
  readonly adfState: string | null;
  readonly jobs: readonly EsclJob[];
}

export interface EsclJob {
  /** Path of its address; the host in it is often a name that does not resolve here. */
  readonly path: string;
  readonly state: 'Pending' | 'Processing' | 'Completed' | 'Canceled' | 'Aborted' | null;
  readonly imagesToTransfer: number;
}

const STATES = ['Idle', 'Processing', 'Testing', 'Stopped', 'Down'] as const;
const JOB_STATES = ['Pending', 'Processing', 'Completed', 'Canceled', 'Aborted'] as const;
const MAX_JOBS = 100;

/** Null for XML that is no `ScannerStatus` or has no state of the standard. */
export function readStatus(root: XmlElement | undefined): EsclStatus | null {
  if (root?.name !== 'ScannerStatus') return null;
  const state = STATES.find((one) => one === child(root, 'State')?.text);
  if (!state) return null;
  return {
    state,
    adfState: child(root, 'AdfState')?.text ?? null,
    jobs: descendants(root, 'JobInfo').slice(0, MAX_JOBS).map(readJob),
  };
}

function readJob(info: XmlElement): EsclJob {
  return {
    path: pathOf(child(info, 'JobUri')?.text ?? ''),
    state: JOB_STATES.find((one) => one === child(info, 'JobState')?.text) ?? null,
    imagesToTransfer: numberIn(info, 'ImagesToTransfer') ?? 0,
  };
}

/** Of an address, absolute or not, without a slash at its end. */
export function pathOf(address: string): string {
  return URL.parse(address, 'http://scanner/')?.pathname.replace(/\/+$/, '') ?? '';
}

/** What hinders a scan from this source, by the scanner's own word; null when it names nothing. */
export function hindrance({ state, adfState }: EsclStatus, source: ScanSource): ScannerErrorCode | null {
  const feeder = source !== 'flatbed';
  // A feeder in trouble does not matter to the glass, unless the scanner stopped for it.
  if (feeder || state === 'Stopped') {
    switch (adfState) {
      case 'ScannerAdfJam':
      case 'ScannerAdfMispick':
      case 'ScannerAdfMultipickDetected':
      case 'ScannerAdfInputTrayFailed':
        return 'scanner-jam';
      case 'ScannerAdfHatchOpen':
      // Not in the specification, but on scanners that sane-airscan knows.
      case 'ScannerAdfDoorOpen':
        return 'scanner-cover-open';
      case 'ScannerAdfDuplexPageTooShort':
      case 'ScannerAdfDuplexPageTooLong':
      case 'ScannerAdfInputTrayOverloaded':
        return 'scanner-io';
    }
  }
  return state === 'Stopped' || state === 'Down' ? 'scanner-io' : null;
}
