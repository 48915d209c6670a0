import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCitizenCard, unwrap } from '@motcua/core';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CameraInput, fileCamera } from '../../camera/camera-input.ts';
import { simulatedCameraPicture } from '../../simulators/code-reader/simulated-camera-picture.ts';
import { manualTimers } from '../../timers.ts';
import { type CardCamera, openCardCamera } from './card-camera.ts';
import { createJpegCutter } from './jpeg-frames.ts';
import { createPictureDecoder } from './picture-decoder.ts';

const CARD =
  '079201001234|023456789|Đặng Thị Ước Nguyện|09122001|Nữ|17 Võ Thị Sáu, Phường Tân Hưng, TP Hồ Chí Minh|05052021';

let folder: string;
let camera: CardCamera | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-camera-'));
  await writeFile(join(folder, 'card.jpg'), await simulatedCameraPicture(CARD));
  await sharp({ create: { width: 640, height: 480, channels: 3, background: '#8d8d86' } })
    .jpeg()
    .toFile(join(folder, 'wall.jpg'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await camera?.close();
  camera = undefined;
});

/** Watches until `codes` or `pictures` are there; everything seen up to then. */
function look(at: CardCamera, wanted: { codes?: number; pictures?: number }) {
  const codes: Uint8Array[] = [];
  const pictures: Uint8Array[] = [];
  return new Promise<{ codes: Uint8Array[]; pictures: Uint8Array[]; leave: () => void }>((resolve) => {
    const check = () => {
      if (codes.length >= (wanted.codes ?? 0) && pictures.length >= (wanted.pictures ?? 0))
        resolve({ codes, pictures, leave });
    };
    const leave = at.watch({
      onCode: (code) => {
        codes.push(code);
        check();
      },
      onPicture: (picture) => {
        pictures.push(picture);
        check();
      },
    });
  });
}

test('a card held before the camera is read once, with every letter', async () => {
  camera = openCardCamera(`camera-file:${join(folder, 'card.jpg')}`);
  expect(camera.condition()).toBe('ready');
  const first = await look(camera, { codes: 1 });
  const { name } = unwrap(parseCitizenCard(first.codes[0]!, '2026-11-25'));
  expect(name).toBe('Đặng Thị Ước Nguyện');
  const seen = first.pictures.length;
  await expect.poll(() => first.pictures.length).toBeGreaterThan(seen + 5);
  expect(first.codes).toHaveLength(1);
  expect(await sharp(first.pictures.at(-1)).metadata()).toMatchObject({ width: 1280, format: 'jpeg' });
  first.leave();
});

test('it is on only while somebody watches', async () => {
  let started = 0;
  const input: CameraInput = {
    ...fileCamera(join(folder, 'wall.jpg')),
    arguments: (format) => {
      started += 1;
      return fileCamera(join(folder, 'wall.jpg')).arguments(format);
    },
  };
  camera = openCardCamera('camera:stand-in', { input });
  expect(started).toBe(0);
  const one = await look(camera, { pictures: 1 });
  const other = await look(camera, { pictures: 1 });
  expect(started).toBe(1);
  one.leave();
  other.leave();
  const after = other.pictures.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(other.pictures.length).toBe(after);
  (await look(camera, { pictures: 1 })).leave();
  expect(started).toBe(2);
});

test('one that ends is begun anew, and says meanwhile that it failed; one that goes is absent', async () => {
  let isThere = true;
  let broken = true;
  const conditions: string[] = [];
  const input: CameraInput = {
    isThere: () => isThere,
    listing: null,
    arguments: (format) =>
      broken ? ['-f', 'lavfi', '-i', 'nonsense'] : fileCamera(join(folder, 'wall.jpg')).arguments(format),
  };
  camera = openCardCamera('camera:stand-in', { input });
  camera.onCondition((condition) => conditions.push(condition));
  const pictures = look(camera, { pictures: 1 });
  await expect.poll(() => conditions, { timeout: 5_000 }).toEqual(['failed']);
  broken = false;
  (await pictures).leave();
  expect(conditions).toEqual(['failed', 'ready']);
  isThere = false;
  expect(camera.condition()).toBe('absent');
});

test('pictures are cut whole out of a stream that is cut anywhere, and garbage has no end', async () => {
  const wall = await sharp(join(folder, 'wall.jpg')).resize(40).jpeg().toBuffer();
  const card = await sharp(join(folder, 'card.jpg')).resize(90).jpeg().toBuffer();
  const stream = Buffer.concat([Buffer.from('xx'), wall, card, wall]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length }), { maxLength: 9 }), (cuts) => {
      const cut = createJpegCutter();
      const ends = [...new Set([0, ...cuts, stream.length])].sort((one, other) => one - other);
      const pictures = ends.slice(1).flatMap((end, at) => cut(stream.subarray(ends[at], end)) ?? []);
      expect(pictures.map((picture) => picture.toString('base64'))).toEqual(
        [wall, card, wall].map((picture) => picture.toString('base64')),
      );
    }),
  );
  const cut = createJpegCutter();
  const garbage = new Uint8Array(65_536).fill(0x41);
  const answers = Array.from({ length: 70 }, () => cut(garbage));
  expect(answers.at(-1)).toBeNull();
});

test('a worker that hangs is replaced, and the next picture is read', async () => {
  const timers = manualTimers();
  const codes: Uint8Array[] = [];
  let faults = 0;
  const decoder = createPictureDecoder({
    timers,
    onCode: (code) => codes.push(code),
    onFault: () => {
      faults += 1;
    },
  });
  // Silent since its start, as far as the watchdog knows.
  timers.ringNext();
  expect(faults).toBe(1);
  decoder.look(Buffer.from('while it rests'));
  expect(timers.pending()).toEqual([1_000]);
  timers.ringNext();
  const picture = await simulatedCameraPicture(CARD);
  await expect
    .poll(
      () => {
        decoder.look(picture);
        return codes.length;
      },
      { timeout: 8_000 },
    )
    .toBeGreaterThan(0);
  expect(Buffer.from(codes[0]!).toString('utf8')).toBe(CARD);
  await decoder.close();
});
