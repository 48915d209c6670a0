import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { listCameras } from './scanner/camera-scanner.ts';
import { listSaneDevices } from './scanner/scanimage.ts';

/** A device that this machine sees, as the technician writes it into the site's configuration. */
export interface FoundDevice {
  readonly role: 'document-scanner' | 'code-reader';
  readonly uri: string;
  /** Maker and model, as the device says; never its serial number. */
  readonly name: string;
}

const BY_ID = '/dev/serial/by-id';

/**
 * Scanners that SANE finds, cameras, and serial ports with something on USB behind them. Network printers, scanners and
 * readers have to be known by their address. Takes up to 20 s, because SANE asks the network; `environment` is added to
 * `scanimage`'s.
 */
export async function listDevices(
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly FoundDevice[]> {
  const [scanners, cameras, readers] = await Promise.all([
    listSaneDevices(environment),
    listCameras(),
    listSerialReaders(),
  ]);
  return [
    ...scanners.map(({ device, model }) => ({
      role: 'document-scanner' as const,
      uri: `sane:${device}`,
      name: model || 'scanner',
    })),
    ...cameras.map((name) => ({
      role: 'document-scanner' as const,
      uri: `camera:${name}`,
      // Its address has maker and model, but also the serial number.
      name: 'camera',
    })),
    ...readers,
  ];
}

async function listSerialReaders(): Promise<readonly FoundDevice[]> {
  try {
    const [ports, byId] = await Promise.all([SerialPort.list(), readdir(BY_ID).catch(() => [])]);
    // The ports of the main board are always there, with or without a device.
    return ports
      .filter((port) => port.vendorId !== undefined)
      .map((port) => {
        // A path by id stays the same when the reader is plugged into another socket.
        const stable = byId.find((id) => port.pnpId !== undefined && id === port.pnpId);
        return {
          role: 'code-reader' as const,
          uri: `serial:${stable ? join(BY_ID, stable) : port.path}`,
          name: port.manufacturer ?? `USB ${port.vendorId}:${port.productId ?? '????'}`,
        };
      });
  } catch {
    // No udev (a container): then there is no list, and no device either.
    return [];
  }
}
