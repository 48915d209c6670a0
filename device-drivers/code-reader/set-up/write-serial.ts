import { setTimeout as wait } from 'node:timers/promises';
import { err, ok, type Result } from '@motcua/core';
import { SerialPort } from 'serialport';

export interface SetUpAnswer {
  /** What the reader said within a second, at most 256 bytes; empty when it was silent. */
  readonly answer: Uint8Array;
}

const ANSWER_MS = 1_000;
const OPEN_MS = 5_000;
const MAX_ANSWER_BYTES = 256;

/** Writes set-up messages to a reader on a serial port, one after the other. USB serial ignores the baud rate. */
export async function writeToSerialReader(
  path: string,
  messages: readonly Uint8Array[],
  baudRate = 9_600,
): Promise<Result<readonly SetUpAnswer[], { readonly code: 'serial-failed'; readonly message: string }>> {
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
  port.on('error', () => undefined);
  try {
    await inTime(new Promise<void>((done, fail) => port.open((error) => (error ? fail(error) : done()))));
    const answers: SetUpAnswer[] = [];
    let heard: number[] = [];
    port.on('data', (chunk: Buffer) => {
      heard = [...heard, ...chunk].slice(0, MAX_ANSWER_BYTES);
    });
    for (const message of messages) {
      heard = [];
      await inTime(
        new Promise<void>((done, fail) =>
          port.write(message, undefined, (error) => (error ? fail(error) : done())),
        ),
      );
      await wait(ANSWER_MS);
      answers.push({ answer: Uint8Array.from(heard) });
    }
    return ok(answers);
  } catch (error) {
    return err({ code: 'serial-failed', message: error instanceof Error ? error.message : 'no answer' });
  } finally {
    if (port.isOpen) port.close(() => undefined);
  }
}

/** A port whose device has gone may never call back. */
function inTime(work: Promise<void>): Promise<void> {
  return Promise.race([
    work,
    wait(OPEN_MS, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('the port does not answer')),
    ),
  ]);
}
