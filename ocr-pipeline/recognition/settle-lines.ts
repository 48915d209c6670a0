import type { Line } from '../page.ts';
import { correctLines } from './correction/correct-lines.ts';
import { splitJoined } from './correction/split-joined.ts';
import { joinDigitCells } from './digit-cells.ts';
import { orderColumns } from './reading-order.ts';
import { joinTableRows } from './table-rows.ts';

/** From what the engine read to what the page says: words as they stand, in reading order, misreadings mended. */
export function settleLines(lines: readonly Line[]): readonly Line[] {
  return correctLines(splitJoined(orderColumns(joinTableRows(joinDigitCells(lines)))));
}
