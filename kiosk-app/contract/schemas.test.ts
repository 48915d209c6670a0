import { describe, expect, it } from 'vitest';
import { DossierManifest, ReceiptClaims } from './city.ts';
import { Id } from './common.ts';
import { CommandRequest } from './visit.ts';

const requestId = '01K6Z00000000000000000000A';
const command = (value: unknown) =>
  CommandRequest.safeParse({ requestId, visitId: requestId, version: 1, command: value }).success;

describe('what the screen may send', () => {
  it.each([
    { type: 'choose-language', language: 'vi' },
    { type: 'turn-page', pageId: requestId, degrees: 270 },
    { type: 'finish' },
  ])('%o is a command', (value) => expect(command(value)).toBe(true));

  it.each([
    { type: 'choose-language', language: 'fr' },
    { type: 'turn-page', pageId: requestId, degrees: 45 },
    { type: 'turn-page', pageId: '../../etc/passwd', degrees: 90 },
    { type: 'choose-service', procedureCode: 'x'.repeat(41) },
    { type: 'scan-paper', paperCode: ['original'] },
    { type: 'drop-table' },
    {},
    null,
  ])('%o is none', (value) => expect(command(value)).toBe(false));

  it.each([-1, 1.5, '1', Number.POSITIVE_INFINITY])('version %o is refused', (version) =>
    expect(
      CommandRequest.safeParse({ requestId, visitId: null, version, command: { type: 'start' } }).success,
    ).toBe(false));
});

describe('an identifier', () => {
  it.each([
    '',
    requestId.toLowerCase(),
    `${requestId}0`,
    `${requestId}\n`,
    '01K6Z0000000000000000000/.',
  ])('is not %j', (text) => expect(Id.safeParse(text).success).toBe(false));
});

describe('what the city and the kiosk tell each other', () => {
  const manifest = {
    dossierId: requestId,
    kioskId: 'tan-hung-01',
    procedureCode: '2.000815',
    size: 1,
    sha256: 'a'.repeat(64),
    documents: [],
  };
  const claims = {
    version: 1,
    dossierId: requestId,
    sha256: 'a'.repeat(64),
    dossierCode: 'H29.15-261008-0001',
    receivedAt: '2026-10-08T09:00:00+07:00',
    dueAt: null,
    receivingUnit: 'A',
    settlingUnit: 'B',
    lookUpSecret: 'S',
  };

  it('has a size and a SHA-256 in lower case', () => {
    expect(DossierManifest.safeParse(manifest).success).toBe(true);
    for (const broken of [{ size: 0 }, { size: 3e9 }, { sha256: 'A'.repeat(64) }, { documents: null }])
      expect(DossierManifest.safeParse({ ...manifest, ...broken }).success).toBe(false);
  });

  it('counts a receipt only with a dossier code as the decree writes it', () => {
    expect(ReceiptClaims.safeParse(claims).success).toBe(true);
    for (const dossierCode of ['', 'H29.15-261008-1', 'H29-261008-0001', 'X29.15-261008-0001'])
      expect(ReceiptClaims.safeParse({ ...claims, dossierCode }).success).toBe(false);
    expect(ReceiptClaims.safeParse({ ...claims, version: 2 }).success).toBe(false);
  });
});
