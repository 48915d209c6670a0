import { createServer, type Socket } from 'node:net';
import { type Clock, systemClock } from '@motcua/core';
import type { Bitmap } from '../../printer/slip.ts';
import { drawBarCode, drawLine, drawQr, type PrinterLetters } from './draw-native.ts';
import { createEscposDecoder, type PrintOperation } from './escpos-decoder.ts';
import { createPaperRoll, type PrintedPaper } from './paper-roll.ts';
import { createRealTimeFilter, type RealTimeCommand } from './real-time.ts';
import {
  automaticStatusBytes,
  type PrinterFault,
  paperStatusByte,
  stopsPrinting,
  transmittedStatusByte,
} from './status-bytes.ts';

/** How the printer lies. `late-confirmation` holds confirmations back until `honest` again. */
export type PrinterMisbehaviour =
  | 'honest'
  | 'never-confirms'
  | 'confirms-twice'
  | 'confirms-another-job'
  | 'late-confirmation'
  | 'never-clears'
  | 'garbage';

export interface SimulatedPrinterOptions {
  /** 0 (default): any free port of the loopback. */
  readonly port?: number;
  readonly widthDots?: number;
  /** Paper speed; without it printing takes no time. */
  readonly dotsPerSecond?: number;
  /** False: a clone that does not know `GS ( H`. */
  readonly confirmsPrinting?: boolean;
  /** False: a clone that does not know `GS a`. */
  readonly automaticStatus?: boolean;
  readonly receiveBufferBytes?: number;
  /** The letters of its own font (`loadPrinterLetters`); without them text of other senders is drawn as blocks. */
  readonly letters?: PrinterLetters;
  readonly clock?: Clock;
}

