import { seededRandom } from './random.ts';

export interface PaintedPage {
  readonly width: number;
  readonly height: number;
  /** RGB, interleaved. */
  readonly data: Uint8Array;
}

/**
 * A page of nonsense "print" for tests of geometry, which need papers that no specimen shows: rows of letter-like
 * strokes, at times a frame, a photograph or a stamp. Sizes in millimetres.
 */
export function paintPage(
  seed: number,
  widthMm: number,
  heightMm: number,
  dpi: number,
  paper: readonly [number, number, number],
): PaintedPage {
  const random = seededRandom(seed);
  const mm = dpi / 25.4;
  const width = Math.round(widthMm * mm);
  const height = Math.round(heightMm * mm);
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 1) data[at] = paper[at % 3]!;
  const fill = (x: number, y: number, w: number, h: number, rgb: readonly number[]) => {
    for (
      let row = Math.max(0, Math.round(y * mm));
      row < Math.min(height, Math.round((y + h) * mm));
      row += 1
    )
      for (
        let column = Math.max(0, Math.round(x * mm));
        column < Math.min(width, Math.round((x + w) * mm));
        column += 1
      )
        data.set(rgb, (row * width + column) * 3);
  };
  const isCard = widthMm < 100 && heightMm < 100;
  const margin = isCard ? 4 : 12 + random() * 8;
  if (!isCard && random() < 0.4) {
    const inset = margin - 4;
    fill(inset, inset, widthMm - 2 * inset, 0.5, [40, 40, 60]);
    fill(inset, heightMm - inset, widthMm - 2 * inset, 0.5, [40, 40, 60]);
    fill(inset, inset, 0.5, heightMm - 2 * inset, [40, 40, 60]);
    fill(widthMm - inset, inset, 0.5, heightMm - 2 * inset, [40, 40, 60]);
  }
  if (isCard) fill(margin, margin + 14, 20, 26, [150, 130, 120]);
  const from = isCard ? margin + 24 : margin;
  const size = isCard ? 1.6 : 2.2;
  for (let y = margin + 2; y < heightMm - margin - size; y += size * (1.9 + random() * 0.6)) {
    if (random() < 0.15) continue;
    const end = widthMm - margin - random() * (widthMm - 2 * margin) * 0.5;
    for (let x = from; x < end; ) {
      const letters = 2 + Math.floor(random() * 5);
      for (let letter = 0; letter < letters && x < end; letter += 1, x += size * 0.8) {
        const tall = random() < 0.3 ? 0.7 : 0;
        fill(x, y - tall, size * 0.22, size + tall, [35, 35, 40]);
        if (random() < 0.7) fill(x, y + random() * size * 0.7, size * 0.6, size * 0.2, [35, 35, 40]);
        if (random() < 0.6) fill(x + size * 0.45, y, size * 0.2, size, [35, 35, 40]);
      }
      x += size * 0.9;
    }
  }
  if (!isCard && random() < 0.4) {
    const middleX = widthMm * 0.65;
    const middleY = heightMm * 0.75;
    for (let step = 0; step < 720; step += 1)
      fill(
        middleX + 17 * Math.cos((step * Math.PI) / 360),
        middleY + 17 * Math.sin((step * Math.PI) / 360),
        0.8,
        0.8,
        [200, 45, 50],
      );
  }
  return { width, height, data };
}
