import { isProblemCode } from '@motcua/contract';
import type { CardError, CardWarning, ForeignCode, PrinterError, ScannerError } from '@motcua/device-drivers';
import type { PageError, QualityCode } from '@motcua/ocr-pipeline';
import type { TokenErrorCode } from '@motcua/ocr-pipeline/dossier';
import { describe, expect, it } from 'vitest';
import type { AccountError, LoginError } from './officers/accounts.ts';
import type { BatchError, DeskError } from './officers/signing-desk.ts';
import type { UploadError } from './outbox/upload-client.ts';

/** A code that a driver, the pipeline or the upload gains is a type error here until it has its sentences. */
const shown = {
  'page-missing': true,
  'page-empty': true,
  'page-not-an-image': true,
  'page-not-a-file': true,
  'page-not-readable': true,
  'page-animated': true,
  'page-heic': true,
  'page-is-pdf': true,
  'page-pdf-signed': true,
  'page-pdf-has-text': true,
  'page-pdf-locked': true,
  'page-pdf-damaged': true,
  'page-pdf-tools-missing': true,
  'page-too-many': true,
  'page-truncated': true,
  'page-too-large': true,
  'page-too-small': true,
  'page-disk-full': true,
  'page-engine-missing': true,
  'page-timeout': true,
  'page-worker-died': true,
  'page-cancelled': true,
  'scanner-absent': true,
  'scanner-busy': true,
  'scanner-empty': true,
  'scanner-jam': true,
  'scanner-cover-open': true,
  'scanner-denied': true,
  'scanner-io': true,
  'scanner-lost': true,
  'scanner-timeout': true,
  'scanner-cancelled': true,
  'scanner-disk-full': true,
  'printer-offline': true,
  'printer-paper-end': true,
  'printer-cover-open': true,
  'printer-cutter': true,
  'printer-overheated': true,
  'printer-mechanical': true,
  'printer-error': true,
  'printer-unconfirmed': true,
  'printer-timeout': true,
  'printer-cancelled': true,
  'card-empty': true,
  'card-too-long': true,
  'card-not-a-card': true,
  'card-truncated': true,
  'card-damaged-text': true,
  'card-bad-number': true,
  'card-bad-name': true,
  'card-bad-birth-date': true,
  'card-bad-sex': true,
  'card-markup': true,
  'code-bank': true,
  'code-health-insurance': true,
  'code-vaccination': true,
  'code-driving-licence': true,
  'code-travel-document': true,
  'code-own-slip': true,
  'code-parcel': true,
  'code-product': true,
  'code-web-address': true,
  'number-century-mismatch': true,
  'number-sex-mismatch': true,
  'number-province-unknown': true,
  'issued-before-birth': true,
  'issued-in-future': true,
  'name-unusual': true,
  'quality-blur': true,
  'quality-glare': true,
  'quality-shadow': true,
  'quality-cut-off-edge': true,
  'quality-low-resolution': true,
  'quality-finger': true,
  'quality-empty': true,
  'upload-cancelled': true,
  'city-unreachable': true,
  'city-timeout': true,
  'city-nonsense': true,
  'city-error': true,
  'city-refused': true,
  'receipt-invalid': true,
  'dossier-unreadable': true,
  'token-module-missing': true,
  'token-absent': true,
  'token-other': true,
  'token-several': true,
  'token-pin-wrong': true,
  'token-pin-wrong-few-left': true,
  'token-pin-wrong-last-try': true,
  'token-pin-locked': true,
  'token-pin-expired': true,
  'token-pin-malformed': true,
  'token-pin-not-set': true,
  'token-certificate-missing': true,
  'token-certificate-several': true,
  'token-key-missing': true,
  'token-key-unsupported': true,
  'token-removed': true,
  'token-timeout': true,
  'token-crashed': true,
  'token-failed': true,
  'officer-login-wrong': true,
  'officer-login-locked': true,
  'officer-login-malformed': true,
  'officer-login-taken': true,
  'officer-password-weak': true,
  'officer-unknown': true,
  'officer-desk-busy': true,
  'certificate-not-valid': true,
  'dossier-gone': true,
  'dossier-decided': true,
  'dossier-damaged': true,
  'pdf-not-signable': true,
  'seal-failed': true,
  'disk-full': true,
} as const satisfies Record<
  | PageError['code']
  | ScannerError['code']
  | PrinterError['code']
  | CardError['code']
  | CardWarning
  | ForeignCode
  | `quality-${QualityCode | 'empty'}`
  | UploadError['code']
  | TokenErrorCode
  | AccountError['code']
  | LoginError['code']
  | DeskError
  | BatchError['code'],
  true
>;

describe('every failure that can reach the screen', () => {
  it.each(Object.keys(shown))('%s has its sentences', (code) => expect(isProblemCode(code)).toBe(true));
});
