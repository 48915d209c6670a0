import { err, ok, type Result } from '@motcua/core';

/** Where a printer is. Ids of USB are numbers; the serial number tells two printers of one model apart. */
export type PrinterAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string; readonly baudRate: number }
  | {
      readonly kind: 'usb';
      readonly vendorId: number;
      readonly productId: number;
      readonly serialNumber?: string;
    };

export interface PrinterUriError {
  readonly code: 'printer-uri';
  /** For the technician: what is wrong and an example. */
  readonly message: string;
}

/** The port on which network printers take raw bytes. */
const RAW_PORT = 9100;
/** What most serial printers are set to in the factory. */
const BAUD_RATE = 115_200;
const MAX_URI_LENGTH = 1_000;

/**
 * Reads `tcp://host[:port]` (9100), `serial:/dev/…[?baud=9600]` (115200) or `usb:vid:pid[:serial]` (ids in four
 * hexadecimal digits, as `lsusb` shows them).
 */
export function parsePrinterUri(uri: string): Result<PrinterAddress, PrinterUriError> {
  const address = uri.length > MAX_URI_LENGTH || /\p{Cc}/u.test(uri) ? undefined : parse(uri);
  if (address) return ok(address);
  return err({
    code: 'printer-uri',
    message: `"${uri.slice(0, 100).replace(/\p{Cc}/gu, '·')}" is no printer address; examples: tcp://192.168.1.50:9100, usb:04b8:0e28, serial:/dev/serial/by-id/usb-EPSON_TM?baud=115200`,
  });
}

function parse(uri: string): PrinterAddress | undefined {
  const tcp = /^tcp:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?\/?$/i.exec(uri);
  if (tcp?.[1]) {
    const port = tcp[2] === undefined ? RAW_PORT : Number(tcp[2]);
    return port < 1 || port > 65_535
      ? undefined
      : { kind: 'tcp', host: tcp[1].replace(/^\[|\]$/g, ''), port };
  }
  const serial = /^serial:(\/[^?]+)(?:\?baud=(\d{3,7}))?$/.exec(uri);
  if (serial?.[1])
    return { kind: 'serial', path: serial[1], baudRate: serial[2] ? Number(serial[2]) : BAUD_RATE };
  const usb = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.{1,126}))?$/i.exec(uri);
  if (!usb?.[1] || !usb[2]) return undefined;
  return {
    kind: 'usb',
    vendorId: Number.parseInt(usb[1], 16),
    productId: Number.parseInt(usb[2], 16),
    ...(usb[3] ? { serialNumber: usb[3] } : {}),
  };
}
