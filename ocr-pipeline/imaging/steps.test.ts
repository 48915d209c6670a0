import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { listSpecimens } from '../specimens/index.ts';
import { seededRandom } from '../specimens/random.ts';
import { findComponents } from './components.ts';
import { fromGrey, fromRgb, type Grey, type Rgb, resizeRgb, toGrey, toRgb, toTiff } from './image.ts';
import { removeLeaders } from './leaders.ts';
import { flattenLight } from './light.ts';
import { isSideways } from './orientation.ts';
import { probePage } from './probe.ts';
import { estimateDpi } from './resolution.ts';
import { removeRules } from './rules.ts';
import { findSkew } from './skew.ts';
import { fadeStamps } from './stamps.ts';
import { straightenPage } from './straighten.ts';

const DPI = 200;

function paper(width: number, height: number, value = 255) {
  return { width, height, data: new Uint8Array(width * height).fill(value) };
}

function ink(image: Grey, x: number, y: number, width: number, height: number, value = 20) {
  for (let row = y; row < y + height; row += 1)
    image.data.fill(value, row * image.width + x, row * image.width + x + width);
}

/** Rows of letter-sized blocks. */
function text(width: number, height: number) {
  const page = paper(width, height);
  for (let y = 40; y < height - 60; y += 45)
    for (let x = 40; x < width - 60; x += 22) if ((x / 22) % 6 > 1) ink(page, x, y, 14, 20);
  return page;
}

describe('the TIFF that is read', () => {
  it('holds the very pixels, whatever the width', async () => {
    for (const width of [1, 7, 250]) {
      const page = text(width, 90);
      page.data.forEach((_, at) => {
        page.data[at] = (at * 31) % 256;
      });
      const tiff = toTiff(page);
      expect(await sharp(tiff).metadata()).toMatchObject({ format: 'tiff', channels: 1, pages: 1 });
      expect(await toGrey(sharp(tiff))).toEqual({ ...page, data: Buffer.from(page.data) });
    }
  });
});

describe('components', () => {
  it('joins what touches, also diagonally and from two sides', () => {
    const page = paper(40, 40);
    ink(page, 5, 5, 2, 20);
    ink(page, 20, 5, 2, 20);
    ink(page, 5, 25, 17, 2);
    ink(page, 30, 30, 2, 2);
    ink(page, 32, 32, 2, 2);
    const { components } = findComponents(page, 128);
    expect(components).toEqual([
      { x: 5, y: 5, width: 17, height: 22, area: 114 },
      { x: 30, y: 30, width: 4, height: 4, area: 8 },
    ]);
  });
});

describe('skew', () => {
  it.each([-5.3, -0.7, 0, 1.25, 6])('of %s degrees is found within 0.1', async (angle) => {
    const turned = await toGrey(fromGrey(text(800, 1000)).rotate(angle, { background: '#fff' }));
    const { components, runs } = findComponents(turned, 128);
    expect(Math.abs(findSkew(runs, components, (part) => part.height < 40) - angle)).toBeLessThan(0.1);
  });

  it('of noise is none', async () => {
    const random = seededRandom(5);
    const size = { width: 2_480, height: 3_508 };
    const data = Uint8Array.from({ length: size.width * size.height }, () => (random() < 0.5 ? 0 : 255));
    const small = await toRgb(fromGrey({ ...size, data }).resize(827));
    expect(probePage(small, 100).skew).toBe(0);
  });

  it('of an empty page is none', () => {
    const { components, runs } = findComponents(paper(300, 300), 128);
    expect(findSkew(runs, components, () => true)).toBe(0);
  });
});

describe('orientation', () => {
  it('tells lines that run across from lines that run down', async () => {
    const upright = text(600, 800);
    const turned = await toGrey(fromGrey(upright).rotate(90));
    expect(isSideways(findComponents(upright, 128).components)).toBe(false);
    expect(isSideways(findComponents(turned, 128).components)).toBe(true);
    expect(isSideways([])).toBeUndefined();
  });

  it('tells which way up from the marks of the letters, leaders under them or not', async () => {
    for (const name of ['05-marriage-certificate', '24-business-registration-form']) {
      const page = await straightenPage(
        new URL(`../specimens/pages/${name}.jpg`, import.meta.url).pathname,
        undefined,
      );
      const small = await resizeRgb(page.image, 100 / page.dpi);
      expect(probePage(small, 100).upsideDown).toBe(false);
      expect(probePage(await toRgb(fromRgb(small).rotate(180)), 100).upsideDown).toBe(true);
    }
  });

  it('tells it of a dozen letters only when they agree', async () => {
    const line = paper(400, 120);
    for (let x = 40; x < 40 + 12 * 22; x += 22) ink(line, x, 50, 14, 20);
    expect(isSideways(findComponents(line, 128).components)).toBe(false);
    const down = await toGrey(fromGrey(line).rotate(90));
    expect(isSideways(findComponents(down, 128).components)).toBe(true);
    const divided = paper(400, 400);
    for (const at of [40, 140, 240]) {
      ink(divided, at, 40, 14, 20);
      ink(divided, at + 22, 40, 14, 20);
      ink(divided, at, 200, 14, 20);
      ink(divided, at, 226, 14, 20);
    }
    expect(isSideways(findComponents(divided, 128).components)).toBeUndefined();
  });
});

