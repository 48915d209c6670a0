import { fileURLToPath } from 'node:url';
import type { HidDevice, HidDeviceInfo, HidLibrary } from '../hid-pos/hold-device.ts';

/** The program that holds a keyboard; simulators bring another. */
export const WEDGE_CHILD = fileURLToPath(new URL('./wedge-child.ts', import.meta.url));

/** HID Usage Tables 1.4, page 01: generic desktop, where keyboards are. */
export const KEYBOARD_USAGE_PAGE = 0x01;

const HID_CLASS = 3;
const BOOT = 1;
const KEYBOARD = 1;
export const KEYBOARD_REPORT_BYTES = 8;
const READ_MS = 1_000;
/** `SET_PROTOCOL` of the HID class; 0 is the boot protocol. */
const SET_PROTOCOL = 0x0b;

/** What is used of the package's WebUSB device; its own types leave out the time limits. */
export interface UsbKeyboard {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string | null;
  readonly configuration?: {
    readonly interfaces: readonly {
      readonly interfaceNumber: number;
      readonly alternate: {
        readonly interfaceClass: number;
        readonly interfaceSubclass: number;
        readonly interfaceProtocol: number;
        readonly endpoints: readonly { readonly endpointNumber: number; readonly direction: string }[];
      };
    }[];
  } | null;
  open(): Promise<void>;
  close(): Promise<void>;
  detachKernelDriver(number: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  controlTransferOut(setup: object, data: Uint8Array, timeoutMs: number): Promise<unknown>;
  transferIn(endpoint: number, length: number, timeoutMs: number): Promise<{ readonly data?: DataView }>;
}

/**
 * Boot keyboards through the npm package `usb`, in the form of `node-hid`. Opening one takes it away from the kernel: what
 * it types reaches nobody else, and no window.
 */
export function usbKeyboards(getDevices: () => Promise<readonly UsbKeyboard[]>): HidLibrary {
  let known: readonly UsbKeyboard[] = [];
  return {
    devicesAsync: async () => {
      // Throws on a machine that has no USB at all.
      known = await getDevices().catch(() => []);
      return known.map((device, at): HidDeviceInfo => {
        const { vendorId, productId, serialNumber } = device;
        const isKeyboard = keyboardOf(device) !== undefined;
        return {
          vendorId,
          productId,
          serialNumber: serialNumber ?? undefined,
          usagePage: isKeyboard ? KEYBOARD_USAGE_PAGE : undefined,
          path: String(at),
        };
      });
    },
    open: async (path) => {
      const device = known[Number(path)];
      const found = device && keyboardOf(device);
      if (!device || !found) throw new Error('no keyboard');
      await device.open();
      // Fails where no kernel driver holds it, which is as well.
      await device.detachKernelDriver(found.number).catch(() => undefined);
      await device.claimInterface(found.number);
      const setup = {
        requestType: 'class',
        recipient: 'interface',
        request: SET_PROTOCOL,
        value: 0,
        index: found.number,
      };
      // One that speaks only the boot protocol may refuse to be told so.
      await device.controlTransferOut(setup, new Uint8Array(), READ_MS).catch(() => undefined);
      return readOf(device, found.endpoint);
    },
  };
}

function keyboardOf(device: UsbKeyboard): { readonly number: number; readonly endpoint: number } | undefined {
  for (const { interfaceNumber, alternate } of device.configuration?.interfaces ?? []) {
    const { interfaceClass, interfaceSubclass, interfaceProtocol, endpoints } = alternate;
    if (interfaceClass !== HID_CLASS || interfaceSubclass !== BOOT || interfaceProtocol !== KEYBOARD)
      continue;
    const endpoint = endpoints.find(({ direction }) => direction === 'in')?.endpointNumber;
    if (endpoint !== undefined) return { number: interfaceNumber, endpoint };
  }
  return undefined;
}

function readOf(device: UsbKeyboard, endpoint: number): HidDevice {
  const onData = new Set<(report: Uint8Array) => void>();
  const onError = new Set<(error: unknown) => void>();
  const readOn = async () => {
    for (let failures = 0; failures < 3; ) {
      const start = performance.now();
      const result = await device.transferIn(endpoint, KEYBOARD_REPORT_BYTES, READ_MS).catch(() => undefined);
      if (result?.data && result.data.byteLength > 0) {
        const { buffer, byteOffset, byteLength } = result.data;
        for (const listener of onData) listener(new Uint8Array(buffer, byteOffset, byteLength));
      }
      // A read that ran its time is silence; failures at once, again and again, are an unplugged cable.
      failures = result === undefined && performance.now() - start < READ_MS / 2 ? failures + 1 : 0;
    }
    await device.close().catch(() => undefined);
    for (const listener of onError) listener(undefined);
  };
  void readOn();
  return {
    on: (event: 'data' | 'error', listener: (value: Uint8Array) => void) =>
      event === 'data' ? onData.add(listener) : onError.add(listener as (error: unknown) => void),
  };
}
