import type { DeviceRole, DeviceView } from '@motcua/contract';

const OUT_OF_ORDER: readonly DeviceView['state'][] = ['absent', 'blocked', 'failed'];

/** A device that nobody at the kiosk can use now. A device that was never configured is not in the list at all. */
export function isOutOfOrder(devices: readonly DeviceView[], role: DeviceRole): boolean {
  return devices.some((device) => device.role === role && OUT_OF_ORDER.includes(device.state));
}

/** Without the chip reader: the card's code does for nearly everything, and its own screen says so. */
export function outOfOrder(devices: readonly DeviceView[]): readonly DeviceView[] {
  return devices.filter((device) => device.role !== 'chip-reader' && OUT_OF_ORDER.includes(device.state));
}
