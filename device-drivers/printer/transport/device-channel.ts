import { err, unreachable } from '@motcua/core';
import type { PrinterAddress } from '../printer-uri.ts';
import type { OpenChannel } from './channel.ts';
import { fileChannel, findLpDevice } from './lp-channel.ts';
import { serialChannel } from './serial-channel.ts';
import { usbChannel } from './usb-channel.ts';

/** Opens a device in this very process; only the child process does so. */
export async function openDevice(
  address: Exclude<PrinterAddress, { kind: 'tcp' }>,
  timeoutMs: number,
): ReturnType<OpenChannel> {
  switch (address.kind) {
    case 'serial':
      return serialChannel(address.path, address.baudRate)(timeoutMs);
    case 'usb': {
      // libusb first: it alone can ask the port how it is. The kernel's usblp serves where it may not be opened.
      const usb = await usbChannel(address)(timeoutMs);
      if (usb.ok) return usb;
      const file = await findLpDevice(address);
      return file === undefined ? err(usb.error) : fileChannel(file)(timeoutMs);
    }
    default:
      return unreachable(address);
  }
}
