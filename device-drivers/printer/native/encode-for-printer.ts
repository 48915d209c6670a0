import { commands } from '../commands.ts';
import { asJob, type EncodeOptions, encodeRaster } from '../encode-slip.ts';
import type { PrinterProfile } from '../profile.ts';
import { renderSlip } from '../render-slip.ts';
import type { Slip, SlipBlock } from '../slip.ts';
import type { SlipFonts } from '../slip-fonts.ts';
import { type NativeLine, nativeLines } from './native-lines.ts';

/**
 * A slip as one print job for this printer: in its own letters where they are proved for the model and hold the text,
 * else as a picture. Each block is wholly one or the other.
 */
export async function encodeForPrinter(
  slip: Slip,
  profile: PrinterProfile,
  fonts: SlipFonts,
  options: EncodeOptions = {},
): Promise<Uint8Array> {
  const native = profile.nativeText;
  const draw = async (blocks: readonly SlipBlock[]) => {
    const { widthDots, dpi } = profile;
    return encodeRaster(await renderSlip({ blocks }, { widthDots, dpi, fonts }), profile);
  };
  if (!native) return asJob([await draw(slip.blocks)], profile, options);
  const parts: Uint8Array[] = [commands.selectCodePage(native.codePage)];
  let drawn: SlipBlock[] = [];
  const flush = async () => {
    if (drawn.length > 0) parts.push(commands.align('left'), await draw(drawn));
    drawn = [];
  };
  for (const block of slip.blocks) {
    const lines = nativeLines(block, native, fonts);
    if (lines) {
      await flush();
      parts.push(...lines.flatMap(encodeLine));
    } else drawn.push(block);
  }
  await flush();
  return asJob(parts, profile, options);
}

const encodeLine = ({ bytes, align, bold }: NativeLine): Uint8Array[] => [
  commands.align(align),
  commands.bold(bold),
  bytes,
  commands.lineFeed,
];
