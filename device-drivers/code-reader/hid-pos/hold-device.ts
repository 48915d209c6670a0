import type { HidAddress } from '../../device-uri.ts';
import { encodeFrame } from './frames.ts';

/** What is used of `node-hid`; keyboards (`wedge/`) and the simulated reader bring their own. */
export interface HidLibrary {
  devicesAsync(): Promise<readonly HidDeviceInfo[]>;
  open(path: string): Promise<HidDevice>;
}

export interface HidDeviceInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string | undefined;
  readonly usagePage?: number | undefined;
  readonly path?: string | undefined;
}

export interface HidDevice {
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

const LOOK_MS = 500;
const ALIVE_MS = 1_000;

/**
 * Waits for the reader to be plugged in, opens it and writes what it sends as frames. Resolves when the device has gone
 * or cannot be opened: this process then ends, and the driver starts a new one.
 */
export async function holdDevice(
  library: HidLibrary,
  address: HidAddress,
  usagePage: number,
  write: (frame: Uint8Array) => void,
): Promise<void> {
  const alive = setInterval(() => write(encodeFrame('alive')), ALIVE_MS);
  const refuse = (reason: string) => write(encodeFrame('refused', Buffer.from(reason)));
  try {
    const path = await waitForDevice(library, address, usagePage);
    const device = await library.open(path).catch(() => null);
    if (!device) return refuse('denied');
    // `node-hid` gives a string or nothing here; either way the device is gone.
    const gone = new Promise<void>((resolve) => device.on('error', () => resolve()));
    device.on('data', (report) => write(encodeFrame('report', report)));
    write(encodeFrame('opened'));
    await gone;
    refuse('unplugged');
  } finally {
    clearInterval(alive);
  }
}

async function waitForDevice(library: HidLibrary, address: HidAddress, usagePage: number): Promise<string> {
  for (;;) {
    const found = (await library.devicesAsync()).find((device) => isWanted(device, address, usagePage));
    if (found?.path) return found.path;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** By what the device is, never by its path: after a replug `hidraw0` is `hidraw1`. */
function isWanted(device: HidDeviceInfo, address: HidAddress, usagePage: number): boolean {
  return (
    device.vendorId === address.vendorId &&
    device.productId === address.productId &&
    // A reader in this mode may have a second interface, for its set-up.
    device.usagePage === usagePage &&
    (address.serialNumber === null || device.serialNumber === address.serialNumber)
  );
}
