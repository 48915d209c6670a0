import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { err, ok } from '@motcua/core';
import type { PrinterAddress } from '../printer-uri.ts';
import type { ChannelError, OpenChannel } from './channel.ts';
import { createFrameReader, encodeFrame, type Frame, MAX_FRAME_BODY } from './frames.ts';

const CHILD = fileURLToPath(new URL('./channel-child.ts', import.meta.url));
/** Starting a process comes on top of opening the device. */
const START_MS = 5_000;
const PORT_STATUS_MS = 500;

/**
 * A channel whose device is held by a child process, so that native code which hangs or crashes takes nothing else with
 * it. Destroying the channel kills the child; the kernel then frees the device.
 */
export function supervisedChannel(
  address: Exclude<PrinterAddress, { kind: 'tcp' }>,
  command: readonly string[] = [process.execPath, CHILD],
): OpenChannel {
  return (timeoutMs) =>
    new Promise((resolve) => {
      const [program = process.execPath, ...args] = command;
      const child = spawn(program, [...args, JSON.stringify(address)], {
        stdio: ['pipe', 'pipe', 'ignore'],
        // In Electron the same binary is Node only when told so.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      });
      const read = createFrameReader();
      const dataListeners = new Set<(chunk: Uint8Array) => void>();
      const closeListeners = new Set<() => void>();
      const writes: (() => void)[] = [];
      const questions: ((status: number | undefined) => void)[] = [];
      let early: Uint8Array[] = [];
      let closed = false;

      const close = (error: ChannelError) => {
        if (closed) return;
        closed = true;
        clearTimeout(timer);
        child.kill('SIGKILL');
        resolve(err(error));
        for (const done of writes.splice(0)) done();
        for (const answer of questions.splice(0)) answer(undefined);
        for (const listener of closeListeners) listener();
      };
      const timer = setTimeout(() => close({ code: 'channel-timeout' }), timeoutMs + START_MS);

      const opened = () => {
        clearTimeout(timer);
        resolve(
          ok({
            write: async (bytes) => {
              for (let at = 0; at < bytes.length && !closed; at += MAX_FRAME_BODY)
                await new Promise<void>((written) => {
                  writes.push(written);
                  child.stdin.write(encodeFrame('data', bytes.subarray(at, at + MAX_FRAME_BODY)));
                });
            },
            onData: (listener) => {
              dataListeners.add(listener);
              for (const chunk of early.splice(0)) listener(chunk);
            },
            onClose: (listener) => {
              if (closed) queueMicrotask(listener);
              else closeListeners.add(listener);
            },
            destroy: () => close({ code: 'channel-refused' }),
            ...(address.kind === 'usb'
              ? {
                  portStatus: () =>
                    new Promise<number | undefined>((answer) => {
                      if (closed) return answer(undefined);
                      const late = setTimeout(() => answer(undefined), PORT_STATUS_MS);
                      questions.push((status) => {
                        clearTimeout(late);
                        answer(status);
                      });
                      child.stdin.write(encodeFrame('portQuestion'));
                    }),
                }
              : {}),
          }),
        );
      };

      const take = (frame: Frame) => {
        switch (frame.type) {
          case 'opened':
            return opened();
          case 'refused':
            return close({
              code:
                Buffer.from(frame.body).toString() === 'no-driver' ? 'channel-no-driver' : 'channel-refused',
            });
          case 'data':
            if (dataListeners.size === 0) early = [...early.slice(-16), frame.body];
            for (const listener of dataListeners) listener(frame.body);
            return;
          case 'written':
            writes.shift()?.();
            return;
          case 'portStatus':
            questions.shift()?.(frame.body[0]);
            return;
          case 'portQuestion':
            return close({ code: 'channel-refused' });
        }
      };

      child.stdout.on('data', (chunk: Buffer) => {
        const frames = read(chunk);
        if (!frames) return close({ code: 'channel-refused' });
        for (const frame of frames) take(frame);
      });
      child.stdin.on('error', () => undefined);
      child.once('error', () => close({ code: 'channel-refused' }));
      child.once('exit', () => close({ code: 'channel-refused' }));
    });
}
