import { Worker } from 'node:worker_threads';
import { err, ok, type Result } from '@motcua/core';
import sharp, { type Sharp } from 'sharp';
import type { FaceImage } from '../files/dg2.ts';
import type { DecodedImage } from './jpeg2000-worker.ts';

/** A photo as a screen can show it: written anew, so that nothing of the chip's own bytes reaches the browser. */
export interface ShownPhoto {
  readonly mediaType: 'image/jpeg';
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type PhotoError = {
  readonly code: 'photo-damaged' | 'photo-too-large' | 'photo-too-slow';
};

const MAX_PIXELS = 4_000_000;
const MAX_COMPONENTS = 4;
const MAX_TILES = 64;
const DECODE_MS = 5_000;
const MAX_HEIGHT = 800;

/** JPEG through sharp; JPEG 2000, which sharp's binaries leave out, through OpenJPEG in a thread of its own. */
export async function showPhoto(photo: FaceImage): Promise<Result<ShownPhoto, PhotoError>> {
  switch (photo.format) {
    case 'jpeg':
      return write(sharp(photo.bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }));
    case 'jpeg2000': {
      const size = checkSize(photo.bytes);
      if (!size.ok) return size;
      const decoded = await decode(photo.bytes);
      if (!decoded.ok) return decoded;
      const { width, height, components, pixels } = decoded.value;
      if (components !== 1 && components !== 3 && components !== 4) return err({ code: 'photo-damaged' });
      return write(sharp(pixels, { raw: { width, height, channels: components } }));
    }
  }
}

async function write(image: Sharp): Promise<Result<ShownPhoto, PhotoError>> {
  try {
    const { data, info } = await image
      .flatten({ background: '#fff' })
      .resize({ height: MAX_HEIGHT, withoutEnlargement: true })
      .jpeg({ quality: 90 })
      .toBuffer({ resolveWithObject: true });
    return ok({ mediaType: 'image/jpeg', bytes: data, width: info.width, height: info.height });
  } catch (error) {
    const tooLarge = error instanceof Error && /pixel limit/i.test(error.message);
    return err({ code: tooLarge ? 'photo-too-large' : 'photo-damaged' });
  }
}

/** SIZ, the first marker segment of a codestream (ISO 15444-1, A.5.1): what it claims costs memory before it is decoded. */
function checkSize(bytes: Uint8Array): Result<void, PhotoError> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('ff4fff51', 0, 'hex');
  if (start < 0 || bytes.length < start + 44) return err({ code: 'photo-damaged' });
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + 4);
  const [right, bottom, left, top, tileWidth, tileHeight] = [4, 8, 12, 16, 20, 24].map((at) =>
    view.getUint32(at),
  ) as [number, number, number, number, number, number];
  const components = view.getUint16(36);
  const [width, height] = [right - left, bottom - top];
  if (width <= 0 || height <= 0 || tileWidth === 0 || tileHeight === 0) return err({ code: 'photo-damaged' });
  const tiles = Math.ceil(right / tileWidth) * Math.ceil(bottom / tileHeight);
  const fits =
    right * bottom <= MAX_PIXELS && tiles <= MAX_TILES && components > 0 && components <= MAX_COMPONENTS;
  return fits ? ok(undefined) : err({ code: 'photo-too-large' });
}

function decode(bytes: Uint8Array): Promise<Result<DecodedImage, PhotoError>> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./jpeg2000-worker.ts', import.meta.url), {
      workerData: Uint8Array.from(bytes),
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const finish = (result: Result<DecodedImage, PhotoError>) => {
      clearTimeout(timer);
      resolve(result);
      void worker.terminate();
    };
    const timer = setTimeout(() => finish(err({ code: 'photo-too-slow' })), DECODE_MS);
    worker.once('message', (image: DecodedImage | null) =>
      finish(image ? ok(image) : err({ code: 'photo-damaged' })),
    );
    worker.once('error', () => finish(err({ code: 'photo-damaged' })));
    worker.once('exit', () => finish(err({ code: 'photo-damaged' })));
  });
}
