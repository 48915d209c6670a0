import { err, ok } from '@motcua/core';
import { SerialPort } from 'serialport';
import { endReadsOnHangUp } from '../../code-reader/tty-read.ts';
import type { OpenChannel } from './channel.ts';

/**
 * RS-232 and USB-COM printers. Modem lines are not touched: a pty has none. Flow control is the printer's XON/XOFF, which
 * the driver sees itself. A write after unplugging may never call back: the driver's watchdog then destroys the channel.
 */
export function serialChannel(path: string, baudRate: number): OpenChannel {
  return (timeoutMs) =>
    new Promise((resolve) => {
      const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
      const closeListeners = new Set<() => void>();
      let closed = false;
      const close = () => {
        clearTimeout(timer);
        if (port.isOpen) port.close(() => undefined);
        if (closed) return;
        closed = true;
        resolve(err({ code: 'channel-refused' }));
        for (const listener of closeListeners) listener();
      };
      const timer = setTimeout(() => {
        resolve(err({ code: 'channel-timeout' }));
        close();
      }, timeoutMs);
      port.on('error', close);
      port.on('close', close);
      port.open((error) => {
        if (error || closed) return close();
        clearTimeout(timer);
        if (port.port && 'poller' in port.port) endReadsOnHangUp(port.port);
        resolve(
          ok({
            write: (bytes) =>
              new Promise((written) => {
                if (closed) return written();
                closeListeners.add(written);
                port.write(Buffer.from(bytes), () => {
                  closeListeners.delete(written);
                  written();
                });
              }),
            onData: (listener) => port.on('data', listener),
            onClose: (listener) => {
              if (closed) queueMicrotask(listener);
              else closeListeners.add(listener);
            },
            destroy: close,
          }),
        );
      });
    });
}
