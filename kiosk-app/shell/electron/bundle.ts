import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes `main.cjs` and `preload.cjs` into a folder: Electron loads a sandboxed preload only as one CommonJS file, and
 * its own Node need not know TypeScript.
 */
export async function bundleElectron(folder: string): Promise<void> {
  await build({
    entryPoints: {
      main: join(import.meta.dirname, 'main.ts'),
      preload: join(import.meta.dirname, 'preload.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['electron'],
    logLevel: 'error',
  });
}
