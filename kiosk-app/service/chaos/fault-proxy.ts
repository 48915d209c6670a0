import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type LineFault = (typeof LINE_FAULTS)[number];

export interface FaultProxy {
  readonly port: number;
  /** How many requests were harmed. */
  readonly faults: () => number;
  /** The same by kind. */
  readonly counts: () => Readonly<Record<LineFault, number>>;
  /** From now on everything passes; what was held back is delivered now. */
  calm(): void;
  /** Resolves when the city has answered all that is on its way. */
  delivered(): Promise<void>;
  close(): Promise<void>;
}

const LINE_FAULTS = [
  /** Nothing of the request arrives. */
  'refused',
  /** A part of it arrives. */
  'cut-request',
  /** The city has done it, the kiosk does not hear of it, and asks again. */
  'cut-answer',
  'reset-answer',
  /** The answer never comes, and nothing is closed. */
  'stalled',
  'slow',
  /** It arrives twice at the same time on two connections; the kiosk hears the first answer, or only the second. */
  'doubled-first-heard',
  'doubled-second-heard',
  /** It arrives a second time after the city has answered it. */
  'repeated',
  /** The kiosk hears nothing and goes on; it arrives after later ones, on another connection. */
  'late',
] as const;

interface Carried {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const SLOW_PIECES = 4;
const SLOW_MS = 40;
/** A request that is held back arrives after so many later ones. */
const MOST_OVERTAKEN = 6;

/**
 * A line to the city that fails, request by request (HTTP/1.1): TCP itself doubles and reorders nothing that a program
 * would see, but proxies that try again, and connections that a kiosk has given up, do.
 */
export async function startFaultProxy(options: {
  readonly to: number;
  readonly random: () => number;
  /** Of the requests, 0–1. */
  readonly rate: number;
  readonly kinds?: readonly LineFault[];
  /** Told of each request before it meets its fault. */
  readonly onRequest?: (request: Omit<Carried, 'body'> & { readonly bytes: number }) => void;
}): Promise<FaultProxy> {
  const { random, kinds = LINE_FAULTS } = options;
  const open = new Set<Socket>();
  const late: { readonly carried: Carried; overtakenBy: number }[] = [];
  const underWay = new Set<Promise<unknown>>();
  const counts = Object.fromEntries(LINE_FAULTS.map((kind) => [kind, 0])) as Record<LineFault, number>;
  let rate = options.rate;

  /** Rejects when the city is away or hangs up. Each on a connection of its own. */
  const deliver = (carried: Carried, how: { readonly cutAt?: number; readonly slow?: boolean } = {}) => {
    const answer = forward(options.to, carried, how, open);
    underWay.add(answer);
    const over = () => underWay.delete(answer);
    answer.then(over, over);
    return answer;
  };
  const deliverUnheard = (carried: Carried) => deliver(carried).catch(() => undefined);

  async function carry(carried: Carried, reply: ServerResponse): Promise<void> {
    const hangUp = () => {
      reply.destroy();
    };
    const pass = (answer: Promise<Answer>) => answer.then((each) => answerWith(reply, each), hangUp);
    const fault = random() < rate ? kinds[Math.floor(random() * kinds.length)] : undefined;
    if (fault === undefined) return pass(deliver(carried));
    counts[fault]++;
    switch (fault) {
      case 'refused':
        return hangUp();
      case 'cut-request':
        await deliver(carried, { cutAt: Math.floor(random() * carried.body.length) }).catch(() => undefined);
        return hangUp();
      case 'cut-answer':
        await deliverUnheard(carried);
        return hangUp();
      case 'reset-answer':
        await deliverUnheard(carried);
        reply.socket?.resetAndDestroy();
        return;
      case 'stalled':
        await deliverUnheard(carried);
        return;
      case 'slow':
        return pass(deliver(carried, { slow: true }));
      case 'doubled-first-heard':
        return pass(Promise.any([deliver(carried), deliver(carried)]));
      case 'doubled-second-heard': {
        const both = [deliver(carried), deliver(carried)] as const;
        await Promise.allSettled(both);
        return pass(both[1]);
      }
      case 'repeated':
        await pass(deliver(carried));
        await deliverUnheard(carried);
        return;
      case 'late':
        late.push({ carried, overtakenBy: 1 + Math.floor(random() * MOST_OVERTAKEN) });
        return hangUp();
    }
  }

  const server = createServer(async (incoming, reply) => {
    const body = await readWhole(incoming);
    if (body === null) return;
    const { method = '', url: path = '', headers } = incoming;
    const carried = { method, path, headers, body };
    options.onRequest?.({ method, path, headers, bytes: body.length });
    await carry(carried, reply);
    for (const held of late) held.overtakenBy--;
    for (const held of late.filter((each) => each.overtakenBy < 0)) {
      late.splice(late.indexOf(held), 1);
      void deliverUnheard(held.carried);
    }
  });
  server.on('connection', (socket) => remember(socket, open));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    faults: () => Object.values(counts).reduce((sum, each) => sum + each, 0),
    counts: () => counts,
    calm: () => {
      rate = 0;
      for (const socket of open) socket.destroy();
      for (const { carried } of late.splice(0)) void deliverUnheard(carried);
    },
    delivered: async () => void (await Promise.allSettled(underWay)),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  port: number,
  { method, path, headers, body }: Carried,
  { cutAt, slow = false }: { readonly cutAt?: number; readonly slow?: boolean },
  open: Set<Socket>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const own = { ...headers, connection: 'close' };
    const sending = request({ host: '127.0.0.1', port, method, path, headers: own, agent: false });
    sending.on('socket', (socket) => remember(socket, open));
    sending.on('error', reject);
    sending.on('response', async (response) => {
      const answered = await readWhole(response);
      if (answered === null) reject(new Error('the city hung up'));
      else resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answered });
    });
    if (cutAt !== undefined) {
      sending.write(body.subarray(0, cutAt), () => sending.destroy(new Error('cut')));
      // Without a body nothing is written: the head alone must go out.
      sending.flushHeaders();
      return;
    }
    if (!slow) return void sending.end(body);
    const piece = Math.ceil(body.length / SLOW_PIECES);
    const step = (at: number): void => {
      if (sending.destroyed) return;
      if (at >= body.length) return void sending.end();
      sending.write(body.subarray(at, at + piece));
      setTimeout(step, SLOW_MS, at + piece);
    };
    step(0);
  });
}

function answerWith(reply: ServerResponse, { status, headers, body }: Answer): void {
  if (reply.destroyed) return;
  const { connection: _, 'transfer-encoding': __, ...kept } = headers;
  reply.writeHead(status, kept);
  reply.end(body);
}

/** Null when it broke off. */
async function readWhole(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

function remember(socket: Socket, open: Set<Socket>): void {
  open.add(socket);
  socket.on('close', () => open.delete(socket));
  socket.on('error', () => undefined);
}