export interface SimulatedPrinter {
  readonly uri: string;
  readonly port: number;
  fault(): PrinterFault;
  /** `none` after `paper-end` is a new roll: the rest of the old paper comes off. */
  setFault(fault: PrinterFault): void;
  /** Removes the cause of a cutter error: the printer goes on when it is told to (`DLE ENQ`). */
  freeCutter(): void;
  /** Paper end after so many more dots of printing and feeding. */
  runOutAfterDots(dots: number): void;
  /** Takes bytes, and neither prints nor answers, until `resume`. */
  stall(): void;
  resume(): void;
  /** From now on every answer is random bytes; `misbehave('honest')` ends it. */
  garbage(): void;
  misbehave(how: PrinterMisbehaviour): void;
  /** Says these bytes unasked. */
  say(bytes: Uint8Array): void;
  /** Cuts the connection, as pulling the cable does. */
  disconnect(): void;
  /** Commands and control bytes so far that it does not know. */
  unknownCommands(): number;
  /** Everything that was printed and cut or torn off, oldest first. */
  papers(): readonly PrintedPaper[];
  /** What a person sees in the slot now. */
  inSlot(): Bitmap | undefined;
  /** A person takes what hangs out; uncut paper comes off at the bar. */
  tear(): void;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

const TICK_MS = 20;

/** A network printer of 80 mm, one connection at a time, as the driver and any other ESC/POS sender see it. */
export async function startSimulatedPrinter(
  options: SimulatedPrinterOptions = {},
): Promise<SimulatedPrinter> {
  const clock = options.clock ?? systemClock;
  const roll = createPaperRoll(options.widthDots ?? 576, () => clock.now());
  const decoder = createEscposDecoder();
  const stride = Math.ceil((options.widthDots ?? 576) / 8);
  const capacity = options.receiveBufferBytes ?? 65_536;
  const listeners = new Set<() => void>();
  let socket: Socket | undefined;
  let fault: PrinterFault = 'none';
  let misbehaviour: PrinterMisbehaviour = 'honest';
  let stalled = false;
  let automaticStatus = false;
  let dotsLeft = Number.POSITIVE_INFINITY;
  /** Rows of the operation at work; undefined rows are white. */
  let rows: (Uint8Array | undefined)[] = [];
  let cutPending = false;
  let cutterFreed = false;
  let heldAnswers: Uint8Array[] = [];
  let ticking: NodeJS.Timeout | undefined;
  let noise = 12_345;

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  const say = (bytes: Uint8Array) => {
    if (socket && !socket.destroyed) socket.write(bytes);
  };

  const randomBytes = (length: number) =>
    Uint8Array.from({ length }, () => {
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
      return noise >>> 24;
    });

  const answer = (bytes: Uint8Array) => {
    if (stalled) return;
    say(misbehaviour === 'garbage' ? randomBytes(bytes.length) : bytes);
  };

  const tellStatus = () => {
    if (automaticStatus) answer(automaticStatusBytes(fault));
  };

  const changeFault = (next: PrinterFault) => {
    if (next === fault) return;
    if (fault === 'paper-end') roll.take();
    fault = next;
    tellStatus();
    changed();
  };

  const confirm = (processId: Uint8Array) => {
    if (options.confirmsPrinting === false) return;
    const block = Uint8Array.from([0x37, 0x22, ...processId, 0x00]);
    switch (misbehaviour) {
      case 'never-confirms':
        return;
      case 'confirms-twice':
        answer(block);
        return answer(block);
      case 'confirms-another-job':
        return answer(Uint8Array.from([0x37, 0x22, 0x21, 0x21, 0x21, 0x21, 0x00]));
      case 'late-confirmation':
        heldAnswers.push(block);
        return;
      case 'honest':
      case 'never-clears':
      case 'garbage':
        return answer(block);
    }
  };

  const perform = (operation: PrintOperation) => {
    switch (operation.type) {
      case 'initialise':
        automaticStatus = false;
        return;
      case 'automatic-status':
        automaticStatus = operation.flags !== 0 && options.automaticStatus !== false;
        return tellStatus();
      case 'paper-status':
        return answer(Uint8Array.of(paperStatusByte(fault)));
      case 'report-printed':
        return confirm(operation.processId);
      case 'feed':
        rows = Array<undefined>(operation.dots).fill(undefined);
        return;
      case 'line':
        rows = drawLine(operation, stride * 8, options.letters);
        return;
      case 'qr':
        rows = drawQr(operation, stride * 8);
        return;
      case 'bar-code':
        rows = drawBarCode(operation, stride * 8);
        return;
      case 'raster':
        rows = Array.from({ length: operation.height }, (_, row) =>
          operation.data.subarray(row * operation.stride, (row + 1) * operation.stride),
        );
        return;
      case 'cut':
        rows = Array<undefined>(operation.feedDots).fill(undefined);
        cutPending = true;
        return;
    }
  };

  /** Works until it needs bytes, is stopped, or has moved the paper by `budget` dots. */
  const work = (budget: number) => {
    const before = roll.uncutRows();
    let moved = 0;
    while (!stalled && !stopsPrinting(fault)) {
      if (rows.length > 0) {
        if (moved >= budget) break;
        roll.advance(rows.shift());
        moved += 1;
        dotsLeft -= 1;
        if (dotsLeft <= 0) {
          dotsLeft = Number.POSITIVE_INFINITY;
          changeFault('paper-end');
        }
      } else if (cutPending) {
        cutPending = false;
        roll.cut();
        changed();
      } else {
        const operation = decoder.next();
        if (!operation) break;
        perform(operation);
      }
    }
    if (decoder.waiting() <= capacity || !(stalled || stopsPrinting(fault) || rows.length > 0))
      socket?.resume();
    if (roll.uncutRows() !== before) changed();
  };

  const speed = options.dotsPerSecond;
  const pump = () => {
    if (speed === undefined) return work(Number.POSITIVE_INFINITY);
    if (ticking) return;
    work(0);
    if (rows.length === 0 || stalled || stopsPrinting(fault)) return;
    ticking = setTimeout(() => {
      ticking = undefined;
      work(Math.ceil((speed * TICK_MS) / 1_000));
      pump();
    }, TICK_MS);
  };

  const clearBuffers = () => {
    decoder.clear();
    rows = [];
    cutPending = false;
    heldAnswers = [];
  };

  const performNow = (command: RealTimeCommand) => {
    switch (command.type) {
      case 'transmit-status':
        return answer(Uint8Array.of(transmittedStatusByte(command.n, fault)));
      case 'recover':
        if (command.clear) clearBuffers();
        if (fault === 'cutter-error' && cutterFreed) changeFault('none');
        return;
      case 'clear-buffers':
        if (stalled || misbehaviour === 'never-clears') return;
        clearBuffers();
        return answer(Uint8Array.of(0x37, 0x25, 0x00));
    }
  };

  const server = createServer((connection) => {
    // One sender at a time, as the raw port of most printers has it. A full buffer reads
    // nothing and so does not see its sender leave: the next one takes its place.
    if (socket && !socket.destroyed && !socket.isPaused()) {
      connection.destroy();
      return;
    }
    socket?.destroy();
    socket = connection;
    automaticStatus = false;
    const filter = createRealTimeFilter();
    connection.setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('data', (chunk) => {
      for (const part of filter(chunk)) {
        if (part.type === 'data') decoder.push(part.bytes);
        else performNow(part);
      }
      if (decoder.waiting() > capacity) connection.pause();
      pump();
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port ?? 0 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

  return {
    uri: `tcp://127.0.0.1:${port}`,
    port,
    fault: () => fault,
    freeCutter: () => {
      cutterFreed = true;
    },
    setFault: (next) => {
      cutterFreed = false;
      changeFault(next);
      pump();
    },
    runOutAfterDots: (dots) => {
      dotsLeft = dots;
    },
    stall: () => {
      stalled = true;
    },
    resume: () => {
      stalled = false;
      pump();
    },
    garbage: () => {
      misbehaviour = 'garbage';
    },
    misbehave: (how) => {
      misbehaviour = how;
      if (how !== 'honest') return;
      for (const held of heldAnswers.splice(0)) answer(held);
    },
    say,
    disconnect: () => socket?.resetAndDestroy(),
    unknownCommands: () => decoder.unknown(),
    papers: () => roll.papers(),
    inSlot: () => roll.inSlot(),
    tear: () => {
      roll.take();
      changed();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () =>
      new Promise((resolve) => {
        clearTimeout(ticking);
        server.close(() => resolve());
        socket?.destroy();
      }),
  };
}
