import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { endReadsOnHangUp, type TtyBinding } from './tty-read.ts';

const notReached = async (): Promise<never> => {
  throw new Error('the read of serialport was called');
};

test('a tty that answers with 0 bytes was unplugged: the read ends, and says so', async () => {
  // /dev/null answers every read as a hung-up tty does.
  const handle = await open('/dev/null', 'r');
  const binding: TtyBinding = { isOpen: true, fd: handle.fd, poller: { once: notReached }, read: notReached };
  endReadsOnHangUp(binding);
  await expect(binding.read(Buffer.alloc(8), 0, 8)).rejects.toMatchObject({ disconnect: true });
  await handle.close();
});

test('reading a port that we closed is no fault of the device', async () => {
  const binding: TtyBinding = { isOpen: false, fd: null, poller: { once: notReached }, read: notReached };
  endReadsOnHangUp(binding);
  await expect(binding.read(Buffer.alloc(8), 0, 8)).rejects.toMatchObject({ canceled: true });
});
