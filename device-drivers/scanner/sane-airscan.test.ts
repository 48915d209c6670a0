import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { configureAirscanBackend } from '../simulators/scanner/airscan-backend.ts';
import { startSimulatedEsclScanner } from '../simulators/scanner/simulated-escl-scanner.ts';
import { describeDocumentScanner } from './conformance.ts';
import { openDocumentScanner } from './open-document-scanner.ts';

// The same scanner as in escl/escl-scanner.test.ts, by the other way: SANE's own eSCL backend.
describeDocumentScanner('SANE with sane-airscan', async (folder) => {
  const simulator = await startSimulatedEsclScanner();
  const sheet = join(folder, 'sheet.png');
  await sharp({ create: { width: 210, height: 297, channels: 3, background: '#c8d2e6' } }).toFile(sheet);
  simulator.lay([sheet, sheet, sheet]);
  const configuration = join(folder, 'sane.d');
  mkdirSync(configuration);
  const environment = await configureAirscanBackend(configuration, {
    sim: simulator.url,
    gone: 'http://127.0.0.1:1/eSCL',
  });
  return {
    scanner: openDocumentScanner('sane:airscan:e0:sim', { environment }),
    papers: 3,
    absent: openDocumentScanner('sane:airscan:e1:gone', { environment }),
    close: simulator.close,
  };
});
