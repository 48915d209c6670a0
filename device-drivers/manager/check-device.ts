import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { exec, unreachable } from '@motcua/core';
import type { DeviceConfig } from '@motcua/firmware-config';
import { parseDeviceUri } from '../device-uri.ts';
import { listChipReaders } from '../id-chip/pcsc/list-chip-readers.ts';
import type { FoundDevice } from '../list-devices.ts';
import { readCertificate } from '../scanner/escl/connect.ts';

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
        ? checkCertificate(uri)
        : missing('nothing answers there: check its power, its network cable and the address');
    case 'pcsc':
      return checkChipReader(rest);
    case 'serial':
      return checkPath(rest.replace(/\?.*$/, ''), 'plug it in; is it in USB-COM mode? (motcua setup-reader)');
    case 'camera':
      return checkCamera(`/dev/v4l/by-id/${rest}`, 'plug the camera in', constants.R_OK | constants.W_OK);
    case 'camera-file':
      return checkCamera(rest, 'put the picture or film there', constants.R_OK);
    case 'folder':
      return checkPath(rest, 'make the folder, or mount it');
    case 'sane':
      return rest.startsWith('test:') || found.some((device) => device.uri === uri)
        ? there('SANE knows it')
        : missing(`SANE does not find it: check power and cable, then "scanimage -L"${others(role, found)}`);
    default: {
      const driver = uri.startsWith('hid:') ? 'node-hid' : uri.startsWith('wedge:') ? 'usb' : null;
      if (driver && !isInstalled(driver))
        return missing(
          `the npm package ${driver} is not installed: run "npm ci" (it is optional and brings its own binary)`,
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

async function checkCamera(path: string, whatToDo: string, mode: number): Promise<DeviceCheck> {
  const found = await checkPath(path, whatToDo, mode);
  const program = found.state === 'there' ? await exec('ffmpeg', ['-version'], { timeoutMs: 5_000 }) : null;
  return program && !program.ok
    ? missing('ffmpeg, which takes its pictures, is not installed: apt-get install ffmpeg')
    : found;
}

async function checkCertificate(uri: string): Promise<DeviceCheck> {
  const address = parseDeviceUri(uri, ['escl']);
  if (!address.ok || address.value.url.protocol !== 'https:') return there('something answers there');
  const shown = await readCertificate(address.value.url, CONNECT_MS);
  if (shown !== null && shown === address.value.certificate) return there('its certificate is the right one');
  return missing(
    shown === null
      ? 'what answers there shows no certificate'
      : `it shows a certificate that is not in the configuration; if the scanner's own panel or page names the same, write "${uri.replace(/#.*$/, '')}#sha256=${shown}"`,
  );
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
  detail: `this user may not open ${node}: install the udev rules (70-motcua.rules), add the user to the groups dialout, lp, plugdev, scanner and video, and log in again`,
});

/** A device of the same role under another address is the likeliest mistake. */
function others(role: DeviceConfig['role'], found: readonly FoundDevice[]): string {
  const same = found.filter((device) => device.role === role).slice(0, 3);
  return same.length > 0 ? `; found instead: ${same.map(({ uri }) => uri).join(', ')}` : '';
}

async function checkPath(
  path: string,
  whatToDo: string,
  mode = constants.R_OK | constants.W_OK,
): Promise<DeviceCheck> {
  try {
    await access(path, mode);
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
      port: Number(port || (uri.startsWith('https:') ? 443 : uri.startsWith('http:') ? 80 : 9100)),
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
