import { create as createQr } from 'qrcode';
import { code128Widths } from './code128.ts';
import type { Bitmap, Slip, SlipBlock } from './slip.ts';
import type { SlipFonts, SlipWeight } from './slip-fonts.ts';
import { printableText, type TextLine, wrapText } from './slip-text.ts';

/** Capital height of text without a size: about 11 point, as readable as a printed letter. */
const BODY_MM = 2.6;
/** From this size on a text is a number to be seen from afar. */
const DISPLAY_MM = 6;
const MARGIN_MM = 1;
const COLUMN_GAP_MM = 2;
/** Bounds of one slip: nothing from outside makes the printer spool paper. */
const MAX_BLOCKS = 200;
const MAX_ROWS = 200;
const MAX_HEIGHT_MM = 1_500;
const MAX_PICTURE_MM = 80;

/** One mark on the paper, in whole dots from the top left corner. `y` of a text is its baseline. */
export type SlipMark =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly em: number;
      readonly weight: SlipWeight;
    }
  | {
      readonly type: 'rectangle';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: 'picture'; readonly x: number; readonly y: number; readonly bitmap: Bitmap };

export interface SlipLayout {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly SlipMark[];
}

export interface SlipPaper {
  readonly widthDots: number;
  readonly dpi: number;
}

