// OpenJPEG (WebAssembly) in a thread that can be ended: the photo comes from a chip that nobody has vouched for yet.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** Interleaved samples of eight bits. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly pixels: Uint8Array;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
}

type OpenJpeg = (options: {
  print: () => void;
  printErr: () => void;
}) => Promise<{ J2KDecoder: new () => Decoder }>;

async function decode(bytes: Uint8Array): Promise<DecodedImage | null> {
  const load: OpenJpeg = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/decodewasmjs');
  const { J2KDecoder } = await load({ print: () => {}, printErr: () => {} });
  const decoder = new J2KDecoder();
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.decode();
  const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
  const samples = decoder.getDecodedBuffer();
  const bytesPerSample = bitsPerSample > 8 ? 2 : 1;
  const count = width * height * componentCount;
  if (count === 0 || samples.length < count * bytesPerSample) return null;
  const pixels = new Uint8Array(count);
  // Little-endian; the upper eight bits of what there are.
  for (let at = 0; at < count; at += 1)
    pixels[at] =
      bytesPerSample === 1
        ? samples[at]!
        : (samples[2 * at]! | (samples[2 * at + 1]! << 8)) >> (bitsPerSample - 8);
  return { width, height, components: componentCount, pixels };
}

decode(workerData).then(
  (image) => parentPort?.postMessage(image),
  () => parentPort?.postMessage(null),
);
