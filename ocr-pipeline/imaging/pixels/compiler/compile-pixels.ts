import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** The module of `assembly/`, always the same bytes. Throws with the compiler's words when it does not compile. */
export async function compilePixels(): Promise<Uint8Array> {
  const baseDir = fileURLToPath(new URL('../assembly/', import.meta.url));
  let module: Uint8Array | undefined;
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd,relaxed-simd'];
  const { error, stderr } = await asc.main(
    ['index.ts', '--baseDir', baseDir, '-o', 'pixels.wasm', ...options],
    {
      readFile: (name, folder) => readFile(`${folder}/${name}`, 'utf8').catch(() => null),
      writeFile: (_name, bytes) => {
        if (bytes instanceof Uint8Array) module = bytes;
      },
    },
  );
  if (error || module === undefined) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  return module;
}
