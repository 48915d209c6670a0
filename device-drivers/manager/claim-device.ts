import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { err, ok, type Result } from '@motcua/core';

/** Gives the device back. The kernel does so too when this process ends, however it ends. */
export type ReleaseDevice = () => Promise<void>;

/**
 * Claims a device for this process among all of this machine: a listening socket in Linux's abstract namespace, which
 * leaves nothing behind. Another machine's claim of a network printer is not seen: that printer takes one connection at
 * a time. Scanners on the network and folders are not claimed, others may share them; cameras are, by the kernel.
 */
export async function claimDevice(
  uri: string,
): Promise<Result<ReleaseDevice, { readonly code: 'device-in-use' }>> {
  const device = await sameForAll(uri);
  if (device === null) return ok(async () => undefined);
  const name = createHash('sha256').update(device).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(err({ code: 'device-in-use' })));
    server.listen({ path: `\0motcua-device-${name}` }, () =>
      resolve(ok(() => new Promise<void>((released) => void server.close(() => released())))),
    );
  });
}

/** One name for the ways in which one device can be written; null for one that is not claimed. */
async function sameForAll(uri: string): Promise<string | null> {
  const serial = /^serial:([^?]+)/.exec(uri)?.[1];
  // `/dev/serial/by-id/…` leads to `/dev/ttyACM0`.
  if (serial !== undefined) return `serial:${await realpath(serial).catch(() => serial)}`;
  const tcp = /^tcp:\/\/([^/]+?)\/?$/i.exec(uri)?.[1];
  if (tcp !== undefined) return `tcp://${/:\d+$/.test(tcp) ? tcp : `${tcp}:9100`}`.toLowerCase();
  // The ids of `usb:04B8:0E28:SERIAL` in any case; a serial number is as it is.
  const usb = /^(usb|hid|wedge):(.{4}:.{4})(.*)$/su.exec(uri);
  if (usb) return `usb:${usb[2]?.toLowerCase()}${usb[3]}`;
  return uri.startsWith('sane:') && !uri.startsWith('sane:test:') ? uri : null;
}
