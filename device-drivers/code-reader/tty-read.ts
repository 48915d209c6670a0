import { read } from 'node:fs';
import { promisify } from 'node:util';

/** What `serialport` opens on Linux, as far as reading goes. */
export interface TtyBinding {
  readonly isOpen: boolean;
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', ready: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number; buffer: Buffer }>;
}

const readFile = promisify(read);

/**
 * Makes a hang-up an error. A tty whose device was unplugged answers reads with 0 bytes; `serialport` 13 reads again
 * at once and for ever (serialport/bindings-cpp issue 162): deaf, and a whole core busy. Must be called before the first read.
 */
export function endReadsOnHangUp(binding: TtyBinding): void {
  binding.read = async (buffer, offset, length) => {
    for (;;) {
      // Closed by ourselves: `canceled` is how serialport tells that from a fault.
      if (!binding.isOpen || binding.fd === null)
        throw Object.assign(new Error('Port is not open'), { canceled: true });
      try {
        const { bytesRead } = await readFile(binding.fd, buffer, offset, length, null);
        if (bytesRead === 0) throw Object.assign(new Error('tty was hung up'), { disconnect: true });
        return { bytesRead, buffer };
      } catch (error) {
        if (!isAgain(error)) throw error;
      }
      await new Promise<void>((resolve, reject) => {
        binding.poller.once('readable', (error) => (error ? reject(error) : resolve()));
      });
    }
  };
}

function isAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
}
