import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line } from '../page.ts';
import { parseTsv } from './tsv.ts';

const HEAD =
  'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n';

/** As tesseract writes it: a row for the page, then per line one for itself and one a word. */
function tsvOf(lines: readonly Line[]): Buffer {
  const rows = lines.flatMap(({ words }, at) => [
    `4\t1\t1\t1\t${at}\t0\t0\t0\t1\t1\t-1\t\n`,
    ...words.map(
      ({ text, confidence, box }, word) =>
        `5\t1\t1\t1\t${at}\t${word}\t${box.x}\t${box.y}\t${box.width}\t${box.height}\t${confidence}.25\t${text}\n`,
    ),
  ]);
  return Buffer.from(`${HEAD}1\t1\t0\t0\t0\t0\t0\t0\t1655\t2340\t-1\t\n${rows.join('')}`, 'utf8');
}

const pixel = fc.integer({ min: 0, max: 99_999 });
const word = fc.record({
  text: fc.constantFrom('Nguyễn', 'Họ'.normalize('NFD'), '12/3', 'Ơ', '"', '…', 'a\u00a0b', '😀'),
  confidence: fc.integer({ min: 0, max: 99 }),
  box: fc.record({ x: pixel, y: pixel, width: pixel, height: pixel }),
});
const lines = fc.array(fc.record({ words: fc.array(word, { minLength: 1, maxLength: 5 }) }), {
  maxLength: 6,
});

describe('tesseract’s table', () => {
  it('comes back as the lines and words that it was made from, in NFC', () => {
    fc.assert(
      fc.property(lines, (made) => {
        const expected = made.map(({ words }) => ({
          words: words.map((one) => ({ ...one, text: one.text.normalize('NFC') })),
        }));
        expect(parseTsv(tsvOf(made))).toEqual({ ok: true, value: expected });
      }),
    );
  });

  it('cut anywhere or with any byte changed is invalid or still a table, never a crash', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat({ max: 255 }), (made, place, byte) => {
        const table = tsvOf(made);
        const at = place % table.length;
        const cut = parseTsv(table.subarray(0, at));
        if (at >= HEAD.length && table[at - 1] !== 10) expect(cut.ok).toBe(false);
        table[at] = byte;
        const changed = parseTsv(table);
        if (changed.ok)
          for (const { words } of changed.value)
            for (const { text, confidence, box } of words) {
              expect(text.length).toBeGreaterThan(0);
              expect(confidence).toBeGreaterThanOrEqual(0);
              expect(confidence).toBeLessThanOrEqual(100);
              for (const side of Object.values(box)) expect(Number.isInteger(side) && side >= 0).toBe(true);
            }
      }),
    );
  });

  it.each([
    ['no table at all', ''],
    ['no head', '5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\ta\n'],
    ['a box left of the picture', `${HEAD}5\t1\t1\t1\t1\t1\t-3\t0\t1\t1\t90\ta\n`],
    ['a box beyond every picture', `${HEAD}5\t1\t1\t1\t1\t1\t0\t0\t999999\t1\t90\ta\n`],
    ['no confidence', `${HEAD}5\t1\t1\t1\t1\t1\t0\t0\t1\t1\tnan\ta\n`],
    ['a word without end', `${HEAD}5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\t${'a'.repeat(5_000)}\n`],
    ['a tab in a word', `${HEAD}5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\ta\tb\n`],
  ])('with %s is invalid', (_, table) => {
    expect(parseTsv(Buffer.from(table))).toEqual({ ok: false, error: { code: 'tsv-invalid' } });
  });
});
