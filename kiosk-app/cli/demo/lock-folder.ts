import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Holds a folder for this process alone; null while another process holds it. An abstract socket instead of a lock
 * file: it needs no permission and goes with its process, however that ends.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> } | null> {
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
  const server = createServer((connection) => connection.destroy());
  const held = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(`\0motcua-demo-${name}`, () => resolve(true));
  });
  if (!held) return null;
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
