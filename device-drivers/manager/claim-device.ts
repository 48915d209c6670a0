import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { err, ok, type Result } from '@motcua/core';

/** Gives the device back. The kernel does so too when this process ends, however it ends. */
export type ReleaseDevice = () => Promise<void>;

/**
 * Claims a device for this process among all of this machine: a listening socket in Linux's abstract namespace, which
 * leaves nothing behind. Devices behind a network address and folders are not claimed: others may share them.
 */
export function claimDevice(uri: string): Promise<Result<ReleaseDevice, { readonly code: 'device-in-use' }>> {
  if (!/^(serial|usb|hid|sane):/.test(uri) || uri.startsWith('sane:test:'))
    return Promise.resolve(ok(async () => undefined));
  const name = createHash('sha256').update(uri).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(err({ code: 'device-in-use' })));
    server.listen({ path: `\0motcua-device-${name}` }, () =>
      resolve(ok(() => new Promise<void>((released) => void server.close(() => released())))),
    );
  });
}
