// The child process of hid-line.ts for a reader that is a keyboard: holds it through the native package `usb`, which may
// hang or crash. It ends when its parent does, when the device goes, or on any doubt.
import type { HidAddress } from '../../device-uri.ts';
import { encodeFrame } from '../hid-pos/frames.ts';
import { holdDevice } from '../hid-pos/hold-device.ts';
import { KEYBOARD_USAGE_PAGE, type UsbKeyboard, usbKeyboards } from './usb-keyboards.ts';

const leave = () => process.exit(0);
process.stdin.once('end', leave);
process.stdin.once('error', leave);
process.stdout.once('error', leave);
process.stdin.resume();

const address = JSON.parse(process.argv[2] ?? '{}') as HidAddress;
const library = await import('usb').catch(() => null);
if (library) {
  const keyboards = usbKeyboards(
    async () => (await library.usb.getDevices()) as unknown as readonly UsbKeyboard[],
  );
  await holdDevice(keyboards, address, KEYBOARD_USAGE_PAGE, (frame) => void process.stdout.write(frame));
} else process.stdout.write(encodeFrame('refused', Buffer.from('no-driver')));
process.stdout.write('', leave);
