import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createPatience } from './patience.ts';
import { confirmed, createBench, job, wholeSlips } from './printer-test-bench.ts';
import { defaultPrinterProfile, type PrinterProfile } from './profile.ts';

const { simulator, driver, closeLater, closeAll } = createBench();
afterEach(closeAll);

/** A model that nobody has proved anything of. */
const unproven: PrinterProfile = {
  ...defaultPrinterProfile,
  confirmsPrinting: 'probe',
  acknowledgesClear: 'probe',
  answersStatus: 'probe',
};
const timeouts = { statusMs: 150, clearMs: 150, printMs: 400, floorMs: 100 };

/** Something at a port that does with each piece of what it hears as told. */
async function target(onData: (socket: Socket, chunk: Buffer) => void) {
  const sockets = new Set<Socket>();
  let heard = Buffer.alloc(0);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      onData(socket, chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { uri: `tcp://127.0.0.1:${port}`, heard: () => heard };
}

/** How often the whole of `job` was heard. */
function jobsIn(heard: Buffer): number {
  let count = 0;
  for (let at = heard.indexOf(job); at >= 0; at = heard.indexOf(job, at + job.length)) count++;
  return count;
}

describe('a printer of which nothing is known', () => {
  it('is found to confirm', async () => {
    const paper = await simulator();
    const printer = driver(paper.uri, { profile: unproven });
    expect(await printer.print(job)).toEqual(confirmed);
    expect(wholeSlips(paper)).toBe(1);
  });

  it('is found not to confirm, and prints each slip once', async () => {
    const paper = await simulator({ confirmsPrinting: false });
    const printer = driver(paper.uri, { profile: unproven, timeouts });
    for (let number = 0; number < 3; number++)
      expect(await printer.print(job)).toEqual({ ok: true, value: { certainty: 'processed' } });
    expect(wholeSlips(paper)).toBe(3);
  });

  it('that answers about its status and nothing else has received the slip, no more', async () => {
    const sink = await target((socket, chunk) => {
      if (chunk.subarray(-3, -1).equals(Buffer.of(0x10, 0x04))) socket.write(Uint8Array.of(0x12));
    });
    const printer = driver(sink.uri, { profile: unproven, timeouts });
    // The first call finds out, before anything is sent.
    let result = await printer.print(job);
    for (let more = 0; more < 5 && !result.ok && !result.error.mayHavePrinted; more++)
      result = await printer.print(job);
    expect(result).toEqual({ ok: true, value: { certainty: 'received' } });
    expect(jobsIn(sink.heard())).toBe(1);
  });

  it('that never says a word gets the slip once, when that is sure', async () => {
    const sink = await target(() => undefined);
    const printer = driver(sink.uri, { profile: unproven, timeouts });
    let result = await printer.print(job);
    for (let more = 0; more < 5 && !result.ok; more++) result = await printer.print(job);
    expect(result).toEqual({ ok: true, value: { certainty: 'sent' } });
    expect(jobsIn(sink.heard())).toBe(1);
  });

  it('that is proven to answer is not printed on while it does not', async () => {
    const sink = await target(() => undefined);
    const printer = driver(sink.uri, { profile: { ...unproven, answersStatus: true }, timeouts });
    for (let call = 0; call < 4; call++)
      expect(await printer.print(job)).toMatchObject({ ok: false, error: { mayHavePrinted: false } });
    expect(jobsIn(sink.heard())).toBe(0);
  });

  it('whatever bytes it answers: every call ends, and what cannot have printed was not sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 12 }),
        async (answers) => {
          let at = 0;
          const liar = await target((socket) => {
            const answer = answers[at++ % Math.max(answers.length, 1)];
            if (answer) socket.write(answer);
          });
          const printer = driver(liar.uri, {
            profile: unproven,
            timeouts: { statusMs: 20, clearMs: 20, printMs: 40, floorMs: 10, writeMs: 100 },
          });
          const result = await printer.print(job);
          if (!result.ok && !result.error.mayHavePrinted) expect(jobsIn(liar.heard())).toBe(0);
          expect(jobsIn(liar.heard())).toBeLessThanOrEqual(1);
          await printer.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('answers about the status', () => {
  it('given twice, late or not at all do not keep a well printer from printing', async () => {
    let question = 0;
    const odd = await target((socket, chunk) => {
      if (chunk.includes(Buffer.of(0x10, 0x14))) socket.write(Uint8Array.of(0x37, 0x25, 0x00));
      const confirm = chunk.indexOf(Buffer.of(0x1d, 0x28, 0x48));
      if (confirm >= 0)
        socket.write(
          Buffer.concat([Buffer.of(0x37, 0x22), chunk.subarray(confirm + 7, confirm + 11), Buffer.of(0)]),
        );
      if (chunk[chunk.length - 3] !== 0x10) return;
      question += 1;
      if (question % 3 === 0) setTimeout(() => socket.destroyed || socket.write(Uint8Array.of(0x12)), 30);
      else if (question % 7 !== 0) socket.write(Uint8Array.of(0x12, 0x12));
    });
    const printer = driver(odd.uri, { timeouts: { ...timeouts, pollMs: 60_000 } });
    for (let number = 0; number < 5; number++) expect(await printer.print(job)).toEqual(confirmed);
  });

  it('two senders on one printer: the second is refused or misled, and neither hangs or prints half a slip', async () => {
    const paper = await simulator();
    const [one, other] = [driver(paper.uri, { timeouts }), driver(paper.uri, { timeouts })];
    const results = await Promise.all([one.print(job), other.print(job)]);
    const printed = results.filter((result) => result.ok).length;
    expect(printed).toBeGreaterThanOrEqual(1);
    expect(wholeSlips(paper)).toBe(printed);
  });
});

describe('patience', () => {
  it('learns how fast a printer is, forgets one slow answer, and doubles after each failure', () => {
    const patience = createPatience({ status: 1_500, clear: 3_000, print: 30_000, confirm: 30_000 }, 100);
    expect(patience.limit('status')).toBe(1_500);
    for (let answer = 0; answer < 10; answer++) patience.took('status', 2);
    expect(patience.limit('status')).toBe(100);
    patience.took('status', 900);
    expect(patience.limit('status')).toBeGreaterThan(900);
    for (let answer = 0; answer < 40; answer++) patience.took('status', 2);
    expect(patience.limit('status')).toBe(100);
    patience.failed('status');
    patience.failed('status');
    expect(patience.limit('status')).toBe(400);
    patience.took('status', 2);
    expect(patience.limit('status')).toBe(100);
  });

  it('waits longer for a longer job, never beyond the ceiling', () => {
    const patience = createPatience({ status: 1, clear: 1, print: 10_000, confirm: 1 }, 100);
    patience.took('print', 1_000, 10_000);
    expect(patience.limit('print', 20_000)).toBeGreaterThan(patience.limit('print', 10_000));
    expect(patience.limit('print', 100_000_000)).toBe(10_000);
  });
});
