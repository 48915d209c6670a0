import { createServer } from 'node:net';

/** A loopback port that nobody uses now: the wished one, or any for 0. Rejects when the wished one is taken. */
export async function freePort(wished = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${wished} is in use by another program; take another one: --port 8741`)
          : error,
      ),
    );
    server.listen(wished, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