describe('the skew of specimens', () => {
  // One letter's edges would tell the angle again; the truth is how the picture was turned.
  const names = ['07-marriage-registration-form', '13-contract', '15-transcript', '16-official-letter'];
  const specimens = listSpecimens().filter(({ name }) => names.includes(name));

  it('is found within 0.1 degree, whichever way they lie', async () => {
    for (const { file, name, degradation } of specimens) {
      const small = await toRgb(sharp(file).resize({ width: Math.round((8.27 * 100 * 3) / 2) }));
      await fc.assert(
        fc.asyncProperty(fc.double({ min: -7, max: 7, noNaN: true }), async (angle) => {
          const turned = await toRgb(fromRgb(small).rotate(angle - degradation.skew, { background: '#eee' }));
          const { skew } = probePage(await resizeRgb(turned, 2 / 3), 100);
          expect(Math.abs(skew - angle), `${name} at ${angle}`).toBeLessThanOrEqual(0.1);
        }),
        { numRuns: 6, seed: 5 },
      );
    }
  });
});

describe('light', () => {
  it('is even after a shadow over half of the page, and ink stays dark', () => {
    const page = paper(400, 200);
    for (let at = 0; at < page.data.length; at += 1) page.data[at] = 240 - 0.3 * (at % 400);
    ink(page, 50, 90, 12, 20, 30);
    ink(page, 350, 90, 12, 20, 15);
    const even = flattenLight(page, 32);
    expect(even.data[10 * 400 + 20]).toBeGreaterThan(245);
    expect(even.data[10 * 400 + 380]).toBeGreaterThan(245);
    expect(even.data[100 * 400 + 55]).toBeLessThan(60);
    expect(even.data[100 * 400 + 355]).toBeLessThan(60);
  });
});

describe('leaders', () => {
  /** A leader of dots with a letter over it whose own dot stands among them; a colon before it. */
  function form() {
    const page = paper(800, 120);
    for (let x = 200; x < 700; x += 10) ink(page, x, 80, 3, 3);
    ink(page, 403, 55, 14, 20); // a letter …
    ink(page, 406, 79, 5, 5); // … and its dot below
    ink(page, 180, 66, 3, 3); // colon
    ink(page, 180, 80, 3, 3);
    return page;
  }

  it('go, and where they were is told', () => {
    const { image, leaders } = removeLeaders(form(), DPI);
    expect(leaders.length).toBeGreaterThan(0);
    expect(image.data[81 * 800 + 301]).toBe(255);
    expect(image.data[81 * 800 + 691]).toBe(255);
  });

  it('leave a letter’s own dot and a colon', () => {
    const { image } = removeLeaders(form(), DPI);
    expect(image.data[81 * 800 + 408]).toBe(20);
    expect(image.data[81 * 800 + 181]).toBe(20);
    expect(image.data[67 * 800 + 181]).toBe(20);
  });

  it('are not seen in four lone dots', () => {
    const page = paper(400, 100);
    for (let x = 100; x < 140; x += 10) ink(page, x, 50, 3, 3);
    expect(removeLeaders(page, DPI).leaders).toEqual([]);
  });
});

describe('rules', () => {
  it('of digit boxes go, the digits and tall stems stay', () => {
    const page = paper(700, 200);
    ink(page, 50, 50, 400, 2);
    ink(page, 50, 90, 400, 2);
    for (let x = 50; x <= 450; x += 40) ink(page, Math.min(x, 448), 50, 2, 42);
    ink(page, 65, 60, 8, 22); // a digit
    ink(page, 550, 40, 5, 60); // a stem of a large title
    const clean = removeRules(page, DPI);
    expect(clean.data[50 * 700 + 300]).toBe(255);
    expect(clean.data[70 * 700 + 91]).toBe(255);
    expect(clean.data[70 * 700 + 68]).toBe(20);
    expect(clean.data[70 * 700 + 552]).toBe(20);
  });

  it('are not seen in a black border', () => {
    const page = paper(400, 200);
    ink(page, 0, 0, 400, 40);
    expect(removeRules(page, DPI)).toBe(page);
  });
});

