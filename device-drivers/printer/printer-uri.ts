import { err, ok, type Result } from '@motcua/core';

export interface PrinterAddress {
  readonly host: string;
  readonly port: number;
}

export interface PrinterUriError {
  readonly code: 'printer-uri';
  /** For the technician: what is wrong and an example. */
  readonly message: string;
}

/** The port on which network printers take raw bytes. */
const RAW_PORT = 9100;

/** Reads `tcp://host[:port]` (port 9100 when none is given). */
export function parsePrinterUri(uri: string): Result<PrinterAddress, PrinterUriError> {
  const wrong = err({
    code: 'printer-uri',
    message: `"${uri.slice(0, 100)}" is no printer address; an example: tcp://192.168.1.50:9100`,
  } as const);
  const match = /^tcp:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?\/?$/i.exec(uri);
  if (!match?.[1]) return wrong;
  const port = match[2] === undefined ? RAW_PORT : Number(match[2]);
  if (port < 1 || port > 65_535) return wrong;
  return ok({ host: match[1].replace(/^\[|\]$/g, ''), port });
}
