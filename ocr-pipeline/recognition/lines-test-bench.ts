import type { Line } from '../page.ts';

/** `text@x` places words of 20 a letter; height 30. */
export function line(y: number, ...words: readonly string[]): Line {
  return {
    words: words.flatMap((placed) => {
      const [text = '', at = '0'] = placed.split('@');
      let x = Number(at);
      return text.split(' ').map((word) => {
        const box = { x, y, width: word.length * 20, height: 30 };
        x += box.width + 10;
        return { text: word, confidence: 90, box };
      });
    }),
  };
}

export function textOf(lines: readonly Line[]): string[] {
  return lines.map((one) => one.words.map((word) => word.text).join(' '));
}
