import { foldVietnamese, sameVietnameseName } from '@motcua/core';
import type { Line, PageField } from '../page.ts';
import { lowestConfidence } from './tokens.ts';

/** What a name counts at most that the page also has with other marks: one of the two was misread. The screen asks. */
const DOUBTFUL = 55;
/** A reading worse than this says nothing against another. */
const MIN_CONFIDENCE = 70;

/**
 * Names stand on a paper more than once: in the form and under the signature. Where the letters are the same and the
 * marks are not (`Tăng`, `Tằng`), neither reading is sure.
 */
export function doubtOtherReadings(
  fields: readonly PageField[],
  lines: readonly Line[],
): readonly PageField[] {
  if (!fields.some(isName)) return fields;
  const page = lines.map((line) => ({ line, folded: line.words.map((word) => bare(word.text)) }));
  const whole = ` ${page.map(({ folded }) => folded.join(' ')).join('\n')} `;
  return fields.map((field) => {
    if (!isName(field) || field.confidence <= DOUBTFUL || !field.value.includes(' ')) return field;
    const wanted = bare(field.value).split(' ');
    if (!whole.includes(wanted.join(' '))) return field;
    const differs = page.some(({ line, folded }) =>
      folded.some((_, at) => {
        if (!wanted.every((word, index) => folded[at + index] === word)) return false;
        const words = line.words.slice(at, at + wanted.length);
        const read = words.map(({ text }) => text.replace(/[^\p{L}\p{M}'’]/gu, '')).join(' ');
        return lowestConfidence(words) >= MIN_CONFIDENCE && !sameVietnameseName(read, field.value);
      }),
    );
    return differs ? { ...field, confidence: DOUBTFUL } : field;
  });
}

const isName = ({ name }: PageField) => name === 'fullName' || name.endsWith('.fullName');
const bare = (text: string) => foldVietnamese(text.replace(/[^\p{L}\p{M}\s]/gu, ''));
