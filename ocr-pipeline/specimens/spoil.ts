import sharp, { type Sharp } from 'sharp';
import { gaussian, seededRandom } from './random.ts';

type Edge = 'left' | 'right' | 'top' | 'bottom';

/**
 * What spoils a page between the glass and the file, one fault each. Lengths are millimetres on the paper, `x`, `y` and
 * `at` are shares of the page's width, height or edge.
 */
export type Fault =
  /** Out of focus; sigma. */
  | { readonly kind: 'defocus'; readonly millimetres: number }
  /** Moved while it was taken; `angle` in degrees, 0 = sideways. */
  | { readonly kind: 'motion'; readonly millimetres: number; readonly angle: number }
  /** A lamp mirrored in the paper; print within about half of the size is gone. */
  | {
      readonly kind: 'glare';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  /** A hand or a head between lamp and paper; `depth` 0–1, `reach` into the page, `soft` = width of its border. */
  | {
      readonly kind: 'shadow';
      readonly edge: Edge;
      readonly reach: number;
      readonly depth: number;
      readonly soft: number;
    }
  | {
      readonly kind: 'finger';
      readonly edge: Edge;
      readonly at: number;
      readonly width: number;
      readonly length: number;
      readonly skin: readonly [number, number, number];
    }
  /** So much of the page lies outside the picture. */
  | { readonly kind: 'cut'; readonly edge: Edge; readonly millimetres: number }
  /** Scanned at `dpi`, and the file says `tag` (`undefined`: nothing). */
  | { readonly kind: 'low-resolution'; readonly dpi: number; readonly tag: number | undefined };

interface Picture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Spoils a picture of a page (any format, at `dpi`); JPEG bytes, the same for the same seed. */
export async function spoilPage(
  page: Uint8Array,
  dpi: number,
  fault: Fault,
  seed: number,
  quality = 85,
): Promise<Buffer> {
  const { data, info } = await sharp(page)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { data, width: info.width, height: info.height };
  const spoilt = await apply(picture, dpi / 25.4, fault, seededRandom(seed));
  const tag = fault.kind === 'low-resolution' ? fault.tag : dpi;
  const image = sharp(spoilt.data, { raw: { width: spoilt.width, height: spoilt.height, channels: 3 } });
  return (tag === undefined ? image : image.withMetadata({ density: tag }))
    .jpeg({ quality, chromaSubsampling: '4:2:0' })
    .toBuffer();
}

/** `mm`: pixels of a millimetre. */
async function apply(page: Picture, mm: number, fault: Fault, random: () => number): Promise<Picture> {
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const finish = async (pipeline: Sharp): Promise<Picture> => {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  };
  switch (fault.kind) {
    case 'defocus':
      return finish(sharp(page.data, { raw }).blur(Math.max(0.3, fault.millimetres * mm)));
    case 'motion':
      return moved(page, fault.millimetres * mm, fault.angle);
    case 'glare':
      return shine(page, mm, fault, random);
    case 'shadow':
      return darken(page, mm, fault, random);
    case 'finger':
      return touch(page, mm, fault, random);
    case 'cut': {
      const lost = Math.round(fault.millimetres * mm);
      const across = fault.edge === 'left' || fault.edge === 'right';
      return finish(
        sharp(page.data, { raw }).extract({
          left: fault.edge === 'left' ? lost : 0,
          top: fault.edge === 'top' ? lost : 0,
          width: page.width - (across ? lost : 0),
          height: page.height - (across ? 0 : lost),
        }),
      );
    }
    case 'low-resolution':
      return finish(
        sharp(page.data, { raw }).resize({ width: Math.round((page.width * fault.dpi) / (mm * 25.4)) }),
      );
  }
}

function moved(page: Picture, length: number, angle: number): Picture {
  const { width, height, data } = page;
  const steps = Math.max(2, Math.ceil(length));
  const out = Buffer.alloc(data.length);
  const shifts = Array.from({ length: steps }, (_, step) => {
    const at = (step / (steps - 1) - 0.5) * length;
    const radians = (angle * Math.PI) / 180;
    return [Math.round(at * Math.cos(radians)), Math.round(at * Math.sin(radians))] as const;
  });
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (const [dx, dy] of shifts) {
          const fromX = Math.min(width - 1, Math.max(0, x + dx));
          const fromY = Math.min(height - 1, Math.max(0, y + dy));
          sum += data[(fromY * width + fromX) * 3 + channel]!;
        }
        out[(y * width + x) * 3 + channel] = sum / steps;
      }
  return { width, height, data: out };
}

