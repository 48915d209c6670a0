import { err, ok, type Result } from '@motcua/core';
import { pause } from '../../pause.ts';
import type { Timers } from '../../timers.ts';
import { codeOfFileError, type ScannerErrorCode } from '../page-store.ts';
import { type EsclCapabilities, readCapabilities } from './capabilities.ts';
import { callScanner, type HttpAnswer, type HttpCall, type HttpError } from './http.ts';
import { type EsclStatus, pathOf, readStatus } from './status.ts';
import { parseXml } from './xml.ts';

/** What a request for the next page can bring. */
export type NextDocument =
  | { readonly kind: 'page' }
  /** 503: the sheet is on its way. */
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** 404, 409, 410: no more pages, or asked too soon. */
  | { readonly kind: 'none' };

/** The five requests of eSCL (Mopria eSCL Technical Specification, 2.97). */
export interface EsclDevice {
  capabilities(signal: AbortSignal): Promise<Result<EsclCapabilities, ScannerErrorCode>>;
  status(signal: AbortSignal): Promise<Result<EsclStatus, ScannerErrorCode>>;
  /** Begins a scan; the path of the job, or null when the scanner cannot begin one now. */
  createJob(settings: string, signal: AbortSignal): Promise<Result<string | null, ScannerErrorCode>>;
  nextDocument(
    job: string,
    file: string,
    call: { readonly signal: AbortSignal; readonly onData: () => void },
  ): Promise<Result<NextDocument, ScannerErrorCode>>;
  /** Ends the job, as some models must be told before they scan again. Tries more than once; bounded in time. */
  deleteJob(job: string): Promise<boolean>;
}

export const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;
const DELETE_TIMEOUT_MS = 5_000;
const DELETE_ATTEMPTS = 3;
const MAX_JOB_PATH = 500;

/**
 * `base`: `http[s]://host:port/eSCL`. Everything is asked of this host, whatever addresses the scanner answers.
 * `certificate`: see `connectTo`.
 */
export function eSclDevice(base: URL, certificate: string | null, timers: Timers): EsclDevice {
  const root = base.pathname.replace(/\/+$/, '');

  const ask = async (call: HttpCall): Promise<Result<HttpAnswer, ScannerErrorCode>> => {
    const answer = await callScanner(base, certificate, call);
    return answer.ok ? answer : err(codeOfHttpError(answer.error));
  };

  const read = async <Value>(
    name: string,
    reader: (root: ReturnType<typeof parseXml>) => Value | null,
    signal: AbortSignal,
  ): Promise<Result<Value, ScannerErrorCode>> => {
    const answer = await ask({ method: 'GET', path: `${root}/${name}`, signal });
    if (!answer.ok) return answer;
    // Something else listens there, or eSCL under another path.
    if (answer.value.status === 404) return err('scanner-absent');
    if (answer.value.status !== 200) return err(codeOfStatus(answer.value.status));
    const value = reader(parseXml(answer.value.body));
    return value === null ? err('scanner-io') : ok(value);
  };

  return {
    capabilities: (signal) => read('ScannerCapabilities', readCapabilities, signal),
    status: (signal) => read('ScannerStatus', readStatus, signal),
    createJob: async (settings, signal) => {
      const path = `${root}/ScanJobs`;
      const answer = await ask({ method: 'POST', path, body: settings, signal });
      if (!answer.ok) return answer;
      const { status, headers } = answer.value;
      if (status === 503 || status === 409) return ok(null);
      if (status !== 201) return err(codeOfStatus(status));
      const location = headers.location ?? '';
      const job = location === '' ? '' : pathOf(URL.parse(location, `http://scanner${path}`)?.href ?? '');
      return job === '' || job.length > MAX_JOB_PATH ? err('scanner-io') : ok(job);
    },
    nextDocument: async (job, file, call) => {
      const answer = await ask({ method: 'GET', path: `${job}/NextDocument`, file, ...call });
      if (!answer.ok) return answer;
      const { status, headers } = answer.value;
      if (status === 200) return ok({ kind: 'page' });
      if (status === 503) return ok({ kind: 'wait', milliseconds: retryAfter(headers['retry-after']) });
      if (status === 404 || status === 409 || status === 410) return ok({ kind: 'none' });
      return err(codeOfStatus(status));
    },
    deleteJob: async (job) => {
      const stop = new AbortController();
      const cancel = timers.after(DELETE_TIMEOUT_MS, () => stop.abort());
      try {
        for (let attempt = 1; attempt <= DELETE_ATTEMPTS && !stop.signal.aborted; attempt += 1) {
          if (attempt > 1) await pause(timers, RETRY_MS, stop.signal);
          const call = { method: 'DELETE', path: job, signal: stop.signal } as const;
          const answer = await callScanner(base, certificate, call);
          if (answer.ok && answer.value.status < 500) return true;
        }
        return false;
      } finally {
        cancel();
      }
    },
  };
}

function retryAfter(header: string | undefined): number {
  const seconds = /^\d{1,4}$/.test(header ?? '') ? Number(header) : 0;
  return Math.min(Math.max(seconds * 1_000, RETRY_MS), LONGEST_RETRY_MS);
}

function codeOfHttpError(error: HttpError): ScannerErrorCode {
  switch (error.code) {
    case 'http-unreachable':
      return 'scanner-lost';
    case 'http-stopped':
      return 'scanner-timeout';
    case 'http-untrusted':
      return 'scanner-untrusted';
    case 'http-file':
      return codeOfFileError(error.cause);
    case 'http-broken':
    case 'http-too-long':
      return 'scanner-io';
  }
}

function codeOfStatus(status: number): ScannerErrorCode {
  if (status === 401 || status === 403) return 'scanner-denied';
  return status === 503 ? 'scanner-busy' : 'scanner-io';
}
