import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { unreachable } from '@motcua/core';
import type { DeviceConfig } from '@motcua/firmware-config';
import { listChipReaders } from '../id-chip/pcsc/list-chip-readers.ts';
import type { FoundDevice } from '../list-devices.ts';

export interface DeviceCheck {
  readonly state: 'there' | 'missing' | 'denied';
  /** For the technician, in English: what is so, and what to do. */
  readonly detail: string;
}

const CONNECT_MS = 2_000;

/** Is a declared device there, and may this user open it? Nothing is opened but a network connection. */
export async function checkDeclaredDevice(
  { role, uri }: DeviceConfig,
  found: readonly FoundDevice[],
): Promise<DeviceCheck> {
  const rest = uri.slice(uri.indexOf(':') + 1);
  switch (uri.slice(0, uri.indexOf(':'))) {
    case 'tcp':
    case 'escl':
      return (await answers(uri.replace(/^escl:/, '')))
        ? there('something answers there')
        : missing('nothing answers there: check its power, its network cable and the address');
    case 'pcsc':
      return checkChipReader(rest);
    case 'serial':
      return checkPath(rest.replace(/\?.*$/, ''), 'plug it in; is it in USB-COM mode? (motcua setup-reader)');
    case 'camera':
      return checkPath(`/dev/v4l/by-id/${rest}`, 'plug the camera in');
    case 'folder':
      return checkPath(rest, 'make the folder, or mount it');
    case 'sane':
      return rest.startsWith('test:') || found.some((device) => device.uri === uri)
        ? there('SANE knows it')
        : missing(`SANE does not find it: check power and cable, then "scanimage -L"${others(role, found)}`);
    default: {
      if (uri.startsWith('hid:') && !isInstalled('node-hid'))
        return missing(
          'the npm package node-hid is not installed: run "npm ci" (it is optional and brings its own binary)',
        );
      // Without a serial number in the configuration, any device of the model will do.
      const same = found.find((device) => device.uri === uri || device.uri.startsWith(`${uri}:`));
      if (!same)
        return missing(
          `not plugged in${uri.startsWith('hid:') ? ', or not in HID POS mode (motcua setup-reader)' : ''}${others(role, found)}`,
        );
      return same.allowed ? there(same.name) : denied(same.node ?? uri);
    }
  }
}

async function checkChipReader(wanted: string): Promise<DeviceCheck> {
  const { condition, names } = await listChipReaders(wanted || null);
  switch (condition) {
    case 'ready':
      return there(names[0] ?? 'PC/SC knows it');
    case 'absent':
      return missing(
        names.length > 0
          ? `PC/SC does not find it; found instead: ${names.slice(0, 3).join(', ')}`
          : 'PC/SC finds no reader: check its cable, then "pcsc_scan -r"',
      );
    case 'no-service':
      return missing('pcscd does not run: apt-get install pcscd, then "systemctl start pcscd.socket"');
    case 'denied':
      return { state: 'denied', detail: 'pcscd refuses this user (polkit): see installer/README.md' };
    case 'no-driver':
      return missing(
        'the bridge to PC/SC is not built: apt-get install gcc libc6-dev libpcsclite-dev, then "sh installer/set-up.sh run"',
      );
    default:
      return unreachable(condition);
  }
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

const there = (detail: string): DeviceCheck => ({ state: 'there', detail });
const missing = (detail: string): DeviceCheck => ({ state: 'missing', detail });
const denied = (node: string): DeviceCheck => ({
  state: 'denied',
  detail: `this user may not open ${node}: install the udev rules (70-motcua.rules), add the user to the groups dialout, lp, plugdev and scanner, and log in again`,
});

/** A device of the same role under another address is the likeliest mistake. */
function others(role: DeviceConfig['role'], found: readonly FoundDevice[]): string {
  const same = found.filter((device) => device.role === role).slice(0, 3);
  return same.length > 0 ? `; found instead: ${same.map(({ uri }) => uri).join(', ')}` : '';
}

async function checkPath(path: string, whatToDo: string): Promise<DeviceCheck> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return there(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'EACCES' ? denied(path) : missing(`${path} is not there: ${whatToDo}`);
  }
}

function answers(uri: string): Promise<boolean> {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (uri.startsWith('http:') ? 80 : 9100)),
    });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(CONNECT_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => end(true));
  });
}
