/** What papers lie on: the glass under a lid, a desk, a mat, a cloth. */
export type Ground =
  | { readonly kind: 'plain'; readonly colour: readonly [number, number, number] }
  | { readonly kind: 'wood'; readonly colour: readonly [number, number, number] }
  | { readonly kind: 'cutting-mat'; readonly colour: readonly [number, number, number] }
  | { readonly kind: 'cloth'; readonly colour: readonly [number, number, number] }
  | { readonly kind: 'marble'; readonly colour: readonly [number, number, number] };

/** Colour of the ground at a place in millimetres, written into `out`. The same seed gives the same ground. */
export function groundColour(ground: Ground, seed: number, x: number, y: number, out: Float64Array): void {
  const factor = brightness(ground.kind, seed, x, y);
  for (let channel = 0; channel < 3; channel += 1) out[channel] = ground.colour[channel]! * factor;
}

function brightness(kind: Ground['kind'], seed: number, x: number, y: number): number {
  switch (kind) {
    case 'plain':
      return 1;
    case 'wood': {
      const grain = Math.sin(y * 1.1 + 9 * smoothNoise(seed, x / 120, y / 18));
      return 0.86 + 0.1 * grain + 0.14 * smoothNoise(seed + 1, x / 30, y / 1.5);
    }
    case 'cutting-mat': {
      const line = (step: number, width: number) => modulo(x, step) < width || modulo(y, step) < width;
      return line(50, 0.7) ? 1.7 : line(10, 0.35) ? 1.4 : 1;
    }
    case 'cloth':
      return 0.9 + 0.12 * Math.sin(x * 4) * Math.sin(y * 4) + 0.12 * smoothNoise(seed, x / 2, y / 2);
    case 'marble':
      return 1 - 0.28 * Math.abs(smoothNoise(seed, x / 40, y / 40) * 2 - 1) ** 0.3 + 0.15;
  }
}

/** Value noise, 0–1, one cell a unit. */
function smoothNoise(seed: number, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = ease(x - left);
  const fy = ease(y - top);
  const upper = lattice(seed, left, top) * (1 - fx) + lattice(seed, left + 1, top) * fx;
  const lower = lattice(seed, left, top + 1) * (1 - fx) + lattice(seed, left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

function lattice(seed: number, x: number, y: number): number {
  let mixed = Math.imul(x, 374_761_393) ^ Math.imul(y, 668_265_263) ^ Math.imul(seed, 2_246_822_519);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1_274_126_177);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

function modulo(value: number, step: number): number {
  return value - step * Math.floor(value / step);
}
