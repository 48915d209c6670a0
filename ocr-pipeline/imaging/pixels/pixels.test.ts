import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grey, Rgb } from '../image.ts';
import type { Mask } from '../mask.ts';
import { brighten, paperLevels } from './brighten.ts';
import { compilePixels } from './compiler/compile-pixels.ts';
import { countInk, lumaOf } from './count-ink.ts';
import { labelInk } from './label-ink.ts';
import { grow, shrinkGrey, shrinkRgb, smooth } from './neighbourhood.ts';
import { type ProjectiveMap, resample } from './resample.ts';

test('the module is what its source compiles to', async () => {
  const kept = readFileSync(new URL('./pixels.wasm', import.meta.url));
  expect(Buffer.from(await compilePixels()).equals(kept)).toBe(true);
});

/** Widths on both sides of the sixteen pixels that are worked on at once. */
const size = fc.integer({ min: 1, max: 50 });

function picture(channels: 1 | 3, values: fc.Arbitrary<number> = fc.integer({ min: 0, max: 255 })) {
  return fc
    .tuple(size, size)
    .chain(([width, height]) =>
      fc
        .array(values, { minLength: width * height * channels, maxLength: width * height * channels })
        .map((levels) => ({ width, height, data: Uint8Array.from(levels) })),
    );
}
const grey: fc.Arbitrary<Grey> = picture(1);
const rgb: fc.Arbitrary<Rgb> = picture(3);
const mask: fc.Arbitrary<Mask> = picture(1, fc.integer({ min: 0, max: 1 }));

/** One number a pixel, from its place. */
function eachPixel(
  { width, height }: { readonly width: number; readonly height: number },
  of: (x: number, y: number) => number,
): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) => of(at % width, Math.floor(at / width)));
}