/** Light added to what the paper sends back: the middle of it is white whatever is printed there. */
function shine(
  page: Picture,
  mm: number,
  fault: Extract<Fault, { kind: 'glare' }>,
  random: () => number,
): Picture {
  const { width, height, data } = page;
  const strength = 420 + 200 * random();
  const tilt = (random() - 0.5) * 0.6;
  const middleX = fault.x * width;
  const middleY = fault.y * height;
  const halfX = (fault.width * mm) / 2;
  const halfY = (fault.height * mm) / 2;
  return paint(page, (x, y, at) => {
    const dx = (x - middleX + tilt * (y - middleY)) / halfX;
    const dy = (y - middleY) / halfY;
    const light = strength * Math.exp(-1.6 * (dx * dx + dy * dy) ** 1.2);
    if (light < 0.5) return;
    for (let channel = 0; channel < 3; channel += 1)
      data[at + channel] = Math.min(255, data[at + channel]! + light);
  });
}

function darken(
  page: Picture,
  mm: number,
  fault: Extract<Fault, { kind: 'shadow' }>,
  random: () => number,
): Picture {
  const wave = 4 + 8 * random();
  const phase = random() * 6.3;
  return paint(page, (x, y, at) => {
    const [inward, along] = fromEdge(page, mm, fault.edge, x, y);
    const border = fault.reach + wave * Math.sin(along / 23 + phase);
    const t = Math.min(1, Math.max(0, (border - inward) / fault.soft + 0.5));
    const keep = 1 - fault.depth * t * t * (3 - 2 * t);
    for (let channel = 0; channel < 3; channel += 1) page.data[at + channel]! *= keep;
  });
}

/** A rounded stick of skin with a nail, its light from above, and a little shadow beside it. */
function touch(
  page: Picture,
  mm: number,
  fault: Extract<Fault, { kind: 'finger' }>,
  random: () => number,
): Picture {
  const across = fault.edge === 'left' || fault.edge === 'right';
  const root = fault.at * ((across ? page.height : page.width) / mm);
  const lean = (random() - 0.5) * 0.7;
  const radius = fault.width / 2;
  return paint(page, (x, y, at) => {
    const [inward, along] = fromEdge(page, mm, fault.edge, x, y);
    if (inward > fault.length + 6) return;
    const side = along - root - lean * inward;
    const beyond = Math.max(0, inward - (fault.length - radius));
    const distance = Math.hypot(side, beyond);
    const cover = Math.min(1, Math.max(0, (radius - distance) / 0.6 + 0.5));
    const shade = 1 - 0.35 * Math.max(0, 1 - Math.max(0, distance - radius) / 3);
    const nail =
      Math.hypot(side / (radius * 0.6), (inward - fault.length + radius * 0.9) / (radius * 0.75)) < 1;
    const light = (0.78 + 0.22 * Math.sqrt(Math.max(0, 1 - (distance / radius) ** 2))) * (nail ? 1.12 : 1);
    const grain = gaussian(random) * 2;
    for (let channel = 0; channel < 3; channel += 1) {
      const skin = Math.min(255, fault.skin[channel]! * light + grain);
      const paper = page.data[at + channel]! * shade;
      page.data[at + channel] = Math.max(0, skin * cover + paper * (1 - cover));
    }
  });
}

/** Millimetres from the edge into the page, and along the edge. */
function fromEdge(page: Picture, mm: number, edge: Edge, x: number, y: number): readonly [number, number] {
  switch (edge) {
    case 'left':
      return [x / mm, y / mm];
    case 'right':
      return [(page.width - 1 - x) / mm, y / mm];
    case 'top':
      return [y / mm, x / mm];
    case 'bottom':
      return [(page.height - 1 - y) / mm, x / mm];
  }
}

function paint(page: Picture, dot: (x: number, y: number, at: number) => void): Picture {
  for (let y = 0, at = 0; y < page.height; y += 1)
    for (let x = 0; x < page.width; x += 1, at += 3) dot(x, y, at);
  return page;
}
