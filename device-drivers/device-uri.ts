import { err, ok, type Result } from '@motcua/core';

/** Where a scanner or a code reader is. Printers have their own form, `parsePrinterUri`. */
export type DeviceAddress =
  | { readonly kind: 'serial'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | HidAddress
  | { readonly kind: 'sane'; readonly device: string }
  | EsclAddress
  | { readonly kind: 'camera'; readonly name: string }
  | { readonly kind: 'camera-file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

/** `certificate`: SHA-256 of the one certificate that this scanner shows (`https`), in lower-case hexadecimal. */
export interface EsclAddress {
  readonly kind: 'escl';
  readonly url: URL;
  readonly certificate: string | null;
}

/** A USB reader in HID POS mode (`hid`) or one that is a keyboard (`wedge`). The serial number tells two readers of one model apart. */
export interface HidAddress {
  readonly kind: 'hid' | 'wedge';
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string | null;
}

export interface DeviceUriError {
  readonly code: 'device-uri';
  /** For the technician: what is wrong and an example. */
  readonly message: string;
}

/** The address of a kind; `hid` and `wedge` share a shape. */
type AddressOf<Kind extends DeviceAddress['kind']> = DeviceAddress extends infer Address
  ? Address extends { readonly kind: infer Its }
    ? Its & Kind extends never
      ? never
      : Address
    : never
  : never;

const MAX_URI_LENGTH = 1_000;
const EXAMPLES = {
  serial: 'serial:/dev/serial/by-id/usb-Honeywell_1950g',
  tcp: 'tcp://192.168.1.60:4001',
  hid: 'hid:0c2e:0b61',
  wedge: 'wedge:0c2e:0b61',
  sane: 'sane:epsonds:libusb:001:004',
  escl: 'escl:http://192.168.1.70/eSCL',
  camera: 'camera:usb-Example_DocCam_1234-video-index0',
  'camera-file': 'camera-file:/srv/trial/card.png',
  folder: 'folder:/var/spool/scans',
} as const;

/**
 * Reads `serial:/dev/…`, `tcp://host:port`, `hid:vid:pid[:serial]` (ids as `lsusb` shows them), `wedge:…` (the same for
 * a reader that is a keyboard), `sane:device` (a name
 * from `scanimage -L`), `escl:http[s]://host[:port][/eSCL][#sha256=…]` (the fingerprint of its own certificate), `camera:name` (of `/dev/v4l/by-id`, which has maker, product
 * and serial number), `camera-file:/path` (a picture or film in a camera's place) or `folder:/path`.
 * `kinds`: those that the role can use; any other is an error that shows an example of a right one.
 */
export function parseDeviceUri<Kind extends DeviceAddress['kind']>(
  uri: string,
  kinds: readonly Kind[],
): Result<AddressOf<Kind>, DeviceUriError> {
  const address = parse(uri);
  if (isOneOf(address, kinds)) return ok(address);
  const shown = uri.slice(0, 100).replace(/\p{Cc}/gu, '·');
  const examples = kinds.map((kind) => EXAMPLES[kind]).join(' or ');
  return err({
    code: 'device-uri',
    message: `"${shown}" is no address of this device; an example: ${examples}`,
  });
}

function isOneOf<Kind extends DeviceAddress['kind']>(
  address: DeviceAddress | null,
  kinds: readonly Kind[],
): address is AddressOf<Kind> {
  return address !== null && kinds.some((kind) => kind === address.kind);
}

function parse(uri: string): DeviceAddress | null {
  if (uri.length > MAX_URI_LENGTH || /\p{Cc}/u.test(uri)) return null;
  const tcp = /^tcp:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})\/?$/i.exec(uri);
  if (tcp?.[1] && tcp[2]) {
    const port = Number(tcp[2]);
    return port < 1 || port > 65_535 ? null : { kind: 'tcp', host: tcp[1].replace(/^\[|\]$/g, ''), port };
  }
  const hid = /^(hid|wedge):([0-9a-f]{4}):([0-9a-f]{4})(?::(.{1,126}))?$/iu.exec(uri);
  if (hid?.[2] && hid[3])
    return {
      kind: hid[1]?.toLowerCase() === 'hid' ? 'hid' : 'wedge',
      vendorId: Number.parseInt(hid[2], 16),
      productId: Number.parseInt(hid[3], 16),
      serialNumber: hid[4] ?? null,
    };
  const rest = /^(serial|sane|escl|camera-file|camera|folder):(.+)$/u.exec(uri);
  const [, kind, value = ''] = rest ?? [];
  if (kind === 'sane') return /^\S/.test(value) ? { kind, device: value } : null;
  if (kind === 'escl') return parseEscl(value);
  // No `/dev/videoN`: the number changes with every plugging. No `..` either.
  if (kind === 'camera') return /^[\p{L}\p{N}][^/\s]{0,250}$/u.test(value) ? { kind, name: value } : null;
  // A relative path would depend on where the service was started.
  if ((kind === 'serial' || kind === 'folder' || kind === 'camera-file') && value.startsWith('/'))
    return { kind, path: value };
  return null;
}

function parseEscl(value: string): DeviceAddress | null {
  const url = URL.parse(value);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return null;
  const pin = /^#sha256=((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i.exec(url.hash)?.[1];
  if (url.hash && (!pin || url.protocol === 'http:')) return null;
  if (url.hostname === '' || url.port === '0') return null;
  if (url.username || url.password || url.search) return null;
  url.hash = '';
  // The path that Mopria lays down, where the scanner has no other.
  if (url.pathname === '/') url.pathname = '/eSCL';
  return { kind: 'escl', url, certificate: pin?.replaceAll(':', '').toLowerCase() ?? null };
}
