import { err, ok } from '@motcua/core';
import type { OpenChannel, PrinterChannel } from './channel.ts';

interface UsbIds {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string;
}

const PRINTER_CLASS = 7;
/** A cancelled transfer does not say how much of it went out: small ones keep the doubt small. */
const CHUNK_BYTES = 2_048;
/** Longer than a printer prints one chunk; the driver's own watchdog is shorter than two of them. */
const TRANSFER_MS = 5_000;
const READ_MS = 1_000;
const READ_BYTES = 512;
const PORT_STATUS_MS = 400;
/** `GET_PORT_STATUS` of the USB printer class. */
const GET_PORT_STATUS = 1;

/** USB printers (class 7) through the optional npm package `usb`; the kernel's usblp is detached first. */
export function usbChannel(ids: UsbIds): OpenChannel {
  return async () => {
    const library = await import('usb').catch(() => undefined);
    if (!library) return err({ code: 'channel-no-driver' });
    try {
      const devices = await library.usb.getDevices();
      const device = devices.find(
        (one) =>
          one.vendorId === ids.vendorId &&
          one.productId === ids.productId &&
          (ids.serialNumber === undefined || one.serialNumber === ids.serialNumber),
      );
      if (!device) return err({ code: 'channel-refused' });
      await device.open();
      const opened = device as unknown as UsbDevice;
      const found = printerInterface(opened);
      if (!found) {
        await device.close();
        return err({ code: 'channel-refused' });
      }
      // Fails where no kernel driver holds it, which is as well.
      await device.detachKernelDriver(found.number).catch(() => undefined);
      await device.claimInterface(found.number);
      return ok(channelOf(opened, found));
    } catch {
      return err({ code: 'channel-refused' });
    }
  };
}

/** What is used of the package's WebUSB device; its own types leave out the time limits. */
interface UsbDevice {
  readonly configuration?: { readonly interfaces: readonly UsbInterface[] } | null;
  close(): Promise<void>;
  transferIn(endpoint: number, length: number, timeoutMs: number): Promise<{ readonly data?: DataView }>;
  transferOut(
    endpoint: number,
    data: Uint8Array,
    timeoutMs: number,
  ): Promise<{ readonly status?: string; readonly bytesWritten: number }>;
  controlTransferIn(
    setup: {
      readonly requestType: 'class';
      readonly recipient: 'interface';
      readonly request: number;
      readonly value: number;
      readonly index: number;
    },
    length: number,
    timeoutMs: number,
  ): Promise<{ readonly data?: DataView }>;
}

interface UsbInterface {
  readonly interfaceNumber: number;
  readonly alternate: {
    readonly interfaceClass: number;
    readonly endpoints: readonly {
      readonly endpointNumber: number;
      readonly direction: 'in' | 'out';
      readonly type: string;
    }[];
  };
}

interface PrinterInterface {
  readonly number: number;
  readonly out: number;
  /** Missing on a unidirectional printer. */
  readonly in: number | undefined;
}

function printerInterface(device: UsbDevice): PrinterInterface | undefined {
  for (const { interfaceNumber, alternate } of device.configuration?.interfaces ?? []) {
    if (alternate.interfaceClass !== PRINTER_CLASS) continue;
    const endpoint = (direction: 'in' | 'out') =>
      alternate.endpoints.find((one) => one.direction === direction && one.type === 'bulk')?.endpointNumber;
    const out = endpoint('out');
    if (out !== undefined) return { number: interfaceNumber, out, in: endpoint('in') };
  }
  return undefined;
}

function channelOf(device: UsbDevice, found: PrinterInterface): PrinterChannel {
  const dataListeners = new Set<(chunk: Uint8Array) => void>();
  const closeListeners = new Set<() => void>();
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    // Releasing with a read pending throws; the end of this process frees the device anyway.
    void device.close().catch(() => undefined);
    for (const listener of closeListeners) listener();
  };
  const readOn = async (endpoint: number) => {
    let failures = 0;
    while (!closed) {
      const start = performance.now();
      const result = await device.transferIn(endpoint, READ_BYTES, READ_MS).catch(() => undefined);
      const bytes = result?.data
        ? new Uint8Array(result.data.buffer, result.data.byteOffset, result.data.byteLength)
        : undefined;
      if (bytes && bytes.length > 0) for (const listener of dataListeners) listener(bytes);
      // A read that ran its time is silence; failures at once, again and again, are an unplugged cable.
      failures = result === undefined && performance.now() - start < READ_MS / 2 ? failures + 1 : 0;
      if (failures >= 3) return close();
      if (failures > 0 || bytes?.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  if (found.in !== undefined) void readOn(found.in);
  return {
    write: async (bytes) => {
      for (let at = 0; at < bytes.length && !closed; at += CHUNK_BYTES) {
        const chunk = Uint8Array.from(bytes.subarray(at, at + CHUNK_BYTES));
        const result = await device.transferOut(found.out, chunk, TRANSFER_MS).catch(() => undefined);
        // How much of it went out is unknown: it must not be sent again on this line.
        if (result?.status !== 'ok' || result.bytesWritten !== chunk.length) return close();
      }
    },
    onData: (listener) => void dataListeners.add(listener),
    onClose: (listener) => {
      if (closed) queueMicrotask(listener);
      else closeListeners.add(listener);
    },
    destroy: close,
    portStatus: async () => {
      const answer = await device
        .controlTransferIn(
          {
            requestType: 'class',
            recipient: 'interface',
            request: GET_PORT_STATUS,
            value: 0,
            index: found.number,
          },
          1,
          PORT_STATUS_MS,
        )
        .catch(() => undefined);
      return answer?.data && answer.data.byteLength > 0 ? answer.data.getUint8(0) : undefined;
    },
  };
}
