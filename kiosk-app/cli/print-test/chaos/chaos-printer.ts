// Over 400 lines on purpose: one printer, whose faults all turn on the same state; apart from the project's own simulator.
// Plays a thermal printer over TCP that tears the paper, lies, stalls and recovers at random. It shares no code with the
// driver or the simulator: what it knows of ESC/POS is written here anew, so that it can judge them.
import { createServer, type Server, type Socket } from 'node:net';
import type { Random } from './random.ts';

/** What this printer can do. */
export interface Model {
  readonly status: boolean;
  readonly automaticStatus: boolean;
  readonly barrier: boolean;
  readonly confirms: boolean;
  readonly clears: boolean;
  /** Its buffer outlives the connection. */
  readonly keepsBuffer: boolean;
}

export const models = {
  epson: {
    status: true,
    automaticStatus: true,
    barrier: true,
    confirms: true,
    clears: true,
    keepsBuffer: true,
  },
  forgetful: {
    status: true,
    automaticStatus: true,
    barrier: true,
    confirms: true,
    clears: true,
    keepsBuffer: false,
  },
  clone: {
    status: true,
    automaticStatus: false,
    barrier: true,
    confirms: false,
    clears: false,
    keepsBuffer: true,
  },
  reticent: {
    status: false,
    automaticStatus: true,
    barrier: true,
    confirms: true,
    clears: true,
    keepsBuffer: true,
  },
  'status-only': {
    status: true,
    automaticStatus: false,
    barrier: false,
    confirms: false,
    clears: false,
    keepsBuffer: true,
  },
  mute: {
    status: false,
    automaticStatus: false,
    barrier: false,
    confirms: false,
    clears: false,
    keepsBuffer: false,
  },
} as const satisfies Record<string, Model>;

export type ModelName = keyof typeof models;

export type Trouble =
  | 'close'
  | 'paper-end'
  | 'cover'
  | 'stall'
  | 'restart'
  | 'xoff'
  | 'garbage'
  | 'late-answer'
  | 'no-answer'
  | 'double-answer'
  | 'half-answer'
  | 'wrong-id';

export interface Piece {
  /** Rows of 72 bytes. */
  readonly rows: readonly Uint8Array[];
  readonly end: 'cut' | 'torn';
}

export interface ChaosPrinter {
  readonly port: number;
  readonly troubles: ReadonlyMap<Trouble, number>;
  readonly unknownCommands: () => number;
  close(): Promise<void>;
}

const ROW_BYTES = 72;

