import { unreachable } from '@motcua/core';
import type { PrinterAddress } from '../printer-uri.ts';
import type { OpenChannel } from './channel.ts';
import { supervisedChannel } from './supervised-channel.ts';
import { tcpChannel } from './tcp-channel.ts';

/** The way to a printer. Native code (serial, USB, a device file) runs in a child process: it may hang or crash there. */
export function openPrinterChannel(address: PrinterAddress): OpenChannel {
  switch (address.kind) {
    case 'tcp':
      return tcpChannel(address.host, address.port);
    case 'serial':
    case 'usb':
      return supervisedChannel(address);
    default:
      return unreachable(address);
  }
}
