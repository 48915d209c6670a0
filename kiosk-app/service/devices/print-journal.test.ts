import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { openTestKiosk, type TestKiosk } from '../service-test-bench.ts';
import { connect } from '../store/database.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
beforeEach(async () => {
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({ printer: bench.printer });
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const job = () =>
  kiosk.db
    .prepare<[], { state: string; copy: number; problem: string | null }>(
      'SELECT state, copy, problem FROM print_jobs',
    )
    .get();
const printed = () => expect.poll(() => job()?.state, { timeout: 20_000 }).toBe('printed');
const papers = () => bench.simulator.papers();
const isBlack = (data: Uint8Array) => data.some((byte) => byte !== 0);
/** Papers that something was printed on; a new roll pushes out the rest of the old one, which may be white. */
const slips = () => papers().filter(({ bitmap }) => isBlack(bitmap.data));

/** Restarts the service on a journal as a kill in the middle would have left it. */
async function restartWith(found: string): Promise<void> {
  await kiosk.stop();
  const db = connect(kiosk.files.database, kiosk.storage.key.derive('database'));
  db.exec(found);
  db.close();
  kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
}

describe('the print journal', () => {
  it('prints a ticket once, and not again after a restart', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await printed();
    expect(job()).toEqual({ state: 'printed', copy: 0, problem: null });
    await kiosk.stop();
    kiosk = await openTestKiosk({ reopens: kiosk, printer: bench.reopen() });
    await kiosk.until((visit) => visit.ticket?.print.state === 'printed');
    expect(papers()).toHaveLength(1);
  });

  it('prints receipts on a printer of their own, whatever keeps the tickets’ waiting', async () => {
    const receipts = await createPrinterBench();
    await kiosk.stop();
    kiosk = await openTestKiosk({
      reopens: kiosk,
      printer: bench.reopen(),
      receiptPrinter: receipts.printer,
    });
    try {
      await kiosk.walkTo('number');
      await kiosk.done({ type: 'take-number' });
      await printed();
      bench.simulator.setFault('paper-end');
      const insert = kiosk.db.prepare(
        `INSERT INTO print_jobs (id, visit_id, kind, state, slip, created_at) VALUES (?, ?, ?, 'queued', ?, 1)`,
      );
      const { id } = await kiosk.visit();
      const slip = '{"blocks":[{"type":"text","text":"Giấy tiếp nhận"}]}';
      for (const kind of ['ticket', 'receipt', 'provisional-receipt']) insert.run(kind, id, kind, slip);
      await kiosk.stop();
      kiosk = await openTestKiosk({
        reopens: kiosk,
        printer: bench.reopen(),
        receiptPrinter: receipts.reopen(),
      });
      const state = kiosk.db.prepare<[string], string>('SELECT state FROM print_jobs WHERE id = ?').pluck();
      const states = () => ['ticket', 'receipt', 'provisional-receipt'].map((kind) => state.get(kind));
      await expect.poll(states, { timeout: 20_000 }).toEqual(['held', 'printed', 'printed']);
      expect(receipts.simulator.papers()).toHaveLength(2);
      expect(slips()).toHaveLength(1);
    } finally {
      await kiosk.stop();
      await receipts.close();
    }
  });

  it('gives no number while the printer has no paper, and says why', async () => {
    await kiosk.walkTo('number');
    bench.simulator.setFault('paper-end');
    expect(await kiosk.command({ type: 'take-number' })).toBe('printer-paper-end');
    expect((await kiosk.visit()).ticket).toBeNull();
    bench.simulator.setFault('none');
    await kiosk.done({ type: 'take-number' });
    await printed();
    expect(job()?.copy).toBe(0);
  });

  it('holds a slip that finds no paper, and prints it by itself, as no copy, when paper is back', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await printed();
    bench.simulator.setFault('paper-end');
    await restartWith(`UPDATE print_jobs SET state = 'queued', attempts = 0`);
    await expect.poll(job).toEqual({ state: 'held', copy: 0, problem: 'printer-paper-end' });
    bench.simulator.setFault('none');
    await printed();
    expect(job()).toEqual({ state: 'printed', copy: 0, problem: null });
  });

  it('marks as a copy what ran out of paper in the middle, and prints the whole of it by itself', async () => {
    await kiosk.walkTo('number');
    bench.simulator.runOutAfterDots(150);
    await kiosk.done({ type: 'take-number' });
    await expect
      .poll(job, { timeout: 20_000 })
      .toMatchObject({ state: 'held', copy: 1, problem: 'printer-paper-end' });
    expect((await kiosk.visit()).ticket?.print).toMatchObject({
      state: 'held',
      problem: { code: 'printer-paper-end' },
    });
    bench.simulator.setFault('none');
    await printed();
    const heights = slips().map(({ bitmap }) => bitmap.height);
    expect(heights.at(-1)).toBeGreaterThan(500);
    expect(job()).toMatchObject({ copy: 1 });
  });

  it('prints again, as a copy, what was being sent when the service was killed', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await printed();
    const [first] = papers();
    await restartWith(`UPDATE print_jobs SET state = 'sending'`);
    await printed();
    expect(job()?.copy).toBe(1);
    expect(papers()).toHaveLength(2);
    // The mark of a copy takes room at its head.
    expect(papers()[1]?.bitmap.height).toBeGreaterThan(first?.bitmap.height ?? Number.POSITIVE_INFINITY);
  });

  it('prints nothing for a person who has left: neither what was held nor what was being sent', async () => {
    await kiosk.walkTo('number');
    bench.simulator.runOutAfterDots(150);
    await kiosk.done({ type: 'take-number' });
    await expect.poll(() => job()?.state).toBe('held');
    await kiosk.done({ type: 'finish' });
    bench.simulator.setFault('none');
    bench.simulator.tear();
    await restartWith(`UPDATE print_jobs SET state = 'sending'`);
    const before = slips().length;
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await kiosk.until((visit) => visit.ticket?.print.state === 'printed');
    expect(slips()).toHaveLength(before + 1);
    const states = kiosk.db.prepare('SELECT state, slip FROM print_jobs ORDER BY id').all();
    expect(states[0]).toEqual({ state: 'failed', slip: '{"blocks":[]}' });
  });

  it('prints no empty slip when the person leaves while her slip comes out and the paper ends', async () => {
    await kiosk.walkTo('number');
    let left: Promise<unknown> = Promise.resolve();
    const stop = bench.simulator.onChange(() => {
      if (bench.simulator.fault() !== 'paper-end') return;
      stop();
      left = kiosk.done({ type: 'finish' });
    });
    bench.simulator.runOutAfterDots(150);
    await kiosk.done({ type: 'take-number' });
    await expect.poll(() => job()?.state).toBe('failed');
    await left;
    bench.simulator.setFault('none');
    const before = slips().length;
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await kiosk.until((visit) => visit.ticket?.print.state === 'printed');
    expect(slips()).toHaveLength(before + 1);
  });

  it('prints a copy when the person asks for one', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    await printed();
    await kiosk.done({ type: 'print-again' });
    await expect.poll(() => papers().length).toBe(2);
    await printed();
    expect(job()?.copy).toBe(1);
  });

  it('shows the very slip that is printed, to this visit only', async () => {
    await kiosk.walkTo('number');
    await kiosk.done({ type: 'take-number' });
    const url = (await kiosk.visit()).ticket?.print.previewUrl ?? '';
    const preview = await kiosk.service.app.inject({ url, headers: kiosk.headers });
    expect([preview.statusCode, preview.headers['content-type']]).toEqual([200, 'image/png']);
    await kiosk.done({ type: 'finish' }, { type: 'start' });
    expect((await kiosk.service.app.inject({ url, headers: kiosk.headers })).statusCode).toBe(404);
  });
});
