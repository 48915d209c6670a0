import { err, ok, type Result } from '@motcua/core';
import type { Line, Word } from '../page.ts';

const HEAD = 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext';
const COLUMNS = 12;
const WORD_LEVEL = '5';
/** The densest page has some thousand words; a picture of noise has more. */
const MAX_ROWS = 200_000;
const MAX_WORD = 1_000;
const MAX_PIXEL = 100_000;

/**
 * Words and lines of Tesseract's TSV output (`tesseract … tsv`), in its order. Anything else than that table, a box
 * outside every picture, or bytes that are no UTF-8 is invalid as a whole.
 */
export function parseTsv(bytes: Uint8Array): Result<readonly Line[], { readonly code: 'tsv-invalid' }> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return INVALID;
  }
  return text.startsWith(`${HEAD}\n`) ? parseTsvRows(text.slice(HEAD.length + 1)) : INVALID;
}

/** The same without the heading. */
export function parseTsvRows(text: string): Result<readonly Line[], { readonly code: 'tsv-invalid' }> {
  const rows = text.split('\n');
  if (rows.pop() !== '' || rows.length > MAX_ROWS) return INVALID;
  const lines: Word[][] = [];
  let current = '';
  for (const row of rows) {
    const cells = row.split('\t');
    if (cells.length !== COLUMNS) return INVALID;
    if (cells[0] !== WORD_LEVEL) continue;
    const word = toWord(cells);
    if (word === undefined) return INVALID;
    if (word.text === '') continue;
    const home = cells.slice(1, 5).join(' ');
    if (home !== current) lines.push([]);
    current = home;
    lines.at(-1)?.push(word);
  }
  return ok(lines.map((words) => ({ words })));
}

const INVALID = err({ code: 'tsv-invalid' } as const);

function toWord(cells: readonly string[]): Word | undefined {
  const [x, y, width, height] = cells.slice(6, 10).map(pixels);
  const confidence = Math.round(Number(cells[10]));
  const text = (cells[11] ?? '').normalize('NFC').trim();
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  if (!(confidence >= 0 && confidence <= 100) || text.length > MAX_WORD) return undefined;
  return { text, confidence, box: { x, y, width, height } };
}

function pixels(cell: string): number | undefined {
  return /^\d{1,6}$/.test(cell) && Number(cell) <= MAX_PIXEL ? Number(cell) : undefined;
}
