import { createServer, type Socket } from 'node:net';
import { asSent, type SimulatedReader, sendInTwo } from './simulated-reader.ts';

/**
 * A reader behind a terminal server: listens on a loopback port and sends its codes to whoever is connected; `greeting`
 * comes first on each connection.
 */
export async function startSimulatedTcpReader(port = 0, greeting?: Uint8Array): Promise<SimulatedReader> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    if (greeting) socket.write(greeting);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const unplug = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
    });
  const send = async (code: Uint8Array | string) => {
    const bytes = asSent(code);
    await Promise.all(
      [...sockets].map((socket) => new Promise<void>((sent) => void socket.write(bytes, () => sent()))),
    );
  };
  return {
    uri: `tcp://127.0.0.1:${address.port}`,
    send,
    sendInTwo: (code, cutAt) => sendInTwo(send, code, cutAt),
    unplug,
    plugIn: () => listen(address.port),
    close: async () => {
      if (server.listening) await unplug();
    },
  };
}
