const MILLIMETRE = 72 / 25.4;
/** What a printer does not reach. */
const MARGIN = 4 * MILLIMETRE;
/** Top left stays free for the QR of papers that are handed out (TT 01/2023, TCVN 7322): 22 mm and its quiet zone. */
const QR_ROOM = 26 * MILLIMETRE;
const GAP = 2 * MILLIMETRE;
/** NĐ 30/2020, annex I. */
export const TYPE_SIZE = 10;
const SMALLEST_SIZE = 4;
const LEADING = 1.2;
/** A paper as small as a card gets a smaller type rather than a block that covers it. */
const MOST_OF_PAGE = 1 / 3;

export interface PlacedBlock {
  /** Left, bottom, right, top, in points. */
  readonly rect: readonly [number, number, number, number];
  readonly size: number;
  readonly leading: number;
  readonly lines: readonly string[];
  /** Left and bottom of the seal inside the block, and its size. */
  readonly seal: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
}

/**
 * Where a block stands on a page of this size: the officer's in the left half beside the room for the QR, the
 * agency's in the right half; so the two never overlap. A seal stands at the right edge, the text under it.
 */
export function placeBlock(options: {
  readonly page: { readonly width: number; readonly height: number };
  readonly side: 'left' | 'right';
  readonly lines: readonly string[];
  /** Advance in thousandths of the type size. */
  readonly widthOf: (text: string) => number;
  readonly seal?: readonly [width: number, height: number] | undefined;
}): PlacedBlock {
  const { page, side, lines, widthOf } = options;
  // A narrow paper has no room for a QR beside a block.
  const roomy = page.width > 140 * MILLIMETRE;
  const margin = Math.min(MARGIN, page.width * 0.03);
  const middle = page.width / 2;
  const left = side === 'left' ? margin + (roomy ? QR_ROOM : 0) : middle + GAP / 2;
  const right = side === 'left' ? middle - GAP / 2 : page.width - margin;
  const room = right - left;
  const sealSize = options.seal && fitted(options.seal, room, page.height * MOST_OF_PAGE);
  for (let size = TYPE_SIZE; ; size -= 0.5) {
    const broken = lines.flatMap((line) => breakLine(line, room, (text) => (widthOf(text) * size) / 1_000));
    const leading = size * LEADING;
    const textHeight = broken.length * leading;
    const height = textHeight + (sealSize ? sealSize[1] + GAP : 0);
    if (height > page.height * MOST_OF_PAGE + (sealSize?.[1] ?? 0) && size > SMALLEST_SIZE) continue;
    const textWidth = Math.max(...broken.map((line) => (widthOf(line) * size) / 1_000));
    const width = Math.min(room, Math.max(textWidth, sealSize?.[0] ?? 0) + 1);
    const top = page.height - margin;
    const x = side === 'left' ? left : right - width;
    return {
      rect: [x, top - height, x + width, top],
      size,
      leading,
      lines: broken,
      seal: sealSize
        ? { x: width - sealSize[0], y: height - sealSize[1], width: sealSize[0], height: sealSize[1] }
        : null,
    };
  }
}

/** Actual size, unless the paper is smaller than that. */
function fitted(size: readonly [number, number], width: number, height: number): readonly [number, number] {
  const scale = Math.min(1, width / size[0], height / size[1]);
  return [size[0] * scale, size[1] * scale];
}

/** Breaks at spaces; a single word that is too long stays as it is and is cut by the block's edge. */
function breakLine(line: string, room: number, widthOf: (text: string) => number): string[] {
  const broken: string[] = [];
  let current = '';
  for (const word of line.split(/\s+/)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > room) {
      broken.push(current);
      current = word;
    } else current = longer;
  }
  return [...broken, current];
}
