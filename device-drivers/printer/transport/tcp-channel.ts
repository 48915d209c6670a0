import { connect } from 'node:net';
import { err, ok } from '@motcua/core';
import type { OpenChannel } from './channel.ts';

/** Network printers listen on port 9100, one connection at a time. */
export function tcpChannel(host: string, port: number): OpenChannel {
  return (timeoutMs) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
      const timer = setTimeout(() => {
        resolve(err({ code: 'channel-timeout' }));
        socket.destroy();
      }, timeoutMs);
      let closed = false;
      socket.once('close', () => {
        closed = true;
        clearTimeout(timer);
        resolve(err({ code: 'channel-refused' }));
      });
      // `close` follows every error and says the same.
      socket.on('error', () => undefined);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(
          ok({
            write: (bytes) =>
              new Promise((written) => {
                if (closed || socket.destroyed) return written();
                const settle = () => {
                  socket.off('close', settle);
                  written();
                };
                socket.once('close', settle);
                socket.write(bytes, settle);
              }),
            onData: (listener) => socket.on('data', listener),
            onClose: (listener) => {
              if (closed) queueMicrotask(listener);
              else socket.once('close', listener);
            },
            destroy: () => socket.resetAndDestroy(),
            finish: (finishMs) =>
              new Promise((left) => {
                if (closed) return left('broken');
                const leave = (how: 'closed' | 'broken' | 'open') => {
                  clearTimeout(wait);
                  left(how);
                  // Not a reset: what is still on its way must arrive.
                  socket.destroy();
                };
                const wait = setTimeout(() => leave('open'), finishMs);
                socket.once('end', () => leave('closed'));
                socket.once('error', () => leave('broken'));
                socket.once('close', () => leave('broken'));
                socket.end();
              }),
          }),
        );
      });
    });
}
