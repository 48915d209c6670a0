import type { Logger } from '@motcua/core';
import {
  defaultPrinterProfile,
  openCardCamera,
  openChipReader,
  openCodeReader,
  openDocumentScanner,
  openThermalPrinter,
  type PrinterProfile,
} from '@motcua/device-drivers';
import { loadProfile, type ScanSettings, type SiteConfig, scanSettingsFor } from '@motcua/firmware-config';
import type { DeviceOpeners } from './devices.ts';

/** What each slip is drawn and encoded for; the same where one printer prints both. */
export interface PrinterProfiles {
  readonly ticket: PrinterProfile;
  readonly receipt: PrinterProfile;
}

/** How the drivers that the site declares are opened. A device that is not there now is opened all the same and may come. */
export function openDevices(
  site: SiteConfig,
  logger: Logger,
): {
  readonly devices: DeviceOpeners;
  readonly printerProfiles: PrinterProfiles;
  readonly scanSettingsFor: (kinds: readonly string[]) => ScanSettings;
  /** How long a reading waits for a card that was taken away in the middle. */
  readonly chipWaitMs: number;
} {
  const declared = (role: string) => site.devices.find((device) => device.role === role);
  const ticketPrinter = declared('ticket-printer');
  const receiptPrinter = declared('receipt-printer');
  const camera = declared('camera');
  const scanner = declared('document-scanner');
  const reader = declared('code-reader');
  const ticket = ticketPrinter ? profileOf('printers', ticketPrinter.profile) : defaultPrinterProfile;
  const receipt = receiptPrinter ? profileOf('printers', receiptPrinter.profile) : ticket;
  const cameraProfile = camera ? profileOf('cameras', camera.profile) : null;
  const chipReader = declared('chip-reader');
  const scannerProfile = scanner ? profileOf('scanners', scanner.profile) : null;
  const readerProfile = reader ? profileOf('code-readers', reader.profile) : null;
  return {
    printerProfiles: { ticket, receipt },
    scanSettingsFor: (kinds) =>
      scannerProfile
        ? scanSettingsFor(scannerProfile, kinds)
        : { resolutionDpi: 300, colour: 'colour', feed: 'flatbed' },
    chipWaitMs: chipReader ? profileOf('chip-readers', chipReader.profile).cardWaitMs : 0,
    devices: {
      ticketPrinter: ticketPrinter
        ? () => openThermalPrinter(ticketPrinter.uri, { profile: ticket, logger })
        : null,
      receiptPrinter: receiptPrinter
        ? () => openThermalPrinter(receiptPrinter.uri, { profile: receipt, logger })
        : null,
      scanner:
        scanner && scannerProfile
          ? () => openDocumentScanner(scanner.uri, { profile: scannerProfile, logger })
          : null,
      reader:
        reader && readerProfile ? () => openCodeReader(reader.uri, { profile: readerProfile, logger }) : null,
      camera:
        camera && cameraProfile ? () => openCardCamera(camera.uri, { profile: cameraProfile, logger }) : null,
      chipReader: chipReader
        ? () => openChipReader(chipReader.uri, { logger, socket: process.env['PCSCLITE_CSOCK_NAME'] })
        : null,
    },
  };
}

function profileOf<Kind extends 'printers' | 'scanners' | 'code-readers' | 'cameras' | 'chip-readers'>(
  kind: Kind,
  name: string,
) {
  const profile = loadProfile(kind, name);
  if (!profile.ok) throw new Error(profile.error.message);
  return profile.value;
}
