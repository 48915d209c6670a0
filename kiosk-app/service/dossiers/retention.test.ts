import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err } from '@motcua/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuditLog } from '../audit/audit-log.ts';
import type { UploadClient } from '../outbox/upload-client.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { acceptAtOnce, openTestKiosk, type TestKiosk, unreachable } from '../service-test-bench.ts';
import { createRetention } from './retention.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
let upload: UploadClient['upload'];
beforeEach(async () => {
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer, upload: (request) => upload(request) });
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const DAY_MS = 86_400_000;

/** A submitted dossier's file, and a sweep of three days. */
async function submitted() {
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  const { submission } = await kiosk.until((visit) => visit.step === 'receipt');
  const { clock } = kiosk;
  const { db, blobs, dataKeys } = kiosk.storage;
  const retention = createRetention({
    db,
    clock,
    audit: createAuditLog(db, clock),
    blobs,
    dataKeys,
    days: () => 3,
  });
  return { file: join(kiosk.files.blobs, submission.dossierId ?? ''), retention };
}

it('an accepted dossier stays for the configured days after the receipt, and is then deleted', async () => {
  upload = acceptAtOnce;
  const { file, retention } = await submitted();
  kiosk.clock.advance(3 * DAY_MS - 60_000);
  expect(await retention.sweep()).toBe(0);
  expect(existsSync(file)).toBe(true);
  kiosk.clock.advance(120_000);
  expect(await retention.sweep()).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(await retention.sweep()).toBe(0);
});

it('a dossier that the city has not accepted is never deleted', async () => {
  upload = async () => err(unreachable);
  const { file, retention } = await submitted();
  kiosk.clock.advance(1_000 * DAY_MS);
  expect(await retention.sweep()).toBe(0);
  expect(existsSync(file)).toBe(true);
});
