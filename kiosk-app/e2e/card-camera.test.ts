import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { simulatedCameraPicture } from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Kiosk, openKiosk, submitter } from './kiosk.ts';

let folder: string;
let kiosk: Kiosk;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-e2e-camera-'));
  kiosk = await openKiosk({ camera: await film() });
}, 60_000);
afterAll(async () => {
  await kiosk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What the camera sees: an empty hall, then a card that somebody holds. */
async function film(): Promise<string> {
  await writeFile(join(folder, 'hall.jpg'), await simulatedCameraPicture(null));
  await writeFile(join(folder, 'card.jpg'), await simulatedCameraPicture(submitter().cardText));
  const scene = (name: string) => ['-loop', '1', '-framerate', '10', '-t', '3', '-i', join(folder, name)];
  const file = join(folder, 'film.avi');
  const args = [
    ...scene('hall.jpg'),
    ...scene('card.jpg'),
    '-filter_complex',
    'concat=n=2',
    '-c:v',
    'mjpeg',
    file,
  ];
  await promisify(execFile)('ffmpeg', ['-nostdin', ...args], { timeout: 30_000 });
  return file;
}

it('in a kiosk without a reader the card is held before the camera, which shows itself and is off otherwise', async () => {
  const { driver, browser } = kiosk;
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  await driver.takeNumber();
  await driver.goOn();
  const picture = browser.page.getByRole('img', { name: 'Hình từ máy ảnh' });
  await picture.waitFor();
  const width = () =>
    picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
  await expect.poll(width, { timeout: 20_000 }).toBe(1280);
  await driver.until((visit) => visit.identity.state === 'read', 'the card');
  await driver.confirmCard();
  expect(await picture.count()).toBe(0);
}, 90_000);
