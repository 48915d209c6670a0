import { SerialPort } from 'serialport';
import { closeOnce, type OpenByteLine } from './byte-line.ts';
import { endReadsOnHangUp } from './tty-read.ts';

/**
 * USB-COM and RS-232 readers. The port is opened anew after each unplugging; use a path under `/dev/serial/by-id`,
 * because `ttyACM0` comes back as `ttyACM1`. Modem lines are not touched: a pty has none.
 */
export function serialLine(path: string, baudRate: number): OpenByteLine {
  return (events) => {
    const close = closeOnce(events.onClose);
    const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
    let wanted = true;
    const release = () => {
      if (port.isOpen) port.close(() => close('closed'));
    };
    // The error's text names the path at most; what follows it is always `close` or a failed read.
    port.on('error', () => release());
    port.on('close', (error: { disconnected?: boolean } | null) =>
      close(error?.disconnected ? 'unplugged' : 'closed'),
    );
    port.open((error) => {
      if (error) return close(reasonOf(error));
      if (!wanted) return release();
      if (port.port && 'poller' in port.port) endReadsOnHangUp(port.port);
      // Reading begins with this listener: not before the reads know a hang-up.
      port.on('data', (chunk: Buffer) => events.onBytes(chunk));
      events.onOpen();
    });
    return () => {
      wanted = false;
      release();
      if (!port.isOpen && !port.opening) close('closed');
    };
  };
}

function reasonOf(error: Error): string {
  if (/no such file/i.test(error.message)) return 'absent';
  if (/permission/i.test(error.message)) return 'denied';
  if (/lock|busy|temporarily unavailable/i.test(error.message)) return 'in-use';
  return 'error';
}
