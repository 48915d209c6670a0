import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HidAddress } from '../../device-uri.ts';
import type { Timers } from '../../timers.ts';
import { closeOnce, type OpenByteLine } from '../byte-line.ts';
import { createFrameReader, type Frame } from './frames.ts';

/** The program that holds a HID POS device; simulators bring another. */
export const HID_CHILD = fileURLToPath(new URL('./hid-child.ts', import.meta.url));

/** Starting Node on a busy machine comes in too; afterwards the child gives a sign each second. */
const SILENCE_MS = 10_000;
const REASONS: readonly string[] = ['no-driver', 'denied', 'unplugged'];

/** Makes codes of a device's reports. */
export interface ReportReader {
  push(report: Uint8Array): void;
  /** Forgets a half code (the cable was pulled). */
  reset(): void;
}

/**
 * A USB reader that tells its codes in reports. The device is held by a child process: when native code hangs there (no
 * sign of life) or crashes, the line closes, the child is killed, and whoever opened the line starts another one.
 */
export function hidLine(
  address: HidAddress,
  options: {
    readonly timers: Timers;
    readonly program: string;
    readonly read: (onCode: (code: Uint8Array) => void) => ReportReader;
  },
): OpenByteLine {
  return (events) => {
    const child = spawn(process.execPath, [options.program, JSON.stringify(address)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // In Electron the same binary is Node only when told so.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const reports = options.read(events.onCode);
    const read = createFrameReader();
    let cancelWatchdog = () => {};
    let ended = false;
    let reason = 'driver-ended';
    const close = closeOnce(events.onClose);
    /** The line is closed only when the child is gone: before that the device is not free for the next one. */
    const end = (why: string) => {
      if (ended) return;
      ended = true;
      reason = why;
      cancelWatchdog();
      reports.reset();
      child.kill('SIGKILL');
    };
    const watch = () => {
      cancelWatchdog();
      cancelWatchdog = options.timers.after(SILENCE_MS, () => end('driver-hung'));
    };
    const take = ({ type, body }: Frame) => {
      switch (type) {
        case 'alive':
          return;
        case 'opened':
          return events.onOpen();
        case 'report':
          return reports.push(body);
        case 'refused': {
          const said = Buffer.from(body).toString('latin1');
          return end(REASONS.includes(said) ? said : 'refused');
        }
      }
    };

    child.stdout.on('data', (chunk: Buffer) => {
      if (ended) return;
      watch();
      const frames = read(chunk);
      if (!frames) return end('driver-garbage');
      for (const frame of frames) if (!ended) take(frame);
    });
    child.stdin.on('error', () => undefined);
    child.once('error', () => close('driver-not-started'));
    child.once('exit', () => {
      cancelWatchdog();
      reports.reset();
      close(reason);
    });
    watch();
    return () => end('closed');
  };
}
