import { cleanScan, type Degradation } from '../degrade.ts';
import type { Draw } from './people.ts';

/** What a page is hard to read for; each page has one, so that results can be told apart. */
export const conditions = ['clean', 'form', 'stamp', 'light', 'faint', 'mixed'] as const;
export type Condition = (typeof conditions)[number];

/** From the printer to the file, drawn within what office scanners and cameras over a desk do. */
export function drawDegradation(draw: Draw, condition: Condition): Degradation {
  const share = (from: number, to: number) => draw.number(from * 1000, to * 1000) / 1000;
  const base: Degradation = {
    ...cleanScan,
    seed: draw.number(1, 1_000_000),
    dpi: draw.one([200, 240, 300, 300, 400]),
    paper: draw.one([
      [250, 249, 246],
      [255, 255, 255],
      [244, 240, 228],
      [238, 238, 236],
    ] as const),
    blur: share(0.3, 0.7),
    dust: draw.number(0, 25),
    skew: share(-1.5, 1.5),
    light: share(0, 0.06),
    noise: share(0.5, 2.5),
    jpegQuality: draw.number(70, 90),
  };
  const shadow = {
    edge: draw.one(['left', 'right', 'top', 'bottom'] as const),
    depth: share(0.3, 0.6),
    reach: share(0.1, 0.35),
  };
  switch (condition) {
    case 'clean':
    case 'form':
    case 'stamp':
      return base;
    case 'light':
      return { ...base, light: share(0.25, 0.5), shadow: draw.chance(0.6) ? shadow : null };
    case 'faint':
      return {
        ...base,
        blur: share(0.6, 1),
        paper: draw.one([
          [222, 214, 196],
          [214, 214, 214],
          [235, 225, 190],
        ] as const),
        noise: share(3, 5),
        jpegQuality: draw.number(55, 75),
      };
    case 'mixed':
      return {
        ...base,
        skew: share(-3.5, 3.5),
        light: share(0.1, 0.35),
        shadow: draw.chance(0.4) ? shadow : null,
        noise: share(1, 4),
        dust: draw.number(10, 80),
        jpegQuality: draw.number(50, 75),
      };
  }
}
