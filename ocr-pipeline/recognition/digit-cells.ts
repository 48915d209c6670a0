import type { Line, Word } from '../page.ts';

/** One digit a box is how forms take numbers: `0 7 9 1 9 0 …`. O and Q are what a nought in a box is taken for. */
const CELL = /^[\dOQo]{1,4}$/;
const MIN_SINGLE = 5;
/** Boxes are squares of up to twice and a half the digits' height. */
const MAX_PITCH = 3.2;
const MAX_DEVIATION = 0.3;

/** Joins digits that stand in boxes to the number that they are. What was read is not changed. */
export function joinDigitCells(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => {
    const words: Word[] = [];
    for (let at = 0; at < line.words.length; ) {
      const end = endOfCells(line.words, at);
      const cells = line.words.slice(at, end);
      if (cells.filter(({ text }) => /^\d$/.test(text)).length >= MIN_SINGLE) words.push(join(cells));
      else words.push(...cells);
      at = end;
    }
    return words.length === line.words.length ? line : { words };
  });
}

/** Index behind the last word that stands in step with those from `start`; at least `start + 1`. */
function endOfCells(words: readonly Word[], start: number): number {
  let end = start + 1;
  if (!CELL.test(words[start]!.text)) return end;
  let pitch: number | undefined;
  while (end < words.length && CELL.test(words[end]!.text)) {
    const [before, here] = [words[end - 1]!, words[end]!];
    // From middle to middle, over the number of boxes that the two words span.
    const step = (middle(here) - middle(before)) / ((before.text.length + here.text.length) / 2);
    if (step > MAX_PITCH * here.box.height || step <= 0) break;
    if (pitch !== undefined && Math.abs(step - pitch) > MAX_DEVIATION * pitch) break;
    pitch ??= step;
    end += 1;
  }
  return end;
}

function join(cells: readonly Word[]): Word {
  const x = Math.min(...cells.map(({ box }) => box.x));
  const y = Math.min(...cells.map(({ box }) => box.y));
  const right = Math.max(...cells.map(({ box }) => box.x + box.width));
  const bottom = Math.max(...cells.map(({ box }) => box.y + box.height));
  return {
    text: cells.map(({ text }) => text).join(''),
    confidence: Math.min(...cells.map(({ confidence }) => confidence)),
    box: { x, y, width: right - x, height: bottom - y },
  };
}

function middle({ box }: Word): number {
  return box.x + box.width / 2;
}
