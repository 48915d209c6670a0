import type { Line, Word } from '../page.ts';

export interface MrzLines {
  readonly lines: readonly [string, string, string];
  readonly words: readonly Word[];
}

const LENGTH = 30;

/**
 * The three lines of a TD1 zone on a page, brought to thirty characters where only the number of fillers was misread.
 * Nothing else is mended here: what may be exchanged is for the check digits to say.
 */
export function findMrz(lines: readonly Line[]): MrzLines | undefined {
  const texts = lines.map(mrzText);
  for (let at = 0; at + 2 < texts.length; at += 1) {
    const [one, two, three] = [texts[at], texts[at + 1], texts[at + 2]];
    if (one === undefined || two === undefined || three === undefined) continue;
    if (!/^[ILT1|]D[A-Z]{3}/.test(one)) continue;
    return {
      lines: [fitFirst(one), fitSecond(two), three.padEnd(LENGTH, '<').slice(0, LENGTH)],
      words: lines.slice(at, at + 3).flatMap((line) => line.words),
    };
  }
  return undefined;
}

/** The line without spaces when it can be one of a zone: long, capitals, digits and fillers only. */
function mrzText(line: Line): string | undefined {
  const text = line.words
    .map((word) => word.text)
    .join('')
    .replace(/[«‹]/g, (sign) => (sign === '«' ? '<<' : '<'))
    .replace(/[^A-Za-z0-9<|]/g, '')
    .toUpperCase();
  return text.length >= 20 && text.length <= 36 && /<|^[ILT1|]D[A-Z]{3}\d/.test(text) ? text : undefined;
}

/** `I` has no check digit; before `D` and a state's code it can be nothing else. */
function fitFirst(text: string): string {
  const line = `I${text.slice(1)}`;
  const [, head, tail] = /^(.{27})<{1,3}(.)$/.exec(line) ?? [];
  return head === undefined ? line : `${head}<<${tail}`;
}

function fitSecond(text: string): string {
  const [, head, tail] = /^(.{18})<{6,14}(.)$/.exec(text) ?? [];
  return head === undefined ? text : `${head}${'<'.repeat(11)}${tail}`;
}