/** Places every block on the paper. Pure; text is made printable and capped here. */
export function layOutSlip(slip: Slip, paper: SlipPaper, fonts: SlipFonts): SlipLayout {
  const dots = (millimetres: number) => Math.round((millimetres * paper.dpi) / 25.4);
  const marks: SlipMark[] = [];
  const left = dots(MARGIN_MM);
  const inner = paper.widthDots - 2 * left;
  const widths = rememberWidths(fonts);
  let y = left;

  const emOf = (size: number) => (size * paper.dpi) / 25.4 / fonts.capHeight;
  const wrap = (text: string, width: number, em: number, weight: SlipWeight) =>
    wrapText(printableText(text, fonts), width / em, weight, widths);

  /** A number or a code is made smaller until it fits: broken in two it would be two. */
  const fitting = (text: string, size: number, weight: SlipWeight) => {
    const width = emOf(size) * widestWord(text, weight, widths);
    return width <= inner ? size : Math.max(size / 3, (0.99 * size * inner) / width);
  };

  /** Large numbers stand on their ink; running text keeps an even rhythm with room for `Ẩ` and `ự`. */
  const lineBox = (line: TextLine, size: number, em: number, weight: SlipWeight) => {
    if (size < DISPLAY_MM || line.text === '') return { above: em * 1.08, below: em * 0.3 };
    const ink = fonts.ink(line.text, weight);
    return { above: ink.above * em + dots(1), below: ink.below * em + dots(1) };
  };

  const putLines = (
    lines: readonly TextLine[],
    area: { x: number; width: number; top: number },
    style: { size: number; weight: SlipWeight; align: 'left' | 'centre' | 'right' },
  ): number => {
    const em = emOf(style.size);
    let top = area.top;
    for (const line of lines) {
      const box = lineBox(line, style.size, em, style.weight);
      const free = area.width - line.width * em;
      const shift = style.align === 'left' ? 0 : style.align === 'right' ? free : free / 2;
      const baseline = Math.round(top + box.above);
      if (line.text !== '')
        marks.push({
          type: 'text',
          text: line.text,
          x: Math.round(area.x + shift),
          y: baseline,
          em,
          weight: style.weight,
        });
      top = baseline + Math.round(box.below);
    }
    return top;
  };

  const rule = (width: number, thickness: number) => {
    const x = Math.round((paper.widthDots - width) / 2);
    marks.push({ type: 'rectangle', x, y: Math.round(y), width: Math.round(width), height: thickness });
    y = Math.round(y) + thickness;
  };

  const putPair = (block: Extract<SlipBlock, { type: 'pair' }>) => {
    const em = emOf(BODY_MM);
    const weight = block.weight ?? 'regular';
    const label = wrap(block.label, inner, em, 'regular');
    const value = wrap(block.value, inner, em, weight);
    const taken = ((label[0]?.width ?? 0) + (value[0]?.width ?? 0)) * em + dots(COLUMN_GAP_MM);
    if (label.length === 1 && value.length === 1 && taken <= inner) {
      putLines(label, { x: left, width: inner, top: y }, { size: BODY_MM, weight: 'regular', align: 'left' });
      y = putLines(value, { x: left, width: inner, top: y }, { size: BODY_MM, weight, align: 'right' });
      return;
    }
    y = putLines(
      label,
      { x: left, width: inner, top: y },
      { size: BODY_MM, weight: 'regular', align: 'left' },
    );
    const indent = dots(3);
    const own = wrap(block.value, inner - indent, em, weight);
    const area = { x: left + indent, width: inner - indent, top: y };
    y = putLines(own, area, { size: BODY_MM, weight, align: 'left' }) + dots(0.6);
  };

  const putTable = (block: Extract<SlipBlock, { type: 'table' }>) => {
    const gap = dots(COLUMN_GAP_MM);
    const size = BODY_MM - 0.2;
    const columns = columnWidths(
      block.columns,
      (block.header ?? []).map(
        (text) => emOf(size) * widestWord(printableText(text, fonts), 'bold', widths) + 1,
      ),
      inner - gap * (block.columns.length - 1),
    );
    const putRow = (row: readonly string[], weight: SlipWeight) => {
      let x = left;
      let bottom = y;
      for (const [index, width] of columns.entries()) {
        const lines = wrap(row[index] ?? '', width, emOf(size), weight);
        const align = block.align?.[index] ?? 'left';
        bottom = Math.max(bottom, putLines(lines, { x, width, top: y }, { size, weight, align }));
        x += width + gap;
      }
      y = bottom + dots(0.4);
    };
    if (block.header) {
      putRow(block.header, 'bold');
      rule(inner, 3);
      y += dots(0.4);
    }
    for (const [index, row] of block.rows.slice(0, MAX_ROWS).entries()) {
      if (index > 0) {
        rule(inner, 1);
        y += dots(0.4);
      }
      putRow(row, 'regular');
    }
    if (block.rows.length > MAX_ROWS) putRow(['…', '…'], 'regular');
  };

  const putQr = (block: Extract<SlipBlock, { type: 'qr' }>) => {
    const { modules } = createQr(block.text, { errorCorrectionLevel: 'M' });
    // Whole dots per module: a fractional module is what readers fail on.
    const room = Math.min(dots(block.millimetres), inner);
    const scale = Math.max(2, Math.floor(room / modules.size));
    const side = modules.size * scale;
    const x = Math.round((paper.widthDots - side) / 2);
    const quiet = 4 * scale;
    y = Math.round(y) + quiet;
    for (let row = 0; row < modules.size; row++)
      for (let column = 0; column < modules.size; column++)
        if (modules.get(row, column))
          marks.push({
            type: 'rectangle',
            x: x + column * scale,
            y: y + row * scale,
            width: scale,
            height: scale,
          });
    y += side + quiet;
  };

  /** Code 128 with whole dots per module and ten modules of white at both sides; narrower bars when it is long. */
  const putBarCode = (block: Extract<SlipBlock, { type: 'bar-code' }>) => {
    const widths = code128Widths(block.text);
    if (!widths) return putText({ type: 'text', text: block.text, align: 'centre' });
    const modules = widths.reduce((sum, width) => sum + width, 0);
    const scale = Math.min(3, Math.floor(paper.widthDots / (modules + 20)));
    // A bar of one dot is beyond what readers resolve: the text itself is then worth more than a code.
    if (scale < 2) return putText({ type: 'text', text: block.text, align: 'centre' });
    const height = dots(clamp(block.millimetres ?? 12, 5, 40));
    let x = Math.round((paper.widthDots - modules * scale) / 2);
    y = Math.round(y) + dots(1);
    for (const [at, width] of widths.entries()) {
      if (at % 2 === 0) marks.push({ type: 'rectangle', x, y, width: width * scale, height });
      x += width * scale;
    }
    y += height + dots(1);
    putText({ type: 'text', text: block.text, align: 'centre' });
  };

  const putPicture = ({ bitmap }: Extract<SlipBlock, { type: 'picture' }>) => {
    const x = Math.round((paper.widthDots - bitmap.width) / 2);
    y = Math.round(y);
    marks.push({ type: 'picture', x, y, bitmap });
    y += Math.min(bitmap.height, dots(MAX_PICTURE_MM));
  };

  const putText = (block: Extract<SlipBlock, { type: 'text' }>) => {
    const weight = block.weight ?? 'regular';
    const align = block.align ?? 'left';
    const text = printableText(block.text, fonts);
    const size = fitting(text, clamp(block.size ?? BODY_MM, 1.5, 40), weight);
    const full = inner / emOf(size);
    const lines =
      align === 'centre' ? balance(text, full, weight, widths) : wrapText(text, full, weight, widths);
    y = putLines(lines, { x: left, width: inner, top: y }, { size, weight, align });
  };

  for (const block of slip.blocks.slice(0, MAX_BLOCKS)) {
    if (y > dots(MAX_HEIGHT_MM)) break;
    switch (block.type) {
      case 'text':
        putText(block);
        break;
      case 'pair':
        putPair(block);
        break;
      case 'table':
        putTable(block);
        break;
      case 'rule':
        y += dots(1.2);
        rule(block.millimetres === undefined ? inner : Math.min(dots(block.millimetres), inner), 2);
        y += dots(1.2);
        break;
      case 'space':
        y += dots(clamp(block.millimetres, 0, 100));
        break;
      case 'qr':
        putQr(block);
        break;
      case 'bar-code':
        putBarCode(block);
        break;
      case 'picture':
        putPicture(block);
        break;
    }
  }
  return { width: paper.widthDots, height: Math.ceil(y) + left, marks };
}

