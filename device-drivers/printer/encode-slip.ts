import { bytesPerRow } from './bitmap.ts';
import { commands } from './commands.ts';
import type { PrinterProfile } from './profile.ts';
import type { Bitmap } from './slip.ts';

/** Bytes of one `GS ( L` are counted in 16 bits, ten of them are its own head. */
const MAX_PAREN_L = 65_535 - 10;

export interface EncodeOptions {
  /** Cut first: a broken job may still hang out, and this slip must not grow on it. */
  readonly separate?: boolean;
}

/**
 * A bitmap as one print job: initialise, raster in bands, feed, cut.
 * The bitmap must be at most `profile.widthDots` wide: a wider one is a bug and throws.
 */
export function encodeSlip(bitmap: Bitmap, profile: PrinterProfile, options: EncodeOptions = {}): Uint8Array {
  if (bitmap.width > profile.widthDots)
    throw new RangeError(
      `a bitmap of ${bitmap.width} dots for a printer of ${profile.widthDots} (${profile.name})`,
    );
  return asJob([encodeRaster(bitmap, profile)], profile, options);
}

/** What was encoded, as one job: initialise, print, feed, cut. */
export function asJob(
  parts: readonly Uint8Array[],
  profile: PrinterProfile,
  options: EncodeOptions,
): Uint8Array {
  const before = options.separate ? finish(profile.cutter) : [];
  return Buffer.concat([commands.initialise, ...before, ...parts, ...finish(profile.cutter)]);
}

/** A bitmap in raster bands. */
export function encodeRaster(bitmap: Bitmap, profile: PrinterProfile): Uint8Array {
  const stride = bytesPerRow(bitmap.width);
  const rows = Math.max(1, Math.min(profile.bandDots, Math.floor(MAX_PAREN_L / stride)));
  const parts: Uint8Array[] = [];
  for (let top = 0; top < bitmap.height; top += rows) {
    const height = Math.min(rows, bitmap.height - top);
    const band = withoutRealTimeCommands(bitmap.data.subarray(top * stride, (top + height) * stride));
    parts.push(
      ...(profile.raster === 'GS v 0' ? rasterV0(band, stride, height) : rasterL(band, bitmap.width, height)),
    );
  }
  return Buffer.concat(parts);
}

function finish({ command, feedDots }: PrinterProfile['cutter']): Uint8Array[] {
  switch (command) {
    case 'GS V 65':
      return [commands.cut(65, feedDots)];
    case 'GS V 66':
      return [commands.cut(66, feedDots)];
    case 'GS V 0':
      return [commands.feed(feedDots), commands.cut(0, 0)];
    case 'GS V 1':
      return [commands.feed(feedDots), commands.cut(1, 0)];
    case 'none':
      return [commands.feed(feedDots)];
  }
}

/** `GS v 0`: `1D 76 30 m xL xH yL yH`, x in bytes, y in dots. */
function rasterV0(band: Uint8Array, stride: number, height: number): Uint8Array[] {
  return [Uint8Array.from([0x1d, 0x76, 0x30, 0, ...word(stride), ...word(height)]), band];
}

/** `GS ( L` fn 112 stores the band (monochrome, x and y in dots), fn 50 prints it. */
function rasterL(band: Uint8Array, width: number, height: number): Uint8Array[] {
  const head = [0x30, 0x70, 0x30, 1, 1, 0x31, ...word(width), ...word(height)];
  return [
    Uint8Array.from([0x1d, 0x28, 0x4c, ...word(head.length + band.length), ...head]),
    band,
    Uint8Array.from([0x1d, 0x28, 0x4c, 2, 0, 0x30, 0x32]),
  ];
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

const DLE = 0x10;
/** Second bytes that turn a DLE inside raster data into a real-time command: EOT, ENQ, DC4. */
const REAL_TIME = new Set([0x04, 0x05, 0x14]);

/**
 * Printers run `10 04`, `10 05` and `10 14` at once even inside raster data. One dot more (bit 3 of the second byte)
 * breaks each of them and makes none anew; on paper it is an eighth of a millimetre.
 */
export function withoutRealTimeCommands(raster: Uint8Array): Uint8Array {
  const safe = Uint8Array.from(raster);
  for (let at = 1; at < safe.length; at++)
    if (safe[at - 1] === DLE && REAL_TIME.has(safe[at]!)) safe[at]! |= 0x08;
  return safe;
}
