import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** The kiosk's line to the city: an address that leads to one server or another, or nowhere. */
export interface LineToCity {
  readonly url: string;
  /** New connections go to the server at this address; null: they are reset. Open ones are cut. */
  leadTo(url: string | null): void;
  close(): Promise<void>;
}

export async function openLineToCity(): Promise<LineToCity> {
  let target: URL | null = null;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (!target) return void near.resetAndDestroy();
    const far = connect(Number(target.port), target.hostname);
    keep(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => {
      target = url === null ? null : new URL(url);
      cut();
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
