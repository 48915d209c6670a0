import { connect } from 'node:net';
import { closeOnce, type OpenByteLine } from './byte-line.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** A network reader, or a serial one behind a terminal server. Keep-alive finds a peer that lost its power. */
export function tcpLine(host: string, port: number): OpenByteLine {
  return (events) => {
    const close = closeOnce(events.onClose);
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const timer = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      events.onOpen();
    });
    socket.on('data', events.onBytes);
    socket.on('error', (error: NodeJS.ErrnoException) => close(error.code ?? 'error'));
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      close('closed');
    });
    return () => socket.destroy();
  };
}
