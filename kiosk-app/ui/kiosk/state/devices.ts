import type { DeviceRole, DeviceView } from '@motcua/contract';

const OUT_OF_ORDER: readonly DeviceView['state'][] = ['absent', 'blocked', 'failed'];

/** A device that nobody at the kiosk can use now. A device that was never configured is not in the list at all. */
export function isOutOfOrder(devices: readonly DeviceView[], role: DeviceRole): boolean {
  return devices.some((device) => device.role === role && OUT_OF_ORDER.includes(device.state));
}

/**
 * What the hall should know of. A camera matters only where it has to stand in for the reader; a chip reader never: the
 * card's code does for nearly everything, and its own screen says so.
 */
export function outOfOrder(devices: readonly DeviceView[]): readonly DeviceView[] {
  const reads = (role: DeviceRole) =>
    devices.some((device) => device.role === role && !OUT_OF_ORDER.includes(device.state));
  const readers: readonly DeviceRole[] = ['code-reader', 'camera'];
  const someReads = readers.some(reads);
  return devices.filter(
    ({ role, state }) =>
      role !== 'chip-reader' && OUT_OF_ORDER.includes(state) && !(someReads && readers.includes(role)),
  );
}

/** The camera, where the card is held before it because no reader works; also one that gives no picture just now. */
export function cameraInUse(devices: readonly DeviceView[]): DeviceView | null {
  const reader = devices.find(({ role }) => role === 'code-reader');
  const camera = devices.find(({ role, state }) => role === 'camera' && state !== 'absent');
  return (!reader || isOutOfOrder(devices, 'code-reader')) && camera ? camera : null;
}