describe('every pixel is what the plain loop makes of it', () => {
  test('luma', () => {
    fc.assert(
      fc.property(rgb, (image) => {
        const plain = eachPixel(image, (x, y) => {
          const [r = 0, g = 0, b = 0] = image.data.subarray((y * image.width + x) * 3);
          return (r * 77 + g * 150 + b * 29) >> 8;
        });
        expect(lumaOf(image)).toEqual({ ...image, data: plain });
      }),
    );
  });

  test('ink of a colour, counted in cells', () => {
    fc.assert(
      fc.property(rgb, fc.integer({ min: 1, max: 20 }), (image, cell) => {
        const columns = Math.ceil(image.width / cell);
        const red = new Uint16Array(columns * Math.ceil(image.height / cell));
        const blue = red.slice();
        for (let at = 0; at < image.width * image.height; at += 1) {
          const [r = 0, g = 0, b = 0] = image.data.subarray(at * 3);
          const y = Math.floor(at / image.width);
          const place = Math.floor(y / cell) * columns + Math.floor((at % image.width) / cell);
          if (r - g > 40 && r - b > 40) red[place]! += 1;
          if (b - r > 32 && b - g > 32) blue[place]! += 1;
        }
        const counted = countInk(image, cell, { red: 40, blue: 32 });
        expect(counted.redness).toEqual(red);
        expect(counted.blueness).toEqual(blue);
      }),
    );
  });

  test('the mean of three by three, the border as it is', () => {
    fc.assert(
      fc.property(grey, (image) => {
        const { width, height, data } = image;
        const plain = eachPixel(image, (x, y) => {
          if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return data[y * width + x]!;
          let sum = 0;
          for (let dy = -1; dy <= 1; dy += 1)
            for (let dx = -1; dx <= 1; dx += 1) sum += data[(y + dy) * width + x + dx]!;
          return Math.floor(sum / 9);
        });
        expect(smooth(image).data).toEqual(plain);
      }),
    );
  });

  test('the mean of squares, in grey and in colour', () => {
    fc.assert(
      fc.property(rgb, fc.integer({ min: 2, max: 20 }), (image, factor) => {
        const small = shrinkRgb(image, factor);
        if (Math.min(image.width, image.height) < factor) {
          expect(small).toBe(image);
          return;
        }
        expect(small.width).toBe(Math.floor(image.width / factor));
        expect(small.height).toBe(Math.floor(image.height / factor));
        for (const channel of [0, 1, 2]) {
          const plain = eachPixel(small, (x, y) => {
            let sum = 0;
            for (let dy = 0; dy < factor; dy += 1)
              for (let dx = 0; dx < factor; dx += 1)
                sum += image.data[((y * factor + dy) * image.width + x * factor + dx) * 3 + channel]!;
            return Math.round(sum / (factor * factor));
          });
          const one = { ...image, data: image.data.filter((_, at) => at % 3 === channel) };
          expect(small.data.filter((_, at) => at % 3 === channel)).toEqual(plain);
          expect(shrinkGrey(one, factor).data).toEqual(plain);
        }
      }),
    );
  });

  test('of squares too large for the sums there is no mean', () => {
    const strip = { width: 300, height: 300, data: new Uint8Array(90_000).fill(255) };
    expect(shrinkGrey(strip, 256).data).toEqual(Uint8Array.of(255));
    expect(() => shrinkGrey(strip, 257)).toThrow(RangeError);
  });

  test('what a square of a value reaches', () => {
    fc.assert(
      fc.property(mask, fc.integer({ min: 1, max: 16 }), fc.constantFrom(0, 1), (image, radius, value) => {
        const { width, height, data } = image;
        const plain = eachPixel(image, (x, y) => {
          for (let dy = -radius; dy <= radius; dy += 1)
            for (let dx = -radius; dx <= radius; dx += 1) {
              const isInside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
              if (isInside && data[(y + dy) * width + x + dx] === value) return value;
            }
          return 1 - value;
        });
        expect(grow(image, radius, value).data).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  test('the level that a share of each block is lighter than', () => {
    fc.assert(
      fc.property(grey, fc.integer({ min: 2, max: 20 }), (image, block) => {
        const levels = paperLevels(image, block, 0.15, 40);
        const columns = Math.ceil(image.width / block);
        for (const [at, level] of levels.entries()) {
          const pixels = [...image.data].filter((_, place) => {
            const x = place % image.width;
            const y = (place - x) / image.width;
            // Every second row of a block tells.
            const isLooked = (y % block) % 2 === 0;
            return isLooked && Math.floor(y / block) * columns + Math.floor(x / block) === at;
          });
          const lighter = (than: number) => pixels.filter((value) => value > than).length;
          expect(level).toBeGreaterThanOrEqual(40);
          expect(lighter(level)).toBeLessThan(pixels.length * 0.15 + 1e-9);
          if (level > 40) expect(lighter(level - 1)).toBeGreaterThanOrEqual(pixels.length * 0.15 - 1e-9);
        }
      }),
    );
  });

  test('light evened: 255 over the paper’s level, straight between the middles of blocks', () => {
    const paper = fc.integer({ min: 40, max: 255 });
    fc.assert(
      fc.property(
        grey,
        fc.integer({ min: 2, max: 20 }),
        fc.array(paper, { minLength: 20 }),
        (image, block, levels) => {
          const columns = Math.ceil(image.width / block);
          const rows = Math.ceil(image.height / block);
          const values = Float32Array.from(
            { length: columns * rows },
            (_, at) => levels[at % levels.length]!,
          );
          const between = (at: number, count: number, of: (block: number) => number) => {
            const place = Math.min(count - 1, Math.max(0, at / block - 0.5));
            const first = Math.floor(place);
            const part = place - first;
            return of(first) * (1 - part) + of(Math.min(count - 1, first + 1)) * part;
          };
          const even = brighten(image, { block, columns, rows, values }, 1.1, 1);
          for (let y = 0; y < image.height; y += 1)
            for (let x = 0; x < image.width; x += 1) {
              const gain = between(x, columns, (column) => {
                return (255 * 1.1) / between(y, rows, (row) => values[row * columns + column]!);
              });
              const plain = Math.min(255, image.data[y * image.width + x]! * gain);
              // Whole levels, from gains of 1/4096.
              expect(Math.abs(even[y * image.width + x]! - plain)).toBeLessThan(1.2);
            }
          const every = brighten(image, { block, columns, rows, values }, 1.1, 3);
          for (let row = 0; row * 3 < image.height; row += 1)
            expect(every.slice(row * image.width, (row + 1) * image.width)).toEqual(
              even.slice(row * 3 * image.width, (row * 3 + 1) * image.width),
            );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('connected ink', () => {
  test('is what a flood from each dark pixel reaches, in the order of first pixels', () => {
    fc.assert(
      fc.property(picture(1, fc.constantFrom(0, 100, 200, 255)), (image) => {
        const { width, height, data } = image;
        const owner = new Int32Array(width * height).fill(-1);
        const parts: number[] = [];
        for (let start = 0; start < data.length; start += 1) {
          if (data[start]! >= 150 || owner[start] !== -1) continue;
          const part = parts.length / 5;
          const open = [start];
          owner[start] = part;
          const reached: number[] = [];
          for (let at = open.pop(); at !== undefined; at = open.pop()) {
            reached.push(at);
            const [x, y] = [at % width, Math.floor(at / width)];
            for (let oy = Math.max(0, y - 1); oy <= Math.min(height - 1, y + 1); oy += 1)
              for (let ox = Math.max(0, x - 1); ox <= Math.min(width - 1, x + 1); ox += 1) {
                const other = oy * width + ox;
                if (data[other]! >= 150 || owner[other] !== -1) continue;
                owner[other] = part;
                open.push(other);
              }
          }
          const xs = reached.map((at) => at % width);
          const ys = reached.map((at) => Math.floor(at / width));
          parts.push(Math.min(...xs), Math.max(...xs) + 1, Math.min(...ys), Math.max(...ys) + 1, xs.length);
        }
        const ink = labelInk(image, 150);
        expect([...ink.parts]).toEqual(parts);
        const seen = new Int32Array(width * height).fill(-1);
        for (let run = 0; run < ink.count; run += 1)
          seen.fill(
            ink.owner[run]!,
            ink.row[run]! * width + ink.from[run]!,
            ink.row[run]! * width + ink.to[run]!,
          );
        expect(seen).toEqual(owner);
      }),
    );
  });
});

describe('a picture seen through a map', () => {
  const identity = ({ width, height }: Rgb): ProjectiveMap => ({
    ...{ a: width, b: 0, c: 0, d: 0, e: height, f: 0, g: 0, h: 0 },
  });

  test('that changes nothing is itself', () => {
    fc.assert(
      fc.property(rgb, fc.constantFrom('cubic', 'linear'), (image, kernel) => {
        expect(resample(image, identity(image), image.width, image.height, 0, [1, 2, 3], kernel)).toEqual(
          image,
        );
      }),
    );
  });

  const WEIGHTS = {
    linear: (t: number) => [0, 1 - t, t, 0],
    cubic: (t: number) => [
      -0.5 * t + t * t - 0.5 * t ** 3,
      1 - 2.5 * t * t + 1.5 * t ** 3,
      0.5 * t + 2 * t * t - 1.5 * t ** 3,
      -0.5 * t * t + 0.5 * t ** 3,
    ],
  } as const;
  const BEYOND = [9, 99, 199] as const;

  /** Levels of the pixel and, where the place is so near to the picture's edge that rounding decides, nothing. */
  function plainPixel(
    image: Rgb,
    px: number,
    py: number,
    kernel: 'cubic' | 'linear',
  ): readonly number[] | undefined {
    const { width, height, data } = image;
    const past = Math.max(-1 - px, -1 - py, px - width, py - height);
    if (Math.abs(past) < 0.01) return undefined;
    if (past > 0) return BEYOND;
    const [left, top] = [Math.floor(px), Math.floor(py)];
    const across = WEIGHTS[kernel](px - left);
    const down = WEIGHTS[kernel](py - top);
    const clamp = (value: number, last: number) => Math.max(0, Math.min(last, value));
    return [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let row = 0; row < 4; row += 1)
        for (let column = 0; column < 4; column += 1) {
          const x = clamp(left - 1 + column, width - 1);
          const y = clamp(top - 1 + row, height - 1);
          sum += down[row]! * across[column]! * data[(y * width + x) * 3 + channel]!;
        }
      return Math.max(0, Math.min(255, sum));
    });
  }

  const part = fc.double({ min: -0.4, max: 0.4, noNaN: true });
  test('turned, stretched, aslant: each pixel is the weighted mean of its sixteen neighbours', () => {
    fc.assert(
      fc.property(
        rgb,
        size,
        size,
        fc.tuple(part, part, part, part, part, part, part),
        fc.constantFrom('cubic', 'linear'),
        (image, width, height, [b, c, d, f, g, h, angle], kernel) => {
          const map = {
            ...{ a: image.width, b: b * image.width, c: c * image.width, d: d * image.height },
            ...{ e: image.height, f: f * image.height, g, h },
          };
          const out = resample(image, map, width, height, angle, BEYOND, kernel);
          for (let y = 0; y < height; y += 1)
            for (let x = 0; x < width; x += 1) {
              const dx = x + 0.5 - width / 2;
              const dy = y + 0.5 - height / 2;
              const u = (dx * Math.cos(angle) - dy * Math.sin(angle)) / width + 0.5;
              const v = (dx * Math.sin(angle) + dy * Math.cos(angle)) / height + 0.5;
              const inSquare = Math.min(u, v, 1 - u, 1 - v);
              if (Math.abs(inSquare) < 1e-6) continue;
              const w = map.g * u + map.h * v + 1;
              const px = (map.a * u + map.b * v + map.c) / w - 0.5;
              const py = (map.d * u + map.e * v + map.f) / w - 0.5;
              const plain = inSquare < 0 ? BEYOND : plainPixel(image, px, py, kernel);
              if (plain === undefined) continue;
              const at = (y * width + x) * 3;
              // Places are rounded to 1/64 of a pixel, which shows most where black stands beside white.
              for (const channel of [0, 1, 2])
                expect(Math.abs(out.data[at + channel]! - plain[channel]!)).toBeLessThan(9);
            }
        },
      ),
    );
  });

  test('that runs to infinity stays within the picture', () => {
    const any = fc.double({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(
        rgb,
        size,
        size,
        fc.array(any, { minLength: 9, maxLength: 9 }),
        (image, width, height, numbers) => {
          const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, angle = 0] = numbers;
          const flat = { ...image, data: new Uint8Array(image.data.length).fill(50) };
          const out = resample(
            flat,
            { a, b, c, d, e, f, g, h },
            width,
            height,
            angle,
            [200, 200, 200],
            'cubic',
          );
          expect([...new Set(out.data)].every((level) => level === 50 || level === 200)).toBe(true);
        },
      ),
    );
  });
});
