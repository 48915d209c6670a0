import { networkInterfaces } from 'node:os';
import { Bonjour } from 'bonjour-service';
import { expect, test } from 'vitest';
import { parseDeviceUri } from '../../device-uri.ts';
import { proposeDevices } from '../../manager/propose-devices.ts';
import { discoverScanners } from './discover.ts';

const hasNetwork = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.family === 'IPv4' && !one.internal);

test.skipIf(!hasNetwork)(
  'a scanner that announces itself is proposed, under an address that can be used',
  async () => {
    const name = `Trial ${process.pid}`;
    const announcer = new Bonjour();
    announcer.publish({ name, type: 'uscan', port: 8_123, txt: { ty: `${name}\u0007 MFC`, rs: '/eSCL/' } });
    try {
      const found = (await discoverScanners()).find((device) => device.name.startsWith(name));
      expect(found).toMatchObject({ role: 'document-scanner', name: `${name}  MFC` });
      expect(found?.uri).toMatch(/^escl:http:\/\/\d+\.\d+\.\d+\.\d+:8123\/eSCL$/);
      expect(parseDeviceUri(found?.uri ?? '', ['escl'])).toMatchObject({ ok: true });
      expect(proposeDevices(found ? [found] : []).devices).toMatchObject([{ profile: 'escl-multifunction' }]);
    } finally {
      await new Promise<void>((done) => announcer.unpublishAll(() => announcer.destroy(() => done())));
    }
  },
);
