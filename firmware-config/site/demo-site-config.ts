import { join } from 'node:path';
import type { SiteFile } from './site-schema.ts';

export interface DemoSite {
  /** Everything of the demo lies below this folder. */
  readonly folder: string;
  /** `service` 0 takes a free one. `control` is the address of the simulators' control. */
  readonly ports: {
    readonly service: number;
    readonly control: number;
    readonly gateway: number;
    readonly printer: number;
  };
  /** The demo's own authorities; null where OpenSSL is missing. */
  readonly signing?: { readonly timeStampUrl: string; readonly trustFolder: string } | null;
  readonly devices: {
    /** `serial:/dev/pts/3` or `tcp://127.0.0.1:9200` */
    readonly codeReader: string | null;
    /** A picture or film that a camera sees. */
    readonly camera?: string | null;
    /** `folder:/…`, `sane:test:0` or `escl:http://127.0.0.1:…` */
    readonly scanner: string;
    /** `pcsc:…`; without it the demo has no chip reader. */
    readonly chipReader?: string | undefined;
  };
}

/** What `site.json` of the demo says: a kiosk whose devices and city are simulators on this machine. */
export function demoSiteConfig({ folder, ports, signing, devices }: DemoSite): SiteFile {
  const scannerProfile = devices.scanner.startsWith('sane:')
    ? 'sane-test'
    : devices.scanner.startsWith('escl:')
      ? 'escl-multifunction'
      : 'folder-feeder';
  return {
    kiosk: {
      id: 'demo-kiosk',
      name: 'Kiosk trình diễn',
      wardCode: '27475',
      serviceUnit: 'Trung tâm Phục vụ hành chính công phường Tân Hưng',
      settlingUnit: 'Ủy ban nhân dân phường Tân Hưng',
    },
    profile: 'demo',
    listen: { host: '127.0.0.1', port: ports.service },
    dataFolder: join(folder, 'data'),
    runFolder: join(folder, 'run'),
    devices: [
      { role: 'ticket-printer', uri: `tcp://127.0.0.1:${ports.printer}`, profile: 'simulated' },
      { role: 'document-scanner', uri: devices.scanner, profile: scannerProfile },
      ...(devices.codeReader
        ? [{ role: 'code-reader' as const, uri: devices.codeReader, profile: 'simulated' }]
        : []),
      ...(devices.camera
        ? [{ role: 'camera' as const, uri: `camera-file:${devices.camera}`, profile: 'picture-file' }]
        : []),
      ...(devices.chipReader
        ? [{ role: 'chip-reader' as const, uri: devices.chipReader, profile: 'simulated' }]
        : []),
    ],
    chip: { trustFolder: join(folder, 'csca') },
    city: {
      baseUrl: `http://127.0.0.1:${ports.gateway}`,
      receiptCertificates: [join(folder, 'city', 'receipt-certificate.pem')],
      agencyCode: 'H29.15',
      retry: { firstDelayMs: 1_000, longestDelayMs: 10_000 },
    },
    ...(signing && { signing }),
    demo: { controlUrl: `http://127.0.0.1:${ports.control}` },
  };
}
