import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SerialPort } from 'serialport';
import { listCameras } from './camera/camera-input.ts';
import { listChipReaders, stableName } from './id-chip/pcsc/list-chip-readers.ts';
import { listSaneDevices } from './scanner/scanimage.ts';

/** A device that this machine sees, as the technician writes it into the site's configuration. */
export interface FoundDevice {
  readonly role: 'ticket-printer' | 'document-scanner' | 'code-reader' | 'chip-reader';
  readonly uri: string;
  /** Maker and model, as the device says; never its serial number. */
  readonly name: string;
  /** USB vendor id in four hexadecimal digits, where there is one. */
  readonly vendorId: string | null;
  /** False: it is there, but this user may not open `node`. */
  readonly allowed: boolean;
  readonly node: string | null;
}

/** Makers of readers: their keyboards are readers in keyboard mode, which other keyboards on the kiosk are not. */
const READER_MAKERS = new Set(['0c2e', '1eab', '05e0', '05f9']);
const BY_ID = '/dev/serial/by-id';
/** Item `Usage Page (Bar Code Scanner)` of a HID report descriptor, with one or two bytes of data. */
const BARCODE_PAGE = /058c|068c00/;

/**
 * Scanners that SANE finds, cameras, serial ports with something on USB behind them, readers in HID POS or keyboard mode,
 * USB printers and readers of PC/SC.
 * Network printers, scanners and readers have to be known by their address. Takes up to 20 s, because SANE asks the
 * network; `environment` is added to `scanimage`'s, `root` is where `/sys` and `/dev` are.
 */
export async function listDevices(
  environment: Readonly<Record<string, string>> = {},
  root = '/',
): Promise<readonly FoundDevice[]> {
  const [scanners, cameras, ...others] = await Promise.all([
    listSaneDevices(environment),
    listCameras(),
    listSerialReaders(),
    listHidReaders(root),
    listUsbPrinters(root),
    listKeyboardReaders(root),
    listPcscReaders(),
  ]);
  return [
    ...scanners.map(({ device, model }) => ({
      role: 'document-scanner' as const,
      uri: `sane:${device}`,
      name: model || 'scanner',
      vendorId: null,
      allowed: true,
      node: null,
    })),
    ...cameras.map((name) => ({
      role: 'document-scanner' as const,
      uri: `camera:${name}`,
      // Its address has maker and model, but also the serial number.
      name: 'camera',
      vendorId: null,
      allowed: true,
      node: null,
    })),
    ...others.flat(),
  ];
}

async function listSerialReaders(): Promise<readonly FoundDevice[]> {
  try {
    const [ports, byId] = await Promise.all([SerialPort.list(), names(BY_ID)]);
    // The ports of the main board are always there, with or without a device.
    return await Promise.all(
      ports
        .filter((port) => port.vendorId !== undefined)
        .map(async (port) => {
          // A path by id stays the same when the reader is plugged into another socket.
          const stable = byId.find((id) => port.pnpId !== undefined && id === port.pnpId);
          return {
            role: 'code-reader' as const,
            uri: `serial:${stable ? join(BY_ID, stable) : port.path}`,
            name: port.manufacturer ?? `USB ${port.vendorId}:${port.productId ?? '????'}`,
            vendorId: port.vendorId?.toLowerCase() ?? null,
            allowed: await mayOpen(port.path),
            node: port.path,
          };
        }),
    );
  } catch {
    // No udev (a container): then there is no list, and no device either.
    return [];
  }
}

async function listPcscReaders(): Promise<readonly FoundDevice[]> {
  const { names } = await listChipReaders();
  return [...new Set(names.map(stableName))].map((name) => ({
    role: 'chip-reader',
    uri: `pcsc:${name}`,
    name,
    vendorId: null,
    allowed: true,
    node: null,
  }));
}

