// What `hid-child.ts` and `wedge-child.ts` are for a real device, with a simulated one: reports come over a loopback
// socket, 64 or 8 bytes each.
import { connect } from 'node:net';
import { type HidDevice, holdDevice } from '../../code-reader/hid-pos/hold-device.ts';
import { BARCODE_USAGE_PAGE, REPORT_BYTES } from '../../code-reader/hid-pos/report.ts';
import { KEYBOARD_REPORT_BYTES, KEYBOARD_USAGE_PAGE } from '../../code-reader/wedge/usb-keyboards.ts';
import type { HidAddress } from '../../device-uri.ts';

const leave = () => process.exit(0);
process.stdin.once('end', leave);
process.stdin.resume();

const address = JSON.parse(process.argv[2] ?? '{}') as HidAddress;
/** The simulated bus: the serial number is the port on which the device listens, when it is plugged in. */
const port = Number(address.serialNumber);
const [usagePage, reportBytes] =
  address.kind === 'hid' ? [BARCODE_USAGE_PAGE, REPORT_BYTES] : [KEYBOARD_USAGE_PAGE, KEYBOARD_REPORT_BYTES];

await holdDevice(
  {
    devicesAsync: () =>
      new Promise((resolve) => {
        const probe = connect({ host: '127.0.0.1', port });
        probe.once('error', () => resolve([]));
        probe.once('connect', () => {
          probe.destroy();
          // The same reader's set-up interface comes first, and must be passed over.
          const device = { ...address, serialNumber: String(port) };
          resolve([
            { ...device, usagePage: 0xff00, path: 'none' },
            { ...device, usagePage, path: String(port) },
          ]);
        });
      }),
    open: async (path): Promise<HidDevice> => {
      const socket = connect({ host: '127.0.0.1', port: Number(path) });
      let waiting = Buffer.alloc(0);
      // The device greets: then it knows of us, and what it sends arrives.
      await new Promise((resolve) => socket.once('readable', resolve));
      socket.read(reportBytes);
      return {
        on: (event: 'data' | 'error', listener: (value: Uint8Array) => void) => {
          if (event === 'error') {
            socket.on('error', () => undefined);
            socket.once('close', () => listener(new Uint8Array()));
            return;
          }
          socket.on('data', (chunk: Buffer) => {
            waiting = Buffer.concat([waiting, chunk]);
            for (; waiting.length >= reportBytes; waiting = waiting.subarray(reportBytes)) {
              // A report that begins with `!` is the tests' word for native code that crashes or hangs.
              if (waiting[0] === 0x21) return waiting[1] === 0 ? process.abort() : hang();
              listener(Uint8Array.from(waiting.subarray(0, reportBytes)));
            }
          });
        },
      };
    },
  },
  address,
  usagePage,
  (frame) => void process.stdout.write(frame),
);
process.stdout.write('', leave);

function hang(): never {
  for (;;);
}