describe('stamps', () => {
  function coloured(paint: (set: (x: number, y: number, rgb: readonly number[]) => void) => void): Rgb {
    const width = 600;
    const data = new Uint8Array(width * 600 * 3).fill(255);
    paint((x, y, rgb) => data.set(rgb, (y * width + x) * 3));
    return { width, height: 600, data };
  }
  const RED = [205, 40, 45];

  it('fade, the black text under them stays, red text outside stays', () => {
    const grey = fadeStamps(
      coloured((set) => {
        for (let at = 0; at < 4_000; at += 1)
          for (let r = 128; r < 134; r += 1)
            set(Math.round(300 + r * Math.cos(at / 600)), Math.round(300 + r * Math.sin(at / 600)), RED);
        for (let x = 160; x < 440; x += 1) set(x, 300, [20, 20, 20]);
        for (let x = 100; x < 300; x += 1) for (let y = 40; y < 60; y += 1) set(x, y, RED);
      }),
      DPI,
    );
    expect(grey.data[300 * 600 + 431 - 0]).toBeLessThan(60);
    expect(grey.data[170 * 600 + 300]).toBeGreaterThan(190);
    expect(grey.data[50 * 600 + 200]).toBeLessThan(100);
  });

  const BLUE = [45, 65, 175];
  type Paint = (x: number, y: number, rgb: readonly number[]) => void;
  function ring(set: Paint, x: number, y: number, rgb: readonly number[]) {
    for (let at = 0; at < 4_000; at += 1)
      for (let r = 128; r < 134; r += 1)
        set(Math.round(x + r * Math.cos(at / 600)), Math.round(y + r * Math.sin(at / 600)), rgb);
  }

  it('of blue ink fade to paper, crossed by a pen or not; blue text stays', () => {
    const grey = fadeStamps(
      coloured((set) => {
        ring(set, 200, 300, BLUE);
        for (let x = 200; x < 560; x += 1)
          for (let y = -3; y < 3; y += 1) set(x, Math.round(300 + y + 60 * Math.sin(x / 40)), BLUE);
        for (let x = 100; x < 500; x += 1) for (let y = 40; y < 60; y += 1) set(x, y, BLUE);
        for (let y = 250; y < 350; y += 1) set(70, y, [20, 20, 20]);
      }),
      DPI,
    );
    expect(grey.data[(300 - 131) * 600 + 200]).toBeGreaterThan(235);
    expect(grey.data[300 * 600 + 70]).toBeLessThan(60);
    expect(grey.data[50 * 600 + 300]).toBeLessThan(100);
    expect(grey.data[(300 + Math.round(60 * Math.sin(14))) * 600 + 560 - 1]).toBeLessThan(100);
  });

  it('that touch one another fade both', () => {
    const grey = fadeStamps(
      coloured((set) => {
        ring(set, 160, 160, RED);
        ring(set, 400, 400, RED);
        for (let at = 240; at < 320; at += 1) for (let y = -2; y < 3; y += 1) set(at, at + y, RED);
      }),
      DPI,
    );
    expect(grey.data[160 * 600 + 29]).toBeGreaterThan(235);
    expect(grey.data[400 * 600 + 531]).toBeGreaterThan(235);
  });
});

describe('resolution', () => {
  it.each([
    ['a statement that fits', 2_480, 3_508, 300, 300],
    ['a camera that says 72', 3_000, 4_000, 72, 342],
    ['nothing stated, A4', 1_654, 2_339, undefined, 200],
    ['nothing stated, a card', 1_011, 638, undefined, 300],
    ['a statement that makes the page a stamp', 1_654, 2_339, 1_200, 200],
    ['a plan of A2', 4_960, 7_016, 300, 300],
    ['a plan of A0, aslant in its picture', 9_400, 6_650, 200, 200],
    ['a receipt of 68 cm', 630, 5_354, 200, 200],
    ['a camera’s picture that a program saved as 300 dpi', 6_000, 4_000, 300, 513],
  ])('of %s', (_, width, height, stated, dpi) => {
    expect(Math.abs(estimateDpi(width, height, stated) - dpi)).toBeLessThanOrEqual(2);
  });
});
