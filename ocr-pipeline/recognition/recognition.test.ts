import { describe, expect, it } from 'vitest';
import { cleanLines } from './clean-up.ts';
import { characterErrorRate, wordRecall } from './error-rate.ts';
import { line, textOf } from './lines-test-bench.ts';
import { orderColumns } from './reading-order.ts';

describe('the character error rate', () => {
  it('counts edits per character of the truth', () => {
    expect(characterErrorRate('Hòa', 'Hòa')).toBe(0);
    expect(characterErrorRate('Hòa', 'Hoa')).toBeCloseTo(1 / 3);
    expect(characterErrorRate('abcd', '')).toBe(1);
    expect(characterErrorRate('', '')).toBe(0);
  });

  it('is blind to composition, line breaks and leaders', () => {
    expect(characterErrorRate('Họ tên: ………… An', 'Họ tên:\nAn'.normalize('NFD'))).toBe(0);
  });

  it('has a companion that is blind to order', () => {
    expect(wordRecall('một hai ba', 'ba một hai')).toBe(1);
    expect(wordRecall('một một', 'một')).toBe(0.5);
  });
});

describe('the reading order', () => {
  it('takes the head column by column', () => {
    const head = [
      line(0, 'UBND PHƯỜNG@0', 'CỘNG HÒA XÃ HỘI@500'),
      line(50, 'Số: 12@40', 'Độc lập - Tự do@520'),
      line(120, 'GIẤY KHAI SINH@300'),
    ];
    expect(textOf(orderColumns(head))).toEqual([
      'UBND PHƯỜNG',
      'Số: 12',
      'CỘNG HÒA XÃ HỘI',
      'Độc lập - Tự do',
      'GIẤY KHAI SINH',
    ]);
  });

  it('takes signatures column by column', () => {
    const foot = [
      line(0, 'Tôi cam đoan những lời trên là đúng sự thật@0'),
      line(60, 'Người yêu cầu@0', 'Người ký@600'),
      line(120, 'Lê An@20', 'Vũ Bình@620'),
    ];
    expect(textOf(orderColumns(foot)).slice(1)).toEqual(['Người yêu cầu', 'Lê An', 'Người ký', 'Vũ Bình']);
  });

  it('leaves forms and tables across', () => {
    const form = [
      line(0, 'Họ và tên: An@0', 'Sinh ngày: 01/02/1990@600'),
      line(60, 'Dân tộc: Kinh@0', 'Quốc tịch: Việt Nam@600'),
    ];
    expect(orderColumns(form)).toEqual(form);
  });

  it('puts the upper of two lines first', () => {
    expect(textOf(orderColumns([line(100, 'hai@0'), line(0, 'một@0')]))).toEqual(['một', 'hai']);
  });
});

describe('the clean-up', () => {
  it('drops the scribble of signatures, never a doubtful word or number', () => {
    const words = ['^nxWWWN.', 'fYYNNw', 'Vượng', '#12/03', 'TTr-VX'];
    const box = { x: 0, y: 0, width: 20, height: 30 };
    const read = words.map((text) => ({ text, confidence: 20, box }));
    expect(textOf(cleanLines([{ words: read }]))).toEqual(['Vượng #12/03 TTr-VX']);
  });

  it('drops drawing and keeps text, dashes between words and every tone', () => {
    const words = ['|', 'Độc', 'lập', '-', 'Tự', 'do', '~', 'L]'];
    const lines = [
      {
        words: words.map((text, at) => ({
          text,
          confidence: at === 0 ? 30 : 70,
          box: line(0, 'a').words[0]!.box,
        })),
      },
    ];
    expect(textOf(cleanLines(lines))).toEqual(['Độc lập - Tự do']);
  });

  it('keeps a line of a machine-readable zone however doubtful, and no other scrap of that doubt', () => {
    const zone = '1DVNMôO880543219079088054321<<9';
    const scraps = [zone, 'Xyz<4', 'nốtruồisauđuôimắtphảinốtruồi'];
    const lines = scraps.map((text) => ({
      words: [{ text, confidence: 7, box: line(0, 'a').words[0]!.box }],
    }));
    expect(textOf(cleanLines(lines))).toEqual([zone]);
  });
});