/** By sysfs alone: needs neither `node-hid` nor the right to open the device. */
export async function listHidReaders(root = '/'): Promise<readonly FoundDevice[]> {
  const folder = join(root, 'sys/class/hidraw');
  const found = await Promise.all(
    (await names(folder)).map(async (name): Promise<FoundDevice | null> => {
      const device = join(folder, name, 'device');
      const descriptor = await readFile(join(device, 'report_descriptor')).catch(() => null);
      if (!descriptor || !BARCODE_PAGE.test(descriptor.subarray(0, 4_096).toString('hex'))) return null;
      const uevent = await text(join(device, 'uevent'));
      const ids = /^HID_ID=[0-9A-F]+:0{4}([0-9A-F]{4}):0{4}([0-9A-F]{4})$/m.exec(uevent);
      if (!ids?.[1] || !ids[2]) return null;
      const node = join(root, 'dev', name);
      return {
        role: 'code-reader',
        uri: usbUri('hid', ids[1], ids[2], /^HID_UNIQ=(.+)$/m.exec(uevent)?.[1]),
        name: /^HID_NAME=(.+)$/m.exec(uevent)?.[1] ?? 'HID POS reader',
        vendorId: ids[1].toLowerCase(),
        allowed: await mayOpen(node),
        node,
      };
    }),
  );
  return found.filter((device) => device !== null);
}

/** USB devices with an interface of the printer class (7). */
export async function listUsbPrinters(root = '/'): Promise<readonly FoundDevice[]> {
  return (await usbInterfaces(root, ['07'])).map((device) => ({
    role: 'ticket-printer',
    uri: usbUri('usb', device.vendor, device.product, device.serial),
    name: device.name || 'USB printer',
    vendorId: device.vendor.toLowerCase(),
    allowed: device.allowed,
    node: device.node,
  }));
}

/** Boot keyboards (class 3, subclass 1, protocol 1) of makers of readers. */
export async function listKeyboardReaders(root = '/'): Promise<readonly FoundDevice[]> {
  const keyboards = await usbInterfaces(root, ['03', '01', '01']);
  return keyboards
    .filter(({ vendor }) => READER_MAKERS.has(vendor.toLowerCase()))
    .map((device) => ({
      role: 'code-reader',
      uri: usbUri('wedge', device.vendor, device.product, device.serial),
      name: `${device.name || 'reader'} (keyboard mode: loses Vietnamese letters, motcua setup-reader)`,
      vendorId: device.vendor.toLowerCase(),
      allowed: device.allowed,
      node: device.node,
    }));
}

interface FoundUsb {
  readonly vendor: string;
  readonly product: string;
  readonly serial: string | undefined;
  readonly name: string;
  readonly allowed: boolean;
  readonly node: string;
}

/** USB devices that have an interface of this class, and subclass and protocol where given. */
async function usbInterfaces(root: string, wanted: readonly string[]): Promise<readonly FoundUsb[]> {
  const folder = join(root, 'sys/bus/usb/devices');
  const kinds = ['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol'].slice(0, wanted.length);
  const found = await Promise.all(
    (await names(folder))
      .filter((name) => name.includes(':'))
      .map(async (name): Promise<FoundUsb | null> => {
        const kind = await Promise.all(
          kinds.map(async (file) => (await text(join(folder, name, file))).trim()),
        );
        if (kind.join() !== wanted.join()) return null;
        const device = join(folder, basename(name).split(':')[0] ?? '');
        const read = async (file: string) => (await text(join(device, file))).trim();
        const [vendor, product, serial, maker, model, bus, number] = await Promise.all(
          ['idVendor', 'idProduct', 'serial', 'manufacturer', 'product', 'busnum', 'devnum'].map(read),
        );
        if (!vendor || !product) return null;
        const node = join(root, 'dev/bus/usb', `${bus}`.padStart(3, '0'), `${number}`.padStart(3, '0'));
        const allowed = await mayOpen(node);
        return { vendor, product, serial, name: [maker, model].filter(Boolean).join(' '), allowed, node };
      }),
  );
  return found.filter((device) => device !== null);
}

function usbUri(
  kind: 'hid' | 'usb' | 'wedge',
  vendor: string,
  product: string,
  serial: string | undefined,
): string {
  const known = serial && serial.length <= 126 && !/\p{Cc}/u.test(serial) ? `:${serial}` : '';
  return `${kind}:${vendor.toLowerCase()}:${product.toLowerCase()}${known}`;
}

const names = (folder: string) => readdir(folder).catch(() => [] as string[]);
const text = (file: string) => readFile(file, 'utf8').catch(() => '');
const mayOpen = (node: string) =>
  access(node, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
