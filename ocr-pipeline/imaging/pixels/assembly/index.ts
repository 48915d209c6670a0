/**
 * The loops that go over every pixel of a page, as WebAssembly with vector instructions. AssemblyScript: it reads like
 * TypeScript, but a `usize` is an address in the module's memory, and nobody checks it: `../memory.ts` lays it
 * out. After a change run `npm run build:pixels`.
 */
export { grow } from './grow';
export { brighten, paperLevels } from './light';
export { countInk } from './luma';
export { resample } from './resample';
export { countRuns, flatten, labelRuns, measureRuns } from './runs';
export { shrink } from './shrink';
export { smooth } from './smooth';

/** The first free byte of the memory. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}
