import { afterEach, describe, expect, it } from 'vitest';
import { atNextChange, confirmed, createBench, failed, job, wholeSlips } from './printer-test-bench.ts';

const { simulator, driver, closeAll } = createBench();
afterEach(closeAll);

describe('a printer that lies or falls silent', () => {
  const quick = { printMs: 400, statusMs: 500, clearMs: 500 };

  it.each([
    'never-confirms',
    'confirms-another-job',
    'late-confirmation',
  ] as const)('%s: the outcome is unknown, and the next job is confirmed by its own id only', async (how) => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    paper.misbehave(how);
    expect(await printer.print(job)).toEqual(failed('printer-unconfirmed', true));
    paper.misbehave('honest');
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(2);
  });

  it('a confirmation given twice does not confirm the next job', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: { printMs: 400 } });
    paper.misbehave('confirms-twice');
    expect(await printer.print(job)).toEqual(confirmed);
    paper.misbehave('never-confirms');
    expect(await printer.print(job)).toEqual(failed('printer-unconfirmed', true));
  });

  it('a printer that does not answer before the job has printed nothing', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    await printer.condition();
    paper.stall();
    expect(await printer.print(job)).toEqual(failed('printer-timeout', false));
    paper.resume();
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('a printer that stalls in the middle leaves the outcome unknown', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    atNextChange(paper, () => paper.stall());
    expect(await printer.print(job)).toEqual(failed('printer-timeout', true));
    expect(await printer.clear()).toEqual(failed('printer-timeout', false));
    paper.resume();
    expect(await printer.clear()).toEqual({ ok: true, value: undefined });
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('garbage instead of answers ends in an error, never in a confirmation', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    paper.garbage();
    const result = await printer.print(job);
    expect(result.ok).toBe(false);
    paper.misbehave('honest');
    await printer.clear();
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('a megabyte of garbage in between is passed over', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri);
    await printer.condition();
    paper.say(new Uint8Array(1_048_576).fill(0x81));
    expect(await printer.print(job)).toEqual(confirmed);
  });

  it('one whose sensor says paper end for ever while it answers "ready" prints from the third try on', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    // Automatic status: paper end, unasked, at each slip's first rows.
    const stop = paper.onChange(() => paper.say(Uint8Array.of(0x18, 0x00, 0x0c, 0x00)));
    const outcomes = [await printer.print(job), await printer.print(job), await printer.print(job)];
    stop();
    const contradictory = failed('printer-contradictory', true);
    expect(outcomes).toEqual([contradictory, contradictory, confirmed]);
  });

  it('a printer that never acknowledges the clearing is not printed on', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: quick });
    paper.misbehave('never-clears');
    expect(await printer.print(job)).toEqual(failed('printer-timeout', false));
    expect(paper.papers()).toEqual([]);
  });

  it('one that holds us with XOFF is waited for, and no longer than the limit', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { timeouts: { writeMs: 400 } });
    expect(await printer.print(job)).toEqual(confirmed);
    paper.say(Uint8Array.of(0x13));
    // The answer comes behind the XOFF.
    await printer.condition();
    expect(await printer.print(job)).toEqual(failed('printer-timeout', false));
    expect(wholeSlips(paper)).toBe(1);
    expect(await printer.print(job)).toEqual(confirmed);
  });
});
