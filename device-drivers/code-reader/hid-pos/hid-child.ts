// The child process of hid-line.ts: holds one HID device through the native package `node-hid`, which may hang or crash.
// It ends when its parent does, when the device goes, or on any doubt.
import type { HidAddress } from '../../device-uri.ts';
import { encodeFrame } from './frames.ts';
import { type HidLibrary, holdDevice } from './hold-device.ts';
import { BARCODE_USAGE_PAGE } from './report.ts';

const leave = () => process.exit(0);
process.stdin.once('end', leave);
process.stdin.once('error', leave);
process.stdout.once('error', leave);
process.stdin.resume();

const address = JSON.parse(process.argv[2] ?? '{}') as HidAddress;
const library = await loadLibrary();
if (library)
  await holdDevice(library, address, BARCODE_USAGE_PAGE, (frame) => void process.stdout.write(frame));
else process.stdout.write(encodeFrame('refused', Buffer.from('no-driver')));
process.stdout.write('', leave);

/** The native part loads at its first use, not with the package. */
async function loadLibrary(): Promise<HidLibrary | null> {
  try {
    const hid = await import('node-hid');
    await hid.devicesAsync();
    return { devicesAsync: () => hid.devicesAsync(), open: async (path) => new hid.HID(path) };
  } catch {
    return null;
  }
}
