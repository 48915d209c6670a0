import { readFile } from 'node:fs/promises';
import * as fontkit from '@cantoo/fontkit';
import { PDFDocument, type PDFFont, type PDFPage, rgb } from '@cantoo/pdf-lib';
import type { ReaderMode, ReaderSetup } from '@motcua/firmware-config';
import { slipFontFiles } from '../../printer/slip-fonts.ts';
import { encodeCode128 } from './code-128.ts';
import { setUpBarCodes } from './set-up-commands.ts';

const MM = 72 / 25.4;
const A4 = { width: 210 * MM, height: 297 * MM } as const;
const LEFT = 22 * MM;
/** 0.4 mm is easy for every 2D reader; a printer at 300 dpi draws it in 5 dots. */
const MODULE = 0.4 * MM;
const BAR_HEIGHT = 18 * MM;
const STEP_HEIGHT = 47 * MM;
const WIDTH = A4.width - 2 * LEFT;

const MODE_NAMES: Readonly<Record<ReaderMode, string>> = {
  'usb-com': 'USB-COM (serial)',
  'hid-pos': 'USB HID POS',
};

/** A sheet of programming bar codes, A4, as PDF: print it at 100 %, show the codes to the reader from top to bottom. */
export async function renderSetUpSheet(setup: ReaderSetup, mode: ReaderMode): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit as never);
  const [regular, bold] = await Promise.all(
    slipFontFiles().map(async (file) => document.embedFont(await readFile(file), { subset: true })),
  );
  const write = pen(regular!, bold!);
  const page = document.addPage([A4.width, A4.height]);
  document.setTitle(`${setup.name}: ${MODE_NAMES[mode]}`);
  let y = A4.height - 24 * MM;
  y = write(page, `Cài đặt đầu đọc mã: ${MODE_NAMES[mode]}`, y, 18, 'bold');
  y = write(page, `Set-up of the code reader: ${MODE_NAMES[mode]}`, y, 11);
  y = write(page, setup.name, y - 4, 11, 'bold');
  y = write(
    page,
    'In ở tỷ lệ 100 %. Đưa từng mã vào đầu đọc theo thứ tự từ trên xuống; che các mã còn lại bằng tay hoặc giấy.',
    y - 2,
    9.5,
  );
  y = write(
    page,
    'Print at 100 %. Show the codes to the reader from top to bottom; cover the others.',
    y,
    9.5,
  );
  y -= 8 * MM;
  setUpBarCodes(setup, mode).forEach(({ what, text, fnc3 }, at) => {
    const below = write(page, `${at + 1}.  ${what.vi}`, y, 12, 'bold');
    write(page, what.en, below, 9.5);
    drawBars(page, encodeCode128(text, fnc3), LEFT + 10 * MODULE, y - 13 * MM - BAR_HEIGHT);
    page.drawText(text, { x: LEFT + 10 * MODULE, y: y - 17.5 * MM - BAR_HEIGHT, size: 9, font: regular! });
    y -= STEP_HEIGHT;
  });
  y = write(page, `Sau đó: ${setup.afterwards.vi}`, y, 10);
  y = write(page, `Afterwards: ${setup.afterwards.en}`, y, 9.5);
  write(page, `Nguồn / source: ${setup.source}`, 24 * MM, 8);
  return document.save();
}

function drawBars(page: PDFPage, widths: readonly number[], left: number, bottom: number): void {
  let x = left;
  widths.forEach((width, at) => {
    if (at % 2 === 0)
      page.drawRectangle({ x, y: bottom, width: width * MODULE, height: BAR_HEIGHT, color: rgb(0, 0, 0) });
    x += width * MODULE;
  });
}

/** Writes a paragraph within the margins; returns where the next one begins. */
function pen(regular: PDFFont, bold: PDFFont) {
  return (page: PDFPage, text: string, top: number, size: number, weight: 'regular' | 'bold' = 'regular') => {
    const font = weight === 'bold' ? bold : regular;
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
      if (lines.length > 0 && font.widthOfTextAtSize(longer, size) <= WIDTH) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    let y = top;
    for (const line of lines) {
      page.drawText(line, { x: LEFT, y, size, font });
      y -= size * 1.4;
    }
    return y;
  };
}
