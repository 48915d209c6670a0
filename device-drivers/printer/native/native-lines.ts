import type { NativeText } from '../profile.ts';
import type { SlipBlock } from '../slip.ts';
import type { SlipFonts } from '../slip-fonts.ts';
import { printableText, wrapText } from '../slip-text.ts';
import { codePage, encodeText } from './code-pages.ts';

/** A line of the printer's own letters. */
export interface NativeLine {
  readonly bytes: Uint8Array;
  readonly align: 'left' | 'centre' | 'right';
  readonly bold: boolean;
}

/** Capital height up to which a text is as large as font A: beyond it stand numbers to be seen from afar. */
const LARGEST_MM = 3.2;
const INDENT = 2;

/**
 * A text or a pair as lines of the printer's own letters; null when it has letters that the code page lacks (`Ế` in
 * TCVN-3), is larger than these, or is no text: then all of it is printed as a picture.
 */
export function nativeLines(
  block: SlipBlock,
  native: NativeText,
  fonts: Pick<SlipFonts, 'hasGlyph'>,
): readonly NativeLine[] | null {
  const page = codePage(native.encoding);
  const wrap = (text: string, columns: number) =>
    wrapText(printableText(text, fonts), columns, 'regular', (part) => [...part].length);
  const encode = (
    lines: readonly string[],
    style: Omit<NativeLine, 'bytes'>,
  ): readonly NativeLine[] | null => {
    const encoded = lines.map((line) => encodeText(line, page));
    return encoded.every((bytes) => bytes !== null) ? encoded.map((bytes) => ({ ...style, bytes })) : null;
  };
  if (block.type === 'text') {
    if ((block.size ?? 0) > LARGEST_MM) return null;
    const lines = wrap(block.text, native.columns).map(({ text }) => text);
    return encode(lines, { align: block.align ?? 'left', bold: block.weight === 'bold' });
  }
  if (block.type !== 'pair') return null;
  const style = { align: 'left', bold: block.weight === 'bold' } as const;
  const label = wrap(block.label, native.columns);
  const value = wrap(block.value, native.columns);
  const [first, last] = [label[0], value[0]];
  const gap = native.columns - (first?.width ?? 0) - (last?.width ?? 0);
  if (label.length === 1 && value.length === 1 && first && last && gap >= 1)
    return encode([`${first.text}${' '.repeat(gap)}${last.text}`], style);
  const indented = wrap(block.value, native.columns - INDENT).map(({ text }) => ' '.repeat(INDENT) + text);
  return encode([...label.map(({ text }) => text), ...indented], style);
}
