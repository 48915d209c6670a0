import { describe, expect, it } from 'vitest';
import { Problem } from './common.ts';
import { isProblemCode, problem, problemCodes } from './problems.ts';

const NEVER_SHOWN = /\b(error|exception|null|undefined|invalid argument|ULID|HTTP|SQL|timeout)\b/i;

describe('the words for what went wrong', () => {
  it.each(problemCodes)('%s: what happened and what to do, in both languages, as whole sentences', (code) => {
    const { what, next } = Problem.parse(problem(code));
    for (const sentence of [what.vi, what.en, next.vi, next.en]) {
      expect(sentence).toMatch(/^\p{Lu}.{6,110}[.!]$/u);
      expect(sentence).toBe(sentence.trim().normalize('NFC'));
      expect(sentence).not.toMatch(NEVER_SHOWN);
    }
    expect(what.vi).not.toBe(what.en);
    expect(next.vi).not.toBe(next.en);
  });

  it('tells two different faults apart', () => {
    for (const language of ['vi', 'en'] as const) {
      const seen = new Map<string, string>();
      for (const code of problemCodes) {
        const words = `${problem(code).what[language]} ${problem(code).next[language]}`;
        expect(`${code} = ${seen.get(words) ?? code}`).toBe(`${code} = ${code}`);
        seen.set(words, code);
      }
    }
  });

  it('says an unknown code, or the name of a built-in property, as a fault of the kiosk', () => {
    for (const code of ['no-such-code', '', 'toString', '__proto__', 'constructor']) {
      expect(isProblemCode(code)).toBe(false);
      expect(problem(code).what).toEqual(problem('kiosk-error').what);
    }
  });
});
