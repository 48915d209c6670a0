import type { Logger } from '@motcua/core';
import {
  defaultPrinterProfile,
  openChipReader,
  openCodeReader,
  openDocumentScanner,
  openThermalPrinter,
  type PrinterProfile,
} from '@motcua/device-drivers';
import { loadProfile, type ScanSettings, type SiteConfig, scanSettingsFor } from '@motcua/firmware-config';
import type { DeviceOpeners } from './devices.ts';

/** How the drivers that the site declares are opened. A device that is not there now is opened all the same and may come. */
export function openDevices(
  site: SiteConfig,
  logger: Logger,
): {
  readonly devices: DeviceOpeners;
  readonly printerProfile: PrinterProfile;
  readonly scanSettingsFor: (kinds: readonly string[]) => ScanSettings;
  /** How long a reading waits for a card that was taken away in the middle. */
  readonly chipWaitMs: number;
} {
  const declared = (role: string) => site.devices.find((device) => device.role === role);
  const printer = declared('ticket-printer');
  const scanner = declared('document-scanner');
  const reader = declared('code-reader');
  const chipReader = declared('chip-reader');
  const printerProfile = printer ? profileOf('printers', printer.profile) : defaultPrinterProfile;
  const scannerProfile = scanner ? profileOf('scanners', scanner.profile) : null;
  const readerProfile = reader ? profileOf('code-readers', reader.profile) : null;
  return {
    printerProfile,
    scanSettingsFor: (kinds) =>
      scannerProfile
        ? scanSettingsFor(scannerProfile, kinds)
        : { resolutionDpi: 300, colour: 'colour', feed: 'flatbed' },
    chipWaitMs: chipReader ? profileOf('chip-readers', chipReader.profile).cardWaitMs : 0,
    devices: {
      printer: printer ? () => openThermalPrinter(printer.uri, { profile: printerProfile, logger }) : null,
      scanner:
        scanner && scannerProfile
          ? () => openDocumentScanner(scanner.uri, { profile: scannerProfile, logger })
          : null,
      reader:
        reader && readerProfile ? () => openCodeReader(reader.uri, { profile: readerProfile, logger }) : null,
      chipReader: chipReader
        ? () => openChipReader(chipReader.uri, { logger, socket: process.env['PCSCLITE_CSOCK_NAME'] })
        : null,
    },
  };
}

function profileOf<Kind extends 'printers' | 'scanners' | 'code-readers' | 'chip-readers'>(
  kind: Kind,
  name: string,
) {
  const profile = loadProfile(kind, name);
  if (!profile.ok) throw new Error(profile.error.message);
  return profile.value;
}
