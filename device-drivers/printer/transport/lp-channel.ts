import { open, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok } from '@motcua/core';
import type { OpenChannel } from './channel.ts';

const READ_BYTES = 4_096;
/** usblp gives an empty read where the printer has nothing to say. */
const EMPTY_READ_MS = 50;

/**
 * A printer as a character device: the kernel's `/dev/usb/lp*`. Reads and writes block in the kernel, which is why this
 * runs in a child process that can be killed.
 */
export function fileChannel(path: string): OpenChannel {
  return async () => {
    const file = await open(path, 'r+').catch(() => undefined);
    if (!file) return err({ code: 'channel-refused' });
    const dataListeners = new Set<(chunk: Uint8Array) => void>();
    const closeListeners = new Set<() => void>();
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      void file.close().catch(() => undefined);
      for (const listener of closeListeners) listener();
    };
    const readOn = async () => {
      while (!closed) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, null);
        if (bytesRead === 0) await new Promise((resolve) => setTimeout(resolve, EMPTY_READ_MS));
        else for (const listener of dataListeners) listener(buffer.subarray(0, bytesRead));
      }
    };
    void readOn().catch(close);
    return ok({
      write: async (bytes) => {
        for (let at = 0; at < bytes.length && !closed; ) {
          const { bytesWritten } = await file.write(bytes, at).catch(() => ({ bytesWritten: 0 }));
          if (bytesWritten === 0) return close();
          at += bytesWritten;
        }
      },
      onData: (listener) => void dataListeners.add(listener),
      onClose: (listener) => {
        if (closed) queueMicrotask(listener);
        else closeListeners.add(listener);
      },
      destroy: close,
    });
  };
}

interface UsbIds {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string;
}

/**
 * The device file of a USB printer, by its ids in sysfs and never by its number, which changes at each plugging in.
 * `sysfs`: another root for tests.
 */
export async function findLpDevice(ids: UsbIds, sysfs = '/sys'): Promise<string | undefined> {
  const folder = join(sysfs, 'class', 'usbmisc');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^lp\d+$/.test(name)).sort();
  for (const name of names) {
    // `device` is the interface; the ids stand one folder above it.
    const device = await realpath(join(folder, name, 'device')).then(dirname, () => undefined);
    if (device === undefined) continue;
    const attribute = (file: string) =>
      readFile(join(device, file), 'utf8').then(
        (text) => text.trim(),
        () => '',
      );
    const [vendor, product, serial] = await Promise.all(['idVendor', 'idProduct', 'serial'].map(attribute));
    if (Number.parseInt(vendor ?? '', 16) !== ids.vendorId) continue;
    if (Number.parseInt(product ?? '', 16) !== ids.productId) continue;
    if (ids.serialNumber === undefined || ids.serialNumber === serial) return `/dev/usb/${name}`;
  }
  return undefined;
}
