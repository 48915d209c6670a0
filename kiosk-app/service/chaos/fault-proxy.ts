import { connect, createServer, type Socket } from 'node:net';

export interface FaultProxy {
  readonly port: number;
  /** How many connections were harmed. */
  readonly faults: () => number;
  /** From now on everything passes. */
  calm(): void;
  close(): Promise<void>;
}

/**
 * A line to the city that fails: of the connections that it carries, some are refused, cut in the middle of the request,
 * cut or reset before the answer (the city has done it, the kiosk does not know, and asks again), stalled or slow.
 */
export async function startFaultProxy(options: {
  readonly to: number;
  readonly random: () => number;
  /** Of the connections, 0–1. */
  readonly rate: number;
}): Promise<FaultProxy> {
  const { random } = options;
  const open = new Set<Socket>();
  let faults = 0;
  let rate = options.rate;

  const server = createServer((kiosk) => {
    const fault = random() < rate ? (Math.floor(random() * 6) as 0 | 1 | 2 | 3 | 4 | 5) : null;
    if (fault !== null) faults++;
    const city = connect(options.to, '127.0.0.1');
    for (const socket of [kiosk, city]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => undefined);
    }
    const end = () => {
      kiosk.destroy();
      city.destroy();
    };
    city.on('close', end);
    kiosk.on('close', end);
    let left = Math.floor(random() * 120_000);
    kiosk.on('data', (chunk) => {
      if (fault === 0) return end();
      if (fault === 1 && chunk.length >= left) {
        city.write(chunk.subarray(0, left), end);
        return;
      }
      left -= chunk.length;
      if (fault === 2) setTimeout(() => city.writable && city.write(chunk), 40);
      else city.write(chunk);
    });
    city.on('data', (chunk) => {
      if (fault === 3) return end();
      if (fault === 4) return void kiosk.resetAndDestroy();
      // Stalled: the answer never comes, and nothing is closed.
      if (fault === 5) return;
      kiosk.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    faults: () => faults,
    calm: () => {
      rate = 0;
      for (const socket of open) socket.destroy();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
