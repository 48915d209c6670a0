import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { conditions, drawDegradation } from './conditions.ts';
import { application, declaration, receiptForm } from './forms.ts';
import { authorisation, certificate, decision, letter, list, minutes } from './offices.ts';
import { drawFrom, drawPerson } from './people.ts';
import { countChanges } from './word-changes.ts';

const templates = [
  application,
  declaration,
  receiptForm,
  authorisation,
  certificate,
  decision,
  letter,
  list,
  minutes,
];

describe('held-out pages', () => {
  it('follow from their seed alone, and differ between seeds', () => {
    for (const template of templates) {
      const page = (seed: number) => template({ draw: drawFrom(seededRandom(seed)), stamped: true });
      expect(page(4), template.name).toBe(page(4));
      expect(page(4), template.name).not.toBe(page(5));
    }
    for (const condition of conditions) {
      const how = (seed: number) => drawDegradation(drawFrom(seededRandom(seed)), condition);
      expect(how(8)).toEqual(how(8));
      expect(how(8)).not.toEqual(how(9));
    }
  });

  it('speak of people whose numbers agree with sex and birth date, in NFC', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { fullName, personNumber, birthDate, sex } = drawPerson(drawFrom(seededRandom(seed)));
        const century = (Number(birthDate.slice(0, 2)) - 19) * 2 + (sex === 'female' ? 1 : 0);
        expect(personNumber).toMatch(new RegExp(`^0\\d\\d${century}${birthDate.slice(2, 4)}\\d{6}$`));
        expect(fullName).toBe(fullName.normalize('NFC'));
      }),
    );
  });
});

it('changes are counted against the true text', () => {
  const word = (text: string, read?: string) => ({
    text,
    confidence: 50,
    box: { x: 0, y: 0, width: 1, height: 1 },
    ...(read !== undefined && { read }),
  });
  const lines = [{ words: [word('giấy', 'giay'), word('sinh', 'khai'), word('mười', 'mươl')] }];
  expect(countChanges('giấy khai', lines)).toEqual({ right: 1, wrong: 1, still: 1 });
});
