import type { DeviceConfig } from '@motcua/firmware-config';
import type { FoundDevice } from '../list-devices.ts';

/** Vendors whose readers have profiles of their own. */
const READER_MAKERS: Readonly<Record<string, string>> = { '0c2e': 'honeywell', '1eab': 'newland' };

export interface Proposal {
  /** For `devices` in the site's configuration: at most one of each role. */
  readonly devices: readonly DeviceConfig[];
  /** Found as well; the technician may know better. */
  readonly alternatives: readonly FoundDevice[];
}

/** A first configuration from what is plugged in. Resolution, paper width and the like are the technician's to check. */
export function proposeDevices(found: readonly FoundDevice[]): Proposal {
  const chosen = new Map<FoundDevice['role'], FoundDevice>();
  // A reader in HID POS mode is surely a reader; a serial port or a camera may be there for anything.
  const byCertainty = [...found].sort((one, other) => rank(one) - rank(other));
  for (const device of byCertainty) if (!chosen.has(device.role)) chosen.set(device.role, device);
  const taken = [...chosen.values()];
  // A camera that no papers are scanned with can stand in for a code reader that breaks.
  const camera = found.find((device) => device.uri.startsWith('camera:') && !taken.includes(device));
  const standIn = camera ? [{ role: 'camera' as const, uri: camera.uri, profile: 'generic-camera' }] : [];
  return {
    devices: [
      ...taken.map((device) => ({ role: device.role, uri: device.uri, profile: profileFor(device) })),
      ...standIn,
    ],
    alternatives: found.filter((device) => !taken.includes(device) && device !== camera),
  };
}

/** A keyboard is the last choice: it loses letters. */
const rank = ({ uri, vendorId }: FoundDevice) =>
  (/^(serial|camera):/.test(uri) ? 2 : uri.startsWith('wedge:') ? 4 : 0) +
  (vendorId !== null && vendorId in READER_MAKERS ? 0 : 1);

function profileFor({ role, uri, vendorId }: FoundDevice): string {
  switch (role) {
    case 'ticket-printer':
      return 'generic-80mm';
    case 'document-scanner':
      if (uri.startsWith('escl:')) return 'escl-multifunction';
      return uri.startsWith('camera:') ? 'document-camera' : 'generic-flatbed';
    case 'chip-reader':
      return 'pcsc';
    case 'code-reader': {
      const maker = READER_MAKERS[vendorId ?? ''];
      if (uri.startsWith('wedge:')) return 'generic-keyboard';
      if (uri.startsWith('hid:')) return `${maker ?? 'generic'}-hid-pos`;
      return maker ? `${maker}-usb-serial` : 'generic-serial';
    }
  }
}
