import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { UploadClient } from '../outbox/upload-client.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import {
  acceptAtOnce,
  openTestKiosk,
  submitter,
  type TestKiosk,
  unreachable,
} from '../service-test-bench.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
let upload: UploadClient['upload'];
beforeEach(async () => {
  upload = acceptAtOnce;
  bench = await createPrinterBench();
  await open();
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});
async function open(reopens?: TestKiosk) {
  kiosk = await openTestKiosk({
    ...(reopens && { reopens }),
    printer: reopens ? bench.reopen() : bench.printer,
    upload: (request) => upload(request),
    cityWaitMs: 50,
  });
}

/** Hands in a paper; what is said and printed to her is what the screen has shown by then. */
async function submit() {
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  return kiosk.until((visit) => visit.step === 'receipt');
}
const leave = () => kiosk.done({ type: 'finish' });
async function ask(which: string): Promise<Record<string, unknown>> {
  const answer = await kiosk.service.app.inject({
    method: 'POST',
    url: '/api/receipts',
    headers: kiosk.headers,
    payload: { which },
  });
  return answer.json();
}
const jobs = () =>
  kiosk.db
    .prepare(`SELECT kind, state, copy, slip FROM print_jobs WHERE kind <> 'ticket' ORDER BY rowid`)
    .all() as {
    kind: string;
    state: string;
    copy: number;
    slip: string;
  }[];
const last = () => jobs().at(-1)!;

it('a receipt that waited for paper when its person left is printed later, by number, code or id, once whole', async () => {
  await kiosk.walkTo('review');
  bench.simulator.setFault('paper-end');
  await kiosk.done({ type: 'submit' });
  const { submission } = await kiosk.until((visit) => visit.step === 'receipt');
  await expect.poll(() => last().state).toBe('held');
  expect(await ask('H29.15-261008-0001')).toEqual({ refused: 'receipt-visit-open' });
  const original = last().slip;
  await leave();
  expect(last()).toMatchObject({ state: 'failed', slip: '{"blocks":[]}' });
  const printed = bench.simulator.papers().length;

  const said = {
    dossierId: submission.dossierId,
    dossierCode: 'H29.15-261008-0001',
    ticketNumber: expect.stringMatching(/^[A-Z]+001$/) as string,
    day: '2026-10-08',
    kind: 'receipt',
  };
  const answer = await ask('h29.15-261008-0001 ');
  expect(answer).toEqual(said);
  await expect.poll(() => last().state).toBe('held');
  expect(JSON.parse(last().slip)).toEqual(JSON.parse(original));
  bench.simulator.setFault('none');
  await expect.poll(() => last().state).toBe('printed');
  expect(bench.simulator.papers()).toHaveLength(printed + 1);
  // None had come out before, so that it is no copy; the next one is.
  expect(last().copy).toBe(0);
  expect(await ask(String(answer['ticketNumber']))).toEqual(said);
  await expect.poll(() => last()).toMatchObject({ state: 'printed', copy: 1 });
  expect(await ask(submission.dossierId ?? '')).toEqual(said);
});

it('what it says is out of the dossier, and forgotten when it did not come out in time, also after a start', async () => {
  const { submission } = await submit();
  await leave();
  await expect.poll(() => kiosk.db.prepare('SELECT card FROM visits').pluck().get()).toBeNull();
  bench.simulator.setFault('paper-end');
  await expect.poll(async () => (await kiosk.view()).devices[0]?.state).not.toBe('ready');
  await ask(submission.dossierId ?? '');
  for (const part of [submitter.fullName, 'GIẤY TIẾP NHẬN', 'SECRET']) expect(last().slip).toContain(part);
  expect(last().slip).not.toContain(submitter.personNumber);
  await kiosk.stop();
  await open(kiosk);
  await expect.poll(() => last().state).toBe('held');
  kiosk.clock.advance(16 * 60_000);
  await kiosk.stop();
  await open(kiosk);
  expect(last()).toMatchObject({ state: 'failed', slip: '{"blocks":[]}' });
});

it('the provisional one while the city has not answered, the city’s when it has', async () => {
  upload = async () => ({ ok: false, error: unreachable });
  const { submission } = await submit();
  await leave();
  const id = submission.dossierId ?? '';
  expect(await ask(id)).toMatchObject({ kind: 'provisional-receipt', dossierCode: null });
  upload = acceptAtOnce;
  await kiosk.service.app.inject({
    method: 'POST',
    url: '/api/outbox/retries',
    headers: kiosk.headers,
    payload: {},
  });
  await expect.poll(() => ask(id)).toMatchObject({ kind: 'receipt', dossierCode: 'H29.15-261008-0001' });
});

it('an unknown number, one without a submission, and a dossier that was deleted are told apart', async () => {
  const { submission } = await submit();
  await leave();
  await kiosk.walkTo('identity');
  await kiosk.done({ type: 'finish' });
  for (const none of ['Z999', 'A002', 'B002', 'H29.15-261008-0099', '%', '../x', "'"])
    expect([none, await ask(none)]).toEqual([none, { refused: 'receipt-unknown' }]);
  const answered = await kiosk.service.app.inject({
    method: 'POST',
    url: '/api/receipts',
    headers: kiosk.headers,
    payload: { which: 7 },
  });
  expect(answered.statusCode).toBe(400);
  kiosk.storage.db.prepare('UPDATE dossiers SET file = NULL').run();
  expect(await ask(submission.dossierId ?? '')).toEqual({ refused: 'receipt-dossier-gone' });
});

it('what a crash left readable of it is gone at the next start', async () => {
  const folder = join(kiosk.files.working, 'reprint');
  await kiosk.stop();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'left.asice'), submitter.fullName);
  await open(kiosk);
  expect(existsSync(folder)).toBe(false);
});
