import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line, Word } from '../../page.ts';
import { drawFrom, drawPerson } from '../../specimens/heldout/people.ts';
import { countChanges } from '../../specimens/heldout/word-changes.ts';
import { seededRandom } from '../../specimens/random.ts';
import { characterErrorRate } from '../error-rate.ts';
import { correctLines } from './correct-lines.ts';
import { sharedLexicon } from './lexicon.ts';

const READINGS = join(import.meta.dirname, 'readings');

/** What the engine read on a held-out page, and what the page says. */
function listReadings() {
  return readdirSync(READINGS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      type Row = readonly (readonly [string, number, number, number, number, number])[];
      const rows = JSON.parse(readFileSync(join(READINGS, file), 'utf8')) as readonly Row[];
      const lines = rows.map((row) => ({
        words: row.map(
          ([text, confidence, x, y, width, height]): Word => ({
            text,
            confidence,
            box: { x, y, width, height },
          }),
        ),
      }));
      return { file, lines, truth: readFileSync(join(READINGS, file.replace('.json', '.txt')), 'utf8') };
    });
}

/** One word with its confidence: `NGUYÊN/40`; 80 if none is given. */
function lineOf(text: string): Line {
  const words = text.split(' ').map((each, at): Word => {
    const [word = '', confidence = '80'] = each.split('/');
    return { text: word, confidence: Number(confidence), box: { x: at * 100, y: 0, width: 90, height: 30 } };
  });
  return { words };
}

function corrected(...lines: readonly string[]): string {
  return textOf(correctLines(lines.map(lineOf)));
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
}

describe('on readings of held-out pages', () => {
  const readings = listReadings();

  it('lowers the error, and changes hardly a word wrongly', () => {
    const before = readings.map(({ truth, lines }) => characterErrorRate(truth, textOf(lines)));
    const after = readings.map(({ truth, lines }) => characterErrorRate(truth, textOf(correctLines(lines))));
    const changes = readings.map(({ truth, lines }) => countChanges(truth, correctLines(lines)));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(after)).toBeLessThan(0.9 * sum(before));
    for (const [at, error] of after.entries())
      expect(error, readings[at]!.file).toBeLessThanOrEqual(before[at]!);
    expect(sum(changes.map(({ right }) => right))).toBeGreaterThanOrEqual(12);
    expect(sum(changes.map(({ wrong }) => wrong))).toBe(0);
  });

  it('keeps every box, every number, the reading of what it changed, and changes nothing twice', () => {
    for (const { lines } of readings) {
      const once = correctLines(lines);
      expect(once.map(({ words }) => words.map(({ box, confidence }) => ({ box, confidence })))).toEqual(
        lines.map(({ words }) => words.map(({ box, confidence }) => ({ box, confidence }))),
      );
      for (const [row, { words }] of once.entries())
        for (const [at, word] of words.entries()) {
          const engine = lines[row]!.words[at]!;
          if (word.text !== engine.text) expect(word.read).toBe(engine.text);
          if (/\p{N}/u.test(engine.text)) expect(word).toBe(engine);
        }
      expect(correctLines(once)).toEqual(once);
    }
  });
});

describe('of any words at all', () => {
  const word = fc.oneof(
    fc.constantFrom(...sharedLexicon().words),
    fc.string({ unit: 'grapheme', maxLength: 10 }),
    fc.stringMatching(/^[A-Za-zăâêôơưđ]{0,3}\d[\dOo/.-]{0,10}[a-z]?$/),
  );
  const line = fc.array(fc.tuple(word, fc.integer({ min: 0, max: 100 })), { maxLength: 12 }).map(
    (words): Line => ({
      words: words.map(([text, confidence], at) => ({
        text,
        confidence,
        box: { x: at * 50, y: 7, width: 40, height: 20 },
      })),
    }),
  );

  it('those with a digit stay as they are, so does the number of words, and twice is once', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const once = correctLines(lines);
        expect(once.map(({ words }) => words.length)).toEqual(lines.map(({ words }) => words.length));
        for (const [row, { words }] of once.entries())
          for (const [at, each] of words.entries()) {
            const before = lines[row]!.words[at]!;
            expect(each.box).toEqual(before.box);
            if (/\p{N}/u.test(before.text)) expect(each).toEqual(before);
          }
        expect(correctLines(once)).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is mended', () => {
  it.each([
    ['QUYET/88 ĐỊNH', 'QUYẾT ĐỊNH'],
    ['GIAY/60 CHÚNG/70 SINN/50', 'GIẤY CHỨNG SINH'],
    ['ngày 12 thúng/68 04 năm 2026', 'ngày 12 tháng 04 năm 2026'],
    ['được lập thònh/65 văn bản', 'được lập thành văn bản'],
    ['Ủy bơn/70 nhân dân', 'Ủy ban nhân dân'],
    ['tỉnh Nghê/80 An', 'tỉnh Nghệ An'],
    ['là tóan/60 học', 'là toán học'],
  ])('%s → %s', (read, mended) => expect(corrected(read)).toBe(mended));

  it.each([
    'hoà/40 giải',
    'hòa/40 giải',
    'thúng/95 gạo',
    'Full name: NGUYEN',
    'Place of birh/38 Date',
    'UBND/30 VT/20 KTHT/30',
  ])('%s stays', (read) => expect(corrected(read)).toBe(read.replace(/\/\d+/g, '')));
});

describe('names of people', () => {
  it('a doubtful NGUYÊN becomes NGUYỄN where a family name stands, and only there', () => {
    expect(corrected('Họ và tên: NGUYÊN/40 VĂN AN')).toBe('Họ và tên: NGUYỄN VĂN AN');
    expect(corrected('Họ và tên: NGUYÊN/90 VĂN AN')).toBe('Họ và tên: NGUYÊN VĂN AN');
    expect(corrected('Họ và tên: TRẦN HỒNG NGUYÊN/40')).toBe('Họ và tên: TRẦN HỒNG NGUYÊN');
    expect(corrected('nhà của ông Nguyên/40 ở')).toBe('nhà của ông Nguyên ở');
    expect(corrected('Bà Lê Thảo Nguyên,/20 sinh năm 1990')).toBe('Bà Lê Thảo Nguyên, sinh năm 1990');
  });

  it('what cannot be spelt becomes the one name that it can be', () => {
    expect(corrected('Họ, chữ đệm, tên: TRẦN/80 NGOC/60 DIÊP/50')).toBe('Họ, chữ đệm, tên: TRẦN NGỌC DIỆP');
    expect(corrected('Họ, chữ đệm, tên: TRẦN ĐAT/60 BIÊT/50')).toBe('Họ, chữ đệm, tên: TRẦN ĐẠT BIÊT');
  });

  it('a legal name is never another, however doubtful', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), fc.integer({ min: 0, max: 100 }), (seed, upper, confidence) => {
        const { fullName } = drawPerson(drawFrom(seededRandom(seed)));
        const name = upper ? fullName.toLocaleUpperCase('vi') : fullName;
        const read = name.replace(/\S+/g, (each) => `${each}/${confidence}`);
        expect(corrected(`Họ và tên: ${read}`, 'Giới tính: Nam')).toContain(`Họ và tên: ${name}\n`);
      }),
      { numRuns: 300 },
    );
  });
});
