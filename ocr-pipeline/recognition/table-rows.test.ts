import { describe, expect, it } from 'vitest';
import { splitJoined } from './correction/split-joined.ts';
import { joinDigitCells } from './digit-cells.ts';
import { line, textOf } from './lines-test-bench.ts';
import { joinTableRows } from './table-rows.ts';

describe('the rows of a table', () => {
  it('are read across when the engine took its columns for blocks', () => {
    const columns = [
      line(0, 'DANH SÁCH@300'),
      ...['Họ tên', 'Lê An', 'Vũ Ba'].map((text, row) => line(100 + row * 60, `${text}@100`)),
      ...['Ngày sinh@400', '01/02/1990@400', '03/04/1991@400'].map((text, row) => line(104 + row * 60, text)),
      ...['Ghi chú@800', 'Mới@800', 'Cũ@800'].map((text, row) => line(98 + row * 60, text)),
      line(400, 'Người lập@500'),
    ];
    expect(textOf(joinTableRows(columns))).toEqual([
      'DANH SÁCH',
      'Họ tên Ngày sinh Ghi chú',
      'Lê An 01/02/1990 Mới',
      'Vũ Ba 03/04/1991 Cũ',
      'Người lập',
    ]);
  });

  it('are not made of two columns of text, nor of lines that already run across', () => {
    const two = [0, 60, 120, 180].flatMap((y) => [line(y, 'Bên trái@0'), line(y, 'bên phải@500')]);
    expect(joinTableRows(two)).toEqual(two);
    const across = [0, 60, 120].map((y) => line(y, 'một@0', 'hai@400', 'ba@800'));
    expect(joinTableRows(across)).toEqual(across);
  });
});

describe('digits in boxes', () => {
  it('become the number that they are, with one box around them', () => {
    const cells = [...'079190012345'].map((digit, at) => `${digit}@${400 + at * 60}`);
    const [joined] = joinDigitCells([line(0, 'Số định danh:@0', ...cells)]);
    expect(textOf([joined!])).toEqual(['Số định danh: 079190012345']);
    expect(joined!.words.at(-1)!.box).toEqual({ x: 400, y: 0, width: 11 * 60 + 20, height: 30 });
  });

  it('stay apart where they are columns of a table, or few', () => {
    const table = [line(0, '1@0', '2@300', '3@600', '4@900', '5@1200', '6@1500'), line(60, '1@0', '2@60')];
    expect(joinDigitCells(table)).toEqual(table);
  });
});

describe('syllables without a gap', () => {
  it('are parted where the lexicon has them side by side, and the box with them', () => {
    const [parted] = splitJoined([line(0, 'danh cánhân: củachủhộ@200')]);
    expect(textOf([parted!])).toEqual(['danh cá nhân: của chủ hộ']);
    const [, first, second] = parted!.words;
    expect(second!.box.x).toBe(first!.box.x + first!.box.width);
  });

  it('are left alone when they are one syllable, a name or a foreign word', () => {
    const lines = [line(0, 'nghiêng Krông Nguyenvan email')];
    expect(splitJoined(lines)).toEqual(lines);
  });
});
