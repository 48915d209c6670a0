import { open } from 'node:fs/promises';

/** Small chunks are gathered: one call for each would cost more than the writing. */
const GATHER_BYTES = 1_048_576;

/**
 * Writes a stream into a file from `position` on and syncs it. A stream that breaks off loses nothing that it has
 * given, which `pipeline` into a write stream would throw away: the returned count is on the disk in either case.
 */
export async function writeAt(
  file: string,
  options: { readonly flags: 'r+' | 'w'; readonly position: number },
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly written: number; readonly broken: { readonly error: unknown } | null }> {
  const handle = await open(file, options.flags, 0o600);
  let written = 0;
  let broken: { readonly error: unknown } | null = null;
  let gathered: Buffer[] = [];
  let waiting = 0;
  // One batch is written while the next one comes.
  let writing: Promise<void> = Promise.resolve();
  const writeBatch = async (batch: readonly Buffer[], length: number) => {
    if (length === 0) return;
    // Gathered by the kernel: copying them together here would keep the garbage collector busy.
    const { bytesWritten } = await handle.writev(batch, options.position + written);
    written += bytesWritten;
    if (bytesWritten < length) throw Object.assign(new Error('a write was cut short'), { code: 'ENOSPC' });
  };
  const flush = async () => {
    await writing;
    writing = writeBatch(gathered, waiting);
    // Told by whoever waits for it next.
    writing.catch(() => undefined);
    gathered = [];
    waiting = 0;
  };
  try {
    try {
      for await (const chunk of bytes) {
        gathered.push(chunk);
        waiting += chunk.length;
        if (waiting >= GATHER_BYTES) await flush();
      }
    } catch (error) {
      broken = { error };
    }
    await flush();
    await writing;
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return { written, broken };
}