/** Words repeat within a slip. Kept for one slip only: they may be somebody's name. */
function rememberWidths(fonts: SlipFonts) {
  const known = { regular: new Map<string, number>(), bold: new Map<string, number>() };
  return (text: string, weight: SlipWeight): number => {
    const found = known[weight].get(text);
    if (found !== undefined) return found;
    const width = fonts.width(text, weight);
    known[weight].set(text, width);
    return width;
  };
}

/** In em. */
function widestWord(
  text: string,
  weight: SlipWeight,
  width: (text: string, weight: SlipWeight) => number,
): number {
  return Math.max(...text.split(/[ \n]/).map((word) => width(word, weight)));
}

/** Shares of the paper, but no column narrower than its heading; the widest column gives way. */
function columnWidths(shares: readonly number[], least: readonly number[], free: number): number[] {
  const total = shares.reduce((sum, share) => sum + Math.max(share, 0), 0) || 1;
  const widths = shares.map((share, at) => Math.max((free * Math.max(share, 0)) / total, least[at] ?? 0));
  const excess = widths.reduce((sum, width) => sum + width, 0) - free;
  const widest = widths.indexOf(Math.max(...widths));
  return widths.map((width, at) => (at === widest ? Math.max(width - excess, free / 4) : width));
}

/** Centred lines of like length: no single word is left over on the last. */
function balance(
  text: string,
  maxWidth: number,
  weight: SlipWeight,
  width: (text: string, weight: SlipWeight) => number,
): TextLine[] {
  let lines = wrapText(text, maxWidth, weight, width);
  for (let share = 0.95; share > 0.5 && lines.length > 1; share -= 0.05) {
    const narrower = wrapText(text, maxWidth * share, weight, width);
    if (narrower.length > lines.length) break;
    lines = narrower;
  }
  return lines;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
