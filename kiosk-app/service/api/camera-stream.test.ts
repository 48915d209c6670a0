import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCardCamera } from '@motcua/device-drivers';
import { simulatedCameraPicture } from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { openTestKiosk, submitter, type TestKiosk } from '../service-test-bench.ts';

let folder: string;
let bench: PrinterBench;
let kiosk: TestKiosk;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-stream-'));
  await writeFile(join(folder, 'card.jpg'), await simulatedCameraPicture(submitter.cardText));
  bench = await createPrinterBench();
  const camera = () => openCardCamera(`camera-file:${join(folder, 'card.jpg')}`);
  kiosk = await openTestKiosk({ printer: bench.printer, camera });
});
afterAll(async () => {
  await kiosk.close();
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

const look = () => fetch(`${kiosk.url}/api/camera`, { headers: kiosk.headers });

it('shows the camera only to a visit that waits for a card, and the card held before it is read', async () => {
  expect((await look()).status).toBe(404);
  await kiosk.walkTo('identity');
  const shown = await look();
  expect(shown.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=picture');
  expect(shown.headers.get('cache-control')).toBe('no-store');
  // It ends by itself once the card is read.
  const pictures = Buffer.from(await shown.arrayBuffer());
  expect(pictures.toString('latin1')).toMatch(
    /^--picture\r\ncontent-type: image\/jpeg\r\ncontent-length: \d+\r\n\r\n\xff\xd8\xff/,
  );
  const { identity } = await kiosk.visit();
  expect(identity).toMatchObject({ state: 'read', problem: null });
  expect((await look()).status).toBe(404);
});

it('a second window takes the picture over', async () => {
  await kiosk.done({ type: 'reject-card' });
  const first = look().then((answer) => answer.arrayBuffer());
  const second = await look();
  await first;
  await second.body?.cancel();
});
