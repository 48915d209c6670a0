import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compilePixels } from './compile-pixels.ts';

const file = fileURLToPath(new URL('../pixels.wasm', import.meta.url));
await writeFile(file, await compilePixels());
console.log(`wrote ${file}`);
