import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@motcua/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CameraFormat, largestFormat, parseFormats } from '../camera/camera-formats.ts';
import { type CameraInput, listCameras, v4l2Camera } from '../camera/camera-input.ts';
import { systemTimers } from '../timers.ts';
import { openCameraScanner } from './camera-scanner.ts';
import { scanWorkplace } from './test-support.ts';

/** What ffmpeg prints of a camera, before it says that there is nothing to convert. */
const LISTING = `[video4linux2,v4l2 @ 0x55f0c0] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 1600x1200
[video4linux2,v4l2 @ 0x55f0c0] Compressed:       mjpeg :          Motion-JPEG : 640x480 3264x2448 1920x1080
[video4linux2,v4l2 @ 0x55f0c0] Raw       :  Unsupported :                 Y16 : 9999x9999
/dev/v4l/by-id/usb-X-video-index0: Immediate exit requested
`;

describe('a document camera', () => {
  let place: ReturnType<typeof scanWorkplace>;
  beforeEach(() => {
    place = scanWorkplace();
  });
  afterEach(() => place.remove());

  /** ffmpeg's own sources in the place of the camera: there is none on this machine. */
  const camera = (source: string, changes: Partial<CameraInput> = {}) =>
    openCameraScanner(
      'camera:stand-in',
      {
        isThere: () => true,
        listing: ['-f', 'lavfi', '-i', 'nullsrc'],
        arguments: () => ['-f', 'lavfi', '-i', source],
        ...changes,
      },
      { pageTimeoutMs: 30_000, timers: systemTimers, logger: silentLogger },
    );

  test('takes one still, after the first frames, and leaves nothing else', async () => {
    // Dark for the first ten frames, as while the exposure settles.
    const source = "color=c=red:s=320x240:r=30,drawbox=enable='lt(n,10)':color=black:t=fill";
    const result = await camera(source).scan(place.request(), place.onPage);
    expect(result).toEqual({ ok: true, value: { pages: 1 } });
    expect(readdirSync(place.out)).toEqual(['page-1.png']);
    const still = sharp(place.pages[0]?.file);
    expect(await still.metadata()).toMatchObject({ width: 320, height: 240 });
    expect((await still.stats()).channels[0]?.mean).toBeGreaterThan(200);
  });

  test('that stops before it has settled gives no page', async () => {
    const result = await camera('color=c=red:s=64x64:r=30:d=0.2').scan(place.request(), place.onPage);
    expect(result).toEqual({ ok: false, error: { code: 'scanner-io', pagesKept: 0 } });
    expect(readdirSync(place.out)).toEqual([]);
  });

  test('that delivers nothing is cancelled at once', async () => {
    const cancel = new AbortController();
    const stalled = camera('', {
      arguments: () => {
        setImmediate(() => cancel.abort());
        // A frame every thousand seconds, at that pace.
        return ['-re', '-f', 'lavfi', '-i', 'color=s=64x64:r=1/1000'];
      },
    });
    const result = await stalled.scan(place.request({ signal: cancel.signal }), place.onPage);
    expect(result).toEqual({ ok: false, error: { code: 'scanner-cancelled', pagesKept: 0 } });
    expect(readdirSync(place.out)).toEqual([]);
    expect(await stalled.condition()).toBe('ready');
  });

  test('that is not there is absent; one that goes in the middle is lost', async () => {
    const absent = openCameraScanner('camera:x', v4l2Camera('usb-nobody-has-this'), {
      pageTimeoutMs: 1_000,
      timers: systemTimers,
      logger: silentLogger,
    });
    expect(await absent.condition()).toBe('absent');
    expect(await absent.scan(place.request(), place.onPage)).toMatchObject({
      error: { code: 'scanner-absent' },
    });
    let isThere = true;
    const lost = camera('', {
      isThere: () => isThere,
      arguments: () => {
        isThere = false;
        return ['-f', 'lavfi', '-i', 'no-such-source'];
      },
    });
    expect(await lost.scan(place.request(), place.onPage)).toMatchObject({ error: { code: 'scanner-lost' } });
  });

  test('is found by its name, once, whatever number it has', async () => {
    const names = ['usb-B_Cam_2-video-index0', 'usb-A_Cam_1-video-index1', 'usb-A_Cam_1-video-index0'];
    for (const name of names) writeFileSync(join(place.folder, name), '');
    expect(await listCameras(place.folder)).toEqual(['usb-A_Cam_1-video-index0', 'usb-B_Cam_2-video-index0']);
    expect(await listCameras(join(place.folder, 'no-cameras'))).toEqual([]);
  });

  test('is asked for its largest picture', async () => {
    expect(largestFormat(parseFormats(LISTING))).toEqual({ name: 'mjpeg', width: 3_264, height: 2_448 });
    expect(largestFormat(parseFormats('no such device'))).toBeNull();
    const format: CameraFormat = { name: 'mjpeg', width: 3_264, height: 2_448 };
    expect(v4l2Camera('usb-X-video-index0').arguments(format).join(' ')).toBe(
      '-f v4l2 -input_format mjpeg -video_size 3264x2448 -i /dev/v4l/by-id/usb-X-video-index0',
    );
  });
});