export async function startChaosPrinter(options: {
  readonly model: Model;
  readonly random: Random;
  /** Troubles that may happen; a model that says nothing can only be expected to survive some of them. */
  readonly allowed: readonly Trouble[];
  /** Of each trouble per ticket. */
  readonly rate: number;
  readonly onPiece: (piece: Piece) => void;
}): Promise<ChaosPrinter> {
  const { model, random, rate } = options;
  const troubles = new Map<Trouble, number>();
  let server: Server;
  let socket: Socket | undefined;
  let queue = Buffer.alloc(0);
  let rasterLeft = 0;
  let paper: Uint8Array[] = [];
  let stopped: 'paper-end' | 'cover' | undefined;
  let stalled = false;
  let automatic = false;
  let held = Buffer.alloc(0);
  let unknown = 0;
  let closing = false;
  /** Which trouble comes, and after how many more rows or bytes. */
  let paperEndIn = Number.POSITIVE_INFINITY;
  let coverIn = Number.POSITIVE_INFINITY;
  let closeIn = Number.POSITIVE_INFINITY;

  const happens = (trouble: Trouble, probability = rate): boolean => {
    if (!options.allowed.includes(trouble) || !random.chance(probability)) return false;
    troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
    return true;
  };
  const later = (ms: number, action: () => void) => {
    setTimeout(() => {
      if (!closing) action();
    }, ms);
  };

  const say = (bytes: readonly number[]) => {
    if (!socket || socket.destroyed || stalled) return;
    const to = socket;
    const send = (part: readonly number[]) => {
      if (!to.destroyed) to.write(Uint8Array.from(part));
    };
    if (happens('no-answer', rate / 4)) return;
    if (happens('half-answer', rate / 4)) return send(bytes.slice(0, Math.floor(bytes.length / 2)));
    if (happens('late-answer', rate / 4)) return later(random.between(20, 700), () => send(bytes));
    send(bytes);
    if (happens('double-answer', rate / 4)) send(bytes);
  };

  const offline = () => stopped !== undefined;
  const automaticStatus = () => [
    0x10 | (offline() ? 0x08 : 0) | (stopped === 'cover' ? 0x20 : 0),
    0,
    stopped === 'paper-end' ? 0x0c : 0,
    0x0f,
  ];
  const tell = () => {
    if (automatic) say(automaticStatus());
  };

  const stop = (why: 'paper-end' | 'cover') => {
    stopped = why;
    tell();
    later(random.between(20, 600), () => {
      // A hand in the printer: the old paper comes off.
      endPiece('torn');
      stopped = undefined;
      tell();
      work();
    });
  };

  const endPiece = (end: Piece['end']) => {
    if (paper.length > 0) options.onPiece({ rows: paper, end });
    paper = [];
  };

  const newTicket = () => {
    if (happens('paper-end')) paperEndIn = random.between(1, 420);
    if (happens('cover')) coverIn = random.between(1, 420);
    if (happens('close')) closeIn = random.between(1, 26_000);
    if (happens('stall', rate / 2)) stall();
    if (happens('restart', rate / 2)) later(random.between(0, 8), restart);
    if (happens('xoff', rate / 2)) {
      say([0x13]);
      if (random.chance(0.9)) later(random.between(5, 100), () => say([0x11]));
    }
    if (happens('garbage', rate / 4))
      say(Array.from({ length: random.between(1, 12) }, () => random.between(0, 255)));
  };

  const stall = () => {
    stalled = true;
    later(random.between(50, 1_500), () => {
      stalled = false;
      work();
    });
  };

  const forget = () => {
    queue = Buffer.alloc(0);
    rasterLeft = 0;
  };

  const restart = () => {
    forget();
    held = Buffer.alloc(0);
    automatic = false;
    socket?.resetAndDestroy();
    server.close();
    later(random.between(10, 1_200), listen);
  };

  const row = (bytes: Uint8Array) => {
    paper.push(bytes);
    paperEndIn -= 1;
    coverIn -= 1;
    if (paperEndIn <= 0) {
      paperEndIn = Number.POSITIVE_INFINITY;
      stop('paper-end');
    } else if (coverIn <= 0) {
      coverIn = Number.POSITIVE_INFINITY;
      stop('cover');
    }
  };

  const feed = (dots: number) => {
    for (let at = 0; at < dots; at++) paper.push(new Uint8Array(ROW_BYTES));
  };

  /** One step of the buffer; false when it needs more bytes. */
  const step = (): boolean => {
    const need = (bytes: number) => queue.length >= bytes;
    const drop = (bytes: number) => {
      queue = queue.subarray(bytes);
      return true;
    };
    if (rasterLeft > 0) {
      if (!need(ROW_BYTES)) return false;
      const dots = Uint8Array.from(queue.subarray(0, ROW_BYTES));
      drop(ROW_BYTES);
      rasterLeft -= 1;
      row(dots);
      return true;
    }
    const [first, second, third, fourth] = queue;
    if (first === 0x00 || first === 0x0a) return drop(1);
    if (first !== 0x1b && first !== 0x1d) {
      unknown += 1;
      return drop(1);
    }
    if (!need(3) && !(first === 0x1b && second === 0x40)) return false;
    if (first === 0x1b && second === 0x40) {
      automatic = false;
      return drop(2);
    }
    if (first === 0x1b && second === 0x4a) {
      feed(third ?? 0);
      return drop(3);
    }
    if (first === 0x1d && second === 0x61) {
      automatic = model.automaticStatus && third !== 0;
      drop(3);
      tell();
      return true;
    }
    if (first === 0x1d && second === 0x72) {
      drop(3);
      if (model.barrier) say([stopped === 'paper-end' ? 0x0c : 0]);
      return true;
    }
    if (first === 0x1d && second === 0x56) {
      if ((third ?? 0) < 65) {
        drop(3);
      } else {
        if (!need(4)) return false;
        feed(fourth ?? 0);
        drop(4);
      }
      endPiece('cut');
      return true;
    }
    if (first === 0x1d && second === 0x76) {
      if (!need(8)) return false;
      const stride = queue.readUInt16LE(4);
      if (stride === ROW_BYTES) {
        if (paper.length === 0) newTicket();
        rasterLeft = queue.readUInt16LE(6);
      } else unknown += stride === 0 ? 0 : 1;
      return drop(8);
    }
    if (first === 0x1d && second === 0x28) {
      if (!need(5)) return false;
      const length = queue.readUInt16LE(3);
      if (!need(5 + length)) return false;
      const body = [...queue.subarray(5, 5 + length)];
      drop(5 + length);
      if (third === 0x48 && body[0] === 0x30 && model.confirms) {
        const id = happens('wrong-id', rate / 2) ? [0x21, 0x22, 0x23, 0x24] : body.slice(2, 6);
        say([0x37, 0x22, ...id, 0x00]);
      }
      return true;
    }
    unknown += 1;
    return drop(1);
  };

  const work = () => {
    while (queue.length > 0 && !stalled && !stopped && step());
  };

  /** Real-time commands act on arrival and never reach the buffer. */
  const arrive = (chunk: Buffer) => {
    let rest = Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    const plain: Buffer[] = [];
    for (let at = rest.indexOf(0x10); at >= 0; at = rest.indexOf(0x10)) {
      plain.push(rest.subarray(0, at));
      rest = rest.subarray(at);
      const wanted =
        rest[1] === 0x14 ? 10 : rest[1] === 0x04 || rest[1] === 0x05 ? 3 : rest.length < 2 ? 2 : 1;
      if (rest.length < wanted) {
        held = Buffer.from(rest);
        rest = Buffer.alloc(0);
        break;
      }
      if (wanted === 1) plain.push(rest.subarray(0, 1));
      else {
        // What was sent before it is in the buffer by now.
        queue = Buffer.concat([queue, ...plain.splice(0)]);
        work();
        realTime(rest.subarray(0, wanted));
      }
      rest = rest.subarray(wanted);
    }
    queue = Buffer.concat([queue, ...plain, rest]);
    work();
  };

  const realTime = (command: Buffer) => {
    if (command[1] === 0x04 && model.status) {
      const n = command[2];
      if (n === 1) say([0x12 | (offline() ? 0x08 : 0)]);
      if (n === 2) say([0x12 | (stopped === 'cover' ? 0x04 : 0) | (stopped === 'paper-end' ? 0x20 : 0)]);
      if (n === 3) say([0x12]);
      if (n === 4) say([0x12 | (stopped === 'paper-end' ? 0x60 : 0)]);
    }
    if (command[1] === 0x14 && model.clears && !stalled) {
      forget();
      say([0x37, 0x25, 0x00]);
    }
  };

  const onConnection = (connection: Socket) => {
    if (socket && !socket.destroyed) return connection.destroy();
    socket = connection;
    automatic = false;
    held = Buffer.alloc(0);
    connection.setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => {
      closeIn -= chunk.length;
      if (closeIn > 0) return arrive(chunk);
      closeIn = Number.POSITIVE_INFINITY;
      arrive(chunk.subarray(0, random.between(0, chunk.length)));
      if (random.chance(0.5)) connection.resetAndDestroy();
      else connection.destroy();
    });
    connection.on('close', () => {
      if (!model.keepsBuffer) forget();
    });
  };

  let port = 0;
  const listen = () => {
    server = createServer(onConnection);
    server.on('error', () => later(50, listen));
    server.listen(port, '127.0.0.1');
  };
  await new Promise<void>((resolve) => {
    server = createServer(onConnection);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      port = typeof address === 'object' && address ? address.port : 0;
      resolve();
    });
  });

  return {
    port,
    troubles,
    unknownCommands: () => unknown,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        socket?.destroy();
        endPiece('torn');
        server.close(() => resolve());
        setTimeout(resolve, 200);
      }),
  };
}
