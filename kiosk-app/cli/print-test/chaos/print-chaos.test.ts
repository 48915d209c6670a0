import { once } from 'node:events';
import { connect } from 'node:net';
import { defaultPrinterProfile, encodeSlip, renderSlip } from '@motcua/device-drivers';
import { describe, expect, it } from 'vitest';
import { testSlip } from '../test-slip.ts';
import { models, type Piece, startChaosPrinter } from './chaos-printer.ts';
import { createJudge } from './judge.ts';
import { seededRandom } from './random.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run test:print-chaos` does the same for 10,000 tickets. */
describe('numbers printed on a printer that tears the paper, lies, stalls and recovers', () => {
  // A mute printer takes 10 s to be known as one: unknown-printer.test.ts has it with shorter waits. At once, because most
  // of the time they wait for a printer that does not answer.
  it.concurrent.each([
    { model: 'epson', tickets: 40, seed: 1, rate: 0.01, kills: 1 },
    { model: 'clone', tickets: 24, seed: 2, rate: 0.01, kills: 0 },
    { model: 'status-only', tickets: 14, seed: 3, rate: 0.01, kills: 0 },
  ] as const)('$model, $tickets tickets: each once, or again as a copy', async (options) => {
    const report = await runChaos({ ...options, limitMs: 50_000 });
    expect(report).toMatchObject({ missing: [], unmarked: [], strange: [], unknownCommands: 0 });
    const proven = options.model === 'epson' || options.model === 'clone';
    expect(report.status).toBe(proven ? 0 : 1);
    expect(report.reported).toMatchObject(
      proven ? { confirmed: options.tickets, unknown: 0 } : { confirmed: 0, unknown: options.tickets },
    );
  });
});

describe('the judge of the paper', () => {
  /** What comes out of a chaos printer without troubles for these tickets. */
  async function papers(tickets: readonly (readonly [number: number, copy: boolean])[]): Promise<Piece[]> {
    const pieces: Piece[] = [];
    const printer = await startChaosPrinter({
      model: models.epson,
      random: seededRandom(1),
      allowed: [],
      rate: 0,
      onPiece: (piece) => pieces.push(piece),
    });
    const socket = connect(printer.port, '127.0.0.1');
    for (const [number, copy] of tickets) {
      const bitmap = await renderSlip(testSlip(number, copy), { widthDots: 576, dpi: 203 });
      socket.write(encodeSlip(bitmap, defaultPrinterProfile));
    }
    socket.write(Uint8Array.of(0x1d, 0x72, 1));
    while (pieces.length < tickets.length) await once(socket, 'data');
    socket.destroy();
    await printer.close();
    return pieces;
  }

  it('finds a number that is missing, one that came twice unmarked, and none that came as a copy', async () => {
    const judge = await createJudge();
    for (const piece of await papers([
      [1, false],
      [2, false],
      [2, true],
      [4, false],
      [4, false],
    ]))
      judge.take(piece);
    expect(await judge.verdict(4)).toMatchObject({ missing: [3], unmarked: [4], strange: [], copies: 2 });
  });

  it('finds the mark on either half of a copy that was torn', async () => {
    const judge = await createJudge();
    const [first, copy] = await papers([
      [7, false],
      [7, true],
    ]);
    judge.take(first!);
    const half = Math.floor(copy!.rows.length / 2);
    const code = copy!.rows.findIndex((row, at) => at > half - 150 && row.some((byte) => byte !== 0));
    // Above: the mark and the number. Below: the code and the second mark.
    const cut = Math.max(0, code - 60);
    judge.take({ rows: copy!.rows.slice(0, cut), end: 'torn' });
    judge.take({ rows: copy!.rows.slice(cut), end: 'cut' });
    expect(await judge.verdict(7)).toMatchObject({ unmarked: [], copies: 1 });
  });
});
