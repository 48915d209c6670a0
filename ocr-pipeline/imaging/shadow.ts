import { type Component, findComponents } from './components.ts';
import { lumaOf } from './pixels/count-ink.ts';
import type { Print } from './print.ts';
import type { SheetPicture } from './sheet-picture.ts';

const BLOCK_MM = 4;
/** Paper darker than this share of the bright paper has lost contrast that evening out does not bring back. */
const DARK = 0.5;
const VERY_DARK = 0.34;
/** A shadow is grey: photographs, bands and grounds have another colour than the paper. */
const SAME_COLOUR = 0.035;
const MIN_SHARE = 0.03;
const PRINT_SHARE = 0.03;

export interface Shadow {
  readonly where: Component;
  /** Its paper's brightness over that of the bright paper. */
  readonly level: number;
  readonly severity: 'warn' | 'bad';
}

/** A deep shadow that lies over print. `where` in pixels of the picture given. */
export function findShadow(sheet: SheetPicture, print: Print, printDpi: number): Shadow | undefined {
  const block = Math.max(4, Math.round((BLOCK_MM / 25.4) * sheet.dpi));
  const blocks = paperBlocks(sheet, block);
  const known = blocks.filter((one) => one !== undefined);
  if (known.length < 12) return undefined;
  const levels = known.map((one) => one.level).sort((a, b) => a - b);
  const bright = levels[Math.floor(levels.length * 0.9)]!;
  const lit = known.filter((one) => one.level > 0.8 * bright);
  const red = median(lit.map((one) => one.red));
  const blue = median(lit.map((one) => one.blue));
  const columns = Math.ceil(sheet.image.width / block);
  const rows = Math.ceil(sheet.image.height / block);
  const map = new Uint8Array(columns * rows).fill(255);
  blocks.forEach((one, at) => {
    if (one === undefined || one.level >= DARK * bright) return;
    if (Math.abs(one.red - red) < SAME_COLOUR && Math.abs(one.blue - blue) < SAME_COLOUR) map[at] = 0;
  });
  const { components, runs } = findComponents({ width: columns, height: rows, data: map }, 128);
  const owner = new Int32Array(columns * rows).fill(-1);
  for (let run = 0; run < runs.count; run += 1)
    owner.fill(
      runs.owner[run]!,
      runs.row[run]! * columns + runs.from[run]!,
      runs.row[run]! * columns + runs.to[run]!,
    );
  let worst: Shadow | undefined;
  components.forEach((area, index) => {
    if (area.area < MIN_SHARE * known.length) return;
    const inside = print.letters.filter((letter) => {
      const x = Math.floor(((letter.x + letter.width / 2) * sheet.dpi) / printDpi / block);
      const y = Math.floor(((letter.y + letter.height / 2) * sheet.dpi) / printDpi / block);
      return owner[y * columns + x] === index;
    }).length;
    if (inside < Math.max(6, PRINT_SHARE * print.letters.length)) return;
    const own = blocks.filter((_, at) => owner[at] === index).map((one) => one!.level / bright);
    const level = own.sort((a, b) => a - b)[Math.floor(own.length * 0.25)]!;
    if (worst !== undefined && worst.level <= level) return;
    worst = {
      where: {
        x: area.x * block,
        y: area.y * block,
        width: area.width * block,
        height: area.height * block,
        area: area.area * block * block,
      },
      level,
      severity: level < VERY_DARK ? 'bad' : 'warn',
    };
  });
  return worst;
}

interface PaperBlock {
  /** Luma of the bare paper. */
  readonly level: number;
  /** Shares of red and blue in its colour. */
  readonly red: number;
  readonly blue: number;
}

function paperBlocks(sheet: SheetPicture, block: number): readonly (PaperBlock | undefined)[] {
  const { image, mask } = sheet;
  const luma = lumaOf(image);
  const columns = Math.ceil(image.width / block);
  const rows = Math.ceil(image.height / block);
  return Array.from({ length: columns * rows }, (_, index) => {
    const left = (index % columns) * block;
    const top = Math.floor(index / columns) * block;
    const values: number[] = [];
    const places: number[] = [];
    for (let y = top; y < Math.min(image.height, top + block); y += 1)
      for (let x = left; x < Math.min(image.width, left + block); x += 1) {
        const at = y * image.width + x;
        if (mask !== undefined && mask[at] === 0) continue;
        values.push(luma.data[at]!);
        places.push(at);
      }
    if (values.length < (block * block) / 2) return undefined;
    const level = values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.85)]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    places.forEach((at, index) => {
      if (values[index]! < level * 0.85) return;
      red += image.data[at * 3]!;
      green += image.data[at * 3 + 1]!;
      blue += image.data[at * 3 + 2]!;
    });
    const sum = Math.max(1, red + green + blue);
    return { level: Math.max(1, level), red: red / sum, blue: blue / sum };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 1 / 3;
}
