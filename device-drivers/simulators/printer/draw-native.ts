import { create as createQr } from 'qrcode';
import { bytesPerRow, createBitmap } from '../../printer/bitmap.ts';
import { code128Widths } from '../../printer/code128.ts';
import { type DrawnGlyph, fillRectangle, stampBitmap } from '../../printer/glyph-cache.ts';
import { type CodePageName, letterOf } from '../../printer/native/code-pages.ts';
import type { Bitmap } from '../../printer/slip.ts';
import { loadSlipFonts } from '../../printer/slip-fonts.ts';
import type { Align, PrintOperation, TextCell } from './escpos-decoder.ts';

/** A letter of the printer's font A by its character; undefined is drawn as a block. */
export type PrinterLetters = (character: string) => DrawnGlyph | undefined;

type Rows = Uint8Array[];
type Operation<Type extends PrintOperation['type']> = Extract<PrintOperation, { type: Type }>;

const CELL_WIDTH = 12;
const CELL_HEIGHT = 24;
const BASELINE = 18;
const LINE_GAP = 6;
/** Dots per em: capitals of about 15 dots in a cell of 24; broad letters are drawn smaller, to stay in their cell. */
const EM = 21;
const emOf = (width: number) => Math.min(EM, (CELL_WIDTH - 1) / width);
const CODE_128 = 73;

/** Draws ASCII and the letters of Vietnamese once. */
export async function loadPrinterLetters(): Promise<PrinterLetters> {
  const fonts = await loadSlipFonts();
  const ascii = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at));
  const vietnamese = [...'ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư'];
  for (let code = 0x1ea0; code <= 0x1ef9; code++) vietnamese.push(String.fromCodePoint(code));
  const characters = [...ascii, ...vietnamese].flatMap((character) =>
    fonts.outlines(character, 'regular').map(({ outline }) => ({
      character,
      outline,
      em: emOf(fonts.width(character, 'regular')),
    })),
  );
  const drawn = await fonts.glyphs.draw(
    characters.map(({ outline, em }) => ({ outline, weight: 'regular', em })),
  );
  const letters = new Map(characters.map(({ character }, at) => [character, drawn[at]!]));
  return (character) => letters.get(character);
}

/** One line of text, as high as its highest letter. */
export function drawLine(
  { cells, align }: Operation<'line'>,
  widthDots: number,
  letters: PrinterLetters | undefined,
): Rows {
  const high = Math.max(...cells.map((cell) => cell.high));
  const bitmap = createBitmap(widthDots, CELL_HEIGHT * high + LINE_GAP);
  let x = leftOf(
    cells.reduce((sum, cell) => sum + cell.wide * CELL_WIDTH, 0),
    widthDots,
    align,
  );
  for (const cell of cells) {
    const top = (high - cell.high) * CELL_HEIGHT;
    const character = characterOf(cell);
    const glyph = letters?.(character);
    if (glyph)
      stampBitmap(
        bitmap,
        enlarged(glyph.dots, cell),
        x + glyph.left * cell.wide,
        top + (BASELINE + glyph.top) * cell.high,
      );
    else if (character.trim() !== '')
      fillRectangle(bitmap, x + cell.wide, top + 4 * cell.high, (CELL_WIDTH - 3) * cell.wide, 14 * cell.high);
    x += cell.wide * CELL_WIDTH;
  }
  return rowsOf(bitmap);
}

/** A real QR code: a reader reads it. */
export function drawQr({ data, module, align }: Operation<'qr'>, widthDots: number): Rows {
  const { modules } = createQr([{ data, mode: 'byte' }], { errorCorrectionLevel: 'M' });
  const side = modules.size * module;
  const bitmap = createBitmap(widthDots, side);
  const left = leftOf(side, widthDots, align);
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column))
        fillRectangle(bitmap, left + column * module, row * module, module, module);
  return rowsOf(bitmap);
}

/** Code 128 as it is; of the other systems a grey box of their height. */
export function drawBarCode(
  { system, data, module, height, align }: Operation<'bar-code'>,
  widthDots: number,
): Rows {
  const bitmap = createBitmap(widthDots, height);
  const text = Buffer.from(data)
    .toString('latin1')
    .replace(/^\{[ABC]/, '');
  const widths = system === CODE_128 ? code128Widths(text) : undefined;
  if (widths) {
    let x = leftOf(widths.reduce((sum, width) => sum + width, 0) * module, widthDots, align);
    for (const [at, width] of widths.entries()) {
      if (at % 2 === 0) fillRectangle(bitmap, x, 0, width * module, height);
      x += width * module;
    }
  } else for (let x = 0; x < widthDots / 2; x += 4) fillRectangle(bitmap, widthDots / 4 + x, 0, 2, height);
  return rowsOf(bitmap);
}

/** What a byte is on the page that was selected; other pages than these are taken for Western European. */
export function characterOf({ byte, page }: Pick<TextCell, 'byte' | 'page'>): string {
  if (byte < 0x80) return String.fromCharCode(byte);
  const name = PAGES.get(page);
  return name ? letterOf(byte, name) : new TextDecoder('windows-1252').decode(Uint8Array.of(byte));
}

/** TCVN-3 and CP1258 on Epson and on clones; VISCII under a number of this simulator's own. */
const PAGES: ReadonlyMap<number, CodePageName> = new Map([
  [30, 'tcvn-3'],
  [27, 'tcvn-3'],
  [200, 'viscii'],
  [52, 'windows-1258'],
  [94, 'windows-1258'],
]);

function leftOf(width: number, widthDots: number, align: Align): number {
  const free = Math.max(0, widthDots - width);
  return align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2);
}

function enlarged(dots: Bitmap, { wide, high }: TextCell): Bitmap {
  if (wide === 1 && high === 1) return dots;
  const bitmap = createBitmap(dots.width * wide, dots.height * high);
  const stride = bytesPerRow(dots.width);
  for (let y = 0; y < dots.height; y++)
    for (let x = 0; x < dots.width; x++)
      if ((dots.data[y * stride + (x >> 3)]! & (0x80 >> (x & 7))) !== 0)
        fillRectangle(bitmap, x * wide, y * high, wide, high);
  return bitmap;
}

function rowsOf(bitmap: Bitmap): Rows {
  const stride = bytesPerRow(bitmap.width);
  return Array.from({ length: bitmap.height }, (_, row) =>
    bitmap.data.slice(row * stride, (row + 1) * stride),
  );
}
