// Reads the pieces of paper of the chaos printer: which numbers are on them, and which say that they are copies.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { Piece } from './chaos-printer.ts';

const run = promisify(execFile);
const ROW_BYTES = 72;
const WIDTH = ROW_BYTES * 8;

export interface Verdict {
  /** Numbers never seen. */
  readonly missing: readonly number[];
  /** Numbers seen again without the mark of a copy. */
  readonly unmarked: readonly number[];
  /** What stood in a code and is no number of this run. */
  readonly strange: readonly string[];
  readonly pieces: number;
  readonly withoutCode: number;
  readonly copies: number;
}

export interface Judge {
  take(piece: Piece): void;
  verdict(tickets: number): Promise<Verdict>;
}

export async function createJudge(): Promise<Judge> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(await readFile(wasm)).buffer } });
  const seen = new Map<number, number>();
  const unmarked: number[] = [];
  const strange: string[] = [];
  /** Lines of the paper, by their dots: is it the mark? Each is read once. */
  const marks = new Map<string, boolean>();
  let pieces = 0;
  let withoutCode = 0;
  let copies = 0;
  let turn: Promise<void> = Promise.resolve();

  const isCopy = async (piece: Piece): Promise<boolean> => {
    const lines = linesOf(piece.rows).map((rows) => ({ rows, key: keyOf(rows) }));
    if (lines.some(({ key }) => marks.get(key))) return true;
    for (const { rows, key } of lines) {
      if (marks.has(key)) continue;
      const found = /B[AẢÀÁ]N\s*SA[O0]/iu.test(await readLine(rows));
      marks.set(key, found);
      if (found) return true;
    }
    return false;
  };

  const judgePiece = async (piece: Piece): Promise<void> => {
    pieces += 1;
    const codes = await readBarcodes(imageOf(piece.rows), {
      formats: ['QRCode'],
      tryHarder: true,
      tryRotate: false,
      tryInvert: false,
      maxNumberOfSymbols: 4,
    });
    const texts = codes.filter((code) => code.isValid).map((code) => code.text);
    if (texts.length === 0) withoutCode += 1;
    for (const text of texts) {
      const number = Number(text);
      if (!/^[1-9]\d*$/.test(text)) {
        strange.push(text);
        continue;
      }
      const before = seen.get(number) ?? 0;
      seen.set(number, before + 1);
      if (before === 0) continue;
      copies += 1;
      if (!(await isCopy(piece))) unmarked.push(number);
    }
  };

  return {
    take: (piece) => {
      turn = turn.then(() => judgePiece(piece));
    },
    verdict: async (tickets) => {
      await turn;
      const missing = Array.from({ length: tickets }, (_, at) => at + 1).filter(
        (number) => !seen.has(number),
      );
      const beyond = [...seen.keys()].filter((number) => number > tickets).map(String);
      return { missing, unmarked, strange: [...strange, ...beyond], pieces, withoutCode, copies };
    },
  };
}

function imageOf(rows: readonly Uint8Array[]) {
  const height = rows.length;
  const data = new Uint8ClampedArray(WIDTH * height * 4).fill(255);
  for (const [y, row] of rows.entries())
    for (let x = 0; x < WIDTH; x++)
      if (((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0)
        data.fill(0, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
  return { data, width: WIDTH, height, colorSpace: 'srgb' as const };
}

/** Stretches of rows with ink, parted by white rows; a gap within a letter (the hook above its A) parts none. */
function linesOf(rows: readonly Uint8Array[]): Uint8Array[][] {
  const lines: Uint8Array[][] = [];
  let line: Uint8Array[] = [];
  let white = 0;
  for (const row of rows) {
    const isWhite = row.every((byte) => byte === 0);
    white = isWhite ? white + 1 : 0;
    if (!isWhite || line.length > 0) line.push(row);
    if (white >= 6 && line.length > 0) {
      lines.push(line.slice(0, -white));
      line = [];
    }
  }
  return line.length > 0 ? [...lines, line] : lines;
}

function keyOf(rows: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(row);
  return hash.digest('base64');
}

/** Optical reading of one line by tesseract. */
async function readLine(rows: readonly Uint8Array[]): Promise<string> {
  if (rows.length < 20 || rows.length > 160) return '';
  const { data, width, height } = imageOf(rows);
  const png = await sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .extend({ top: 30, bottom: 30, background: '#ffffff' })
    .png()
    .toBuffer();
  const promise = run('tesseract', ['stdin', 'stdout', '-l', 'vie', '--psm', '7'], { timeout: 20_000 });
  promise.child.stdin?.end(png);
  return (await promise).stdout;
}
