import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraFormat } from './camera-formats.ts';

/** Where `ffmpeg` takes the picture from; scanners of papers and readers of codes share it. */
export interface CameraInput {
  isThere(): boolean;
  /** Arguments that make `ffmpeg` list the camera's formats on standard error; null where there is no choice. */
  readonly listing: readonly string[] | null;
  /** Input arguments for a format, or for the camera's own choice. */
  arguments(format: CameraFormat | null): readonly string[];
}

const BY_ID = '/dev/v4l/by-id';

/** Names of the cameras of this machine; the first channel of each, because others carry no pictures. */
export async function listCameras(folder = BY_ID): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('-video-index0')).sort();
}

/** A camera of V4L2 by its name in `/dev/v4l/by-id`: maker, product and serial number, whatever socket it is in. */
export function v4l2Camera(name: string): CameraInput {
  const path = join(BY_ID, name);
  return {
    isThere: () => existsSync(path),
    listing: ['-f', 'v4l2', '-list_formats', 'all', '-i', path],
    arguments: (format) => [
      '-f',
      'v4l2',
      ...(format ? ['-input_format', format.name, '-video_size', `${format.width}x${format.height}`] : []),
      '-i',
      path,
    ],
  };
}

/** A picture or a film in the place of a camera, over and over at its own pace: for trials without one. */
export function fileCamera(path: string): CameraInput {
  const again = /\.(png|jpe?g)$/i.test(path) ? ['-loop', '1', '-framerate', '10'] : ['-stream_loop', '-1'];
  return {
    isThere: () => existsSync(path),
    listing: null,
    arguments: () => ['-re', ...again, '-i', path],
  };
}
