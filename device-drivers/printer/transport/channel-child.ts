// The child process of supervised-channel.ts: opens one device and passes bytes between it and standard input/output.
// It ends when its parent does, when the device goes, or on any doubt; the parent then opens a new one.
import type { PrinterAddress } from '../printer-uri.ts';
import { openDevice } from './device-channel.ts';
import { createFrameReader, encodeFrame, MAX_FRAME_BODY } from './frames.ts';

const OPEN_MS = 5_000;

const say = (...frame: Parameters<typeof encodeFrame>) => process.stdout.write(encodeFrame(...frame));
const leave = () => process.exit(0);
process.stdin.once('end', leave);
process.stdin.once('error', leave);
process.stdout.once('error', leave);

const address = JSON.parse(process.argv[2] ?? '{}') as Exclude<PrinterAddress, { kind: 'tcp' }>;
const channel = await openDevice(address, OPEN_MS);
if (!channel.ok) {
  const why = channel.error.code === 'channel-no-driver' ? 'no-driver' : '';
  process.stdout.write(encodeFrame('refused', Buffer.from(why)), leave);
} else {
  const device = channel.value;
  device.onClose(leave);
  device.onData((chunk) => {
    for (let at = 0; at < chunk.length; at += MAX_FRAME_BODY)
      say('data', chunk.subarray(at, at + MAX_FRAME_BODY));
  });
  const read = createFrameReader();
  let turn: Promise<void> = Promise.resolve();
  process.stdin.on('data', (chunk: Buffer) => {
    const frames = read(chunk);
    if (!frames) return leave();
    for (const { type, body } of frames) {
      // The port's status does not wait behind data that the printer does not take.
      if (type === 'portQuestion')
        void device
          .portStatus?.()
          .then((status) =>
            say('portStatus', status === undefined ? new Uint8Array() : Uint8Array.of(status)),
          );
      if (type === 'data')
        turn = turn.then(async () => {
          await device.write(body);
          say('written');
        });
    }
  });
  say('opened');
}
