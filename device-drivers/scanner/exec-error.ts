import type { ExecError } from '@motcua/core';
import type { ScannerErrorCode } from './page-store.ts';

/** Why a program that scans failed; `ofExit` knows its exit statuses and words. */
export function codeOfExecError(
  error: ExecError,
  ofExit: (exitCode: number | null, stderr: string) => ScannerErrorCode,
): ScannerErrorCode {
  switch (error.code) {
    case 'exec-missing':
      return 'scanner-absent';
    case 'exec-timeout':
      return 'scanner-timeout';
    case 'exec-cancelled':
      return 'scanner-cancelled';
    case 'exec-output-too-long':
      return 'scanner-io';
    case 'exec-failed':
      if (/no space left|disk quota/i.test(error.stderr)) return 'scanner-disk-full';
      return ofExit(error.exitCode, error.stderr);
  }
}
