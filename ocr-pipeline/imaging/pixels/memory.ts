import { readFileSync } from 'node:fs';

/** Made from `assembly/` by `npm run build:pixels`; a test says whether it is up to date. */
const MODULE = new URL('./pixels.wasm', import.meta.url);
/** Loops read and write up to so much behind a row's end. */
const ROOM = 64;
const PAGE = 65_536;

type Loop = (...numbers: number[]) => number;

interface Loops {
  readonly memory: WebAssembly.Memory;
  readonly firstFree: Loop;
  readonly countInk: Loop;
  readonly paperLevels: Loop;
  readonly brighten: Loop;
  readonly smooth: Loop;
  readonly shrink: Loop;
  readonly grow: Loop;
  readonly resample: Loop;
  readonly countRuns: Loop;
  readonly labelRuns: Loop;
  readonly flatten: Loop;
  readonly measureRuns: Loop;
}

let loaded: Loops | undefined;

/** Compiled once a process, at the first picture. */
export function loops(): Loops {
  if (loaded === undefined) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(MODULE)));
    loaded = exports as unknown as Loops;
  }
  return loaded;
}

/**
 * Addresses of blocks of so many bytes, for one call: the next one uses the memory again. It grows with the largest
 * picture and never shrinks. Throws a `RangeError` where there is no more.
 */
export function reserve<const Sizes extends readonly number[]>(
  ...sizes: Sizes
): { [K in keyof Sizes]: number } {
  const { memory, firstFree } = loops();
  let end = firstFree();
  const blocks = sizes.map((size) => {
    const start = end;
    end = Math.ceil((start + size + ROOM) / 16) * 16;
    return start;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return blocks as { [K in keyof Sizes]: number };
}

export function put(address: number, bytes: Uint8Array): void {
  new Uint8Array(loops().memory.buffer, address, bytes.length).set(bytes);
}

/** A copy: the memory is used again. */
export function take(address: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(loops().memory.buffer, address, length).slice();
}

export function takeWords(address: number, count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(loops().memory.buffer, address, count).slice();
}
