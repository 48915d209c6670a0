import type { Rgb } from './image.ts';

/** What lies around the papers, as the picture's border shows it: one colour a block of the border. */
export interface Ground {
  readonly blocks: readonly GroundBlock[];
  /** How far its own pixels lie from its colour (nine in ten are nearer), levels. */
  readonly spread: number;
  /** Root mean square of the same distances: thin lines of a mat count, which the spread passes over. */
  readonly texture: number;
}

interface GroundBlock {
  /** Middle, pixels. */
  readonly x: number;
  readonly y: number;
  readonly colour: readonly [number, number, number];
  readonly spread: number;
  readonly texture: number;
}

const BLOCKS_PER_SIDE = 8;
const RING = 8;
const SAME_COLOUR = 26;

/**
 * What may be the ground, likeliest first: all of the border, or (when paper runs over some of it) the blocks of one
 * colour. Neighbours may differ by what light does, so colours are compared along the border.
 */
export function groundsOf(image: Rgb): readonly Ground[] {
  const blocks = borderBlocks(image);
  const group = blocks.map(() => -1);
  let groups = 0;
  blocks.forEach((block, at) => {
    if (at > 0 && colourDistance(block.colour, blocks[at - 1]!.colour) < SAME_COLOUR) {
      group[at] = group[at - 1]!;
      return;
    }
    const known = blocks.findIndex(
      (other, before) => before < at && colourDistance(other.colour, block.colour) < SAME_COLOUR,
    );
    group[at] = known >= 0 ? group[known]! : groups;
    if (known < 0) groups += 1;
  });
  const grounds = [toGround(blocks)];
  if (groups > 1)
    for (let at = 0; at < groups; at += 1) {
      const own = blocks.filter((_, block) => group[block] === at);
      if (own.length >= 3) grounds.push(toGround(own));
    }
  return grounds.slice(0, 5);
}

/** As light as paper under a scanner's lamp, and without a colour: the ground may itself be a sheet. */
const PAPER = { luma: 185, chroma: 40 } as const;

export function isPaperWhite(ground: Ground): boolean {
  const mean = ([0, 1, 2] as const).map(
    (channel) => ground.blocks.reduce((sum, { colour }) => sum + colour[channel], 0) / ground.blocks.length,
  );
  const [r = 0, g = 0, b = 0] = mean;
  return r * 0.3 + g * 0.59 + b * 0.11 >= PAPER.luma && Math.max(...mean) - Math.min(...mean) <= PAPER.chroma;
}

function toGround(blocks: readonly GroundBlock[]): Ground {
  // Above the median: paper that covers a third of the border does not hide the grain of the rest.
  const usual = (of: (block: GroundBlock) => number) =>
    blocks.map(of).sort((a, b) => a - b)[Math.floor(blocks.length * 0.6)]!;
  return { blocks, spread: usual(({ spread }) => spread), texture: usual(({ texture }) => texture) };
}

function borderBlocks(image: Rgb): readonly GroundBlock[] {
  const { width, height } = image;
  const blocks: GroundBlock[] = [];
  const add = (left: number, top: number, right: number, bottom: number) =>
    blocks.push(blockOf(image, Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)));
  const across = width / BLOCKS_PER_SIDE;
  const down = height / BLOCKS_PER_SIDE;
  // Round the border, so that neighbours in the list are neighbours in the picture.
  for (let at = 0; at < BLOCKS_PER_SIDE; at += 1) add(at * across, 1, (at + 1) * across, 1 + RING);
  for (let at = 0; at < BLOCKS_PER_SIDE; at += 1)
    add(width - 1 - RING, at * down, width - 1, (at + 1) * down);
  for (let at = BLOCKS_PER_SIDE - 1; at >= 0; at -= 1)
    add(at * across, height - 1 - RING, (at + 1) * across, height - 1);
  for (let at = BLOCKS_PER_SIDE - 1; at >= 0; at -= 1) add(1, at * down, 1 + RING, (at + 1) * down);
  return blocks;
}

function blockOf(image: Rgb, left: number, top: number, right: number, bottom: number): GroundBlock {
  const channels: [number[], number[], number[]] = [[], [], []];
  const toX = Math.min(image.width, right);
  const toY = Math.min(image.height, bottom);
  for (let y = Math.max(0, top); y < toY; y += 1)
    for (let x = Math.max(0, left); x < toX; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        channels[channel]!.push(image.data[(y * image.width + x) * 3 + channel]!);
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const colour = channels.map(middle) as [number, number, number];
  const distances = channels[0].map((_, at) =>
    Math.hypot(...channels.map((values, channel) => values[at]! - colour[channel]!)),
  );
  distances.sort((a, b) => a - b);
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    colour,
    spread: distances[Math.floor(distances.length * 0.9)] ?? 0,
    texture: Math.sqrt(
      distances.reduce((sum, value) => sum + value * value, 0) / Math.max(1, distances.length),
    ),
  };
}

const GRID = 16;

/** How dark a shadow may be that still counts as ground. */
const DEEPEST_SHADOW = 0.35;

/**
 * How far each pixel is from the ground's colour there (light falls unevenly: near blocks count most). Levels. With
 * `shadows` "ignored" a darker shade of the same colour is no difference.
 */
export function distanceToGround(
  image: Rgb,
  ground: Ground,
  shadows: 'counted' | 'ignored' = 'counted',
): Float32Array {
  const { width, height, data } = image;
  const expected = new Float32Array((GRID + 1) * (GRID + 1) * 3);
  for (let row = 0; row <= GRID; row += 1)
    for (let column = 0; column <= GRID; column += 1) {
      const x = (column / GRID) * width;
      const y = (row / GRID) * height;
      let sum = 0;
      const at = (row * (GRID + 1) + column) * 3;
      for (const block of ground.blocks) {
        const weight = 1 / ((block.x - x) ** 2 + (block.y - y) ** 2 + 400);
        sum += weight;
        for (let channel = 0; channel < 3; channel += 1)
          expected[at + channel]! += weight * block.colour[channel]!;
      }
      for (let channel = 0; channel < 3; channel += 1) expected[at + channel]! /= sum;
    }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const v = (y / height) * GRID;
    const row = Math.floor(v);
    const fy = v - row;
    for (let x = 0; x < width; x += 1) {
      const u = (x / width) * GRID;
      const column = Math.floor(u);
      const fx = u - column;
      const corner = (row * (GRID + 1) + column) * 3;
      const below = corner + (GRID + 1) * 3;
      const at = y * width + x;
      let squares = 0;
      let along = 0;
      let length = 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = expected[corner + channel]! * (1 - fx) + expected[corner + 3 + channel]! * fx;
        const lower = expected[below + channel]! * (1 - fx) + expected[below + 3 + channel]! * fx;
        const usual = upper * (1 - fy) + lower * fy;
        const difference = data[at * 3 + channel]! - usual;
        squares += difference * difference;
        along += usual * data[at * 3 + channel]!;
        length += usual * usual;
      }
      if (shadows === 'ignored' && along < length) {
        const shade = Math.max(DEEPEST_SHADOW, along / length);
        // What is left when the ground is shaded as deeply, as it would show in full light.
        squares = Math.max(0, squares - (1 - shade) ** 2 * length) / shade;
      }
      out[at] = Math.sqrt(squares);
    }
  }
  return out;
}

function colourDistance(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
