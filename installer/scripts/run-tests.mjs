// `npm test`: every check, the cheap ones first, vitest last so that its closing lines stand at the end.
// Arguments go to vitest: `npm test -- device-drivers`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'node_modules', '.bin');
const environment = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  // Without a terminal the runner must neither watch nor ask.
  CI: process.env.CI ?? 'true',
};

const steps = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the screen', 'tsc', '-p', 'kiosk-app/ui/tsconfig.json'],
  ['style', 'biome', 'check', '--error-on-warnings', '.'],
  ['imports', 'node', 'installer/scripts/check-imports.ts'],
  ['tests', 'vitest', 'run', ...process.argv.slice(2)],
];

const failed = [];
for (const [name, program, ...args] of steps) {
  console.log(`\n▸ ${name}: ${program} ${args.join(' ')}`);
  const start = performance.now();
  const { status, signal, error } = spawnSync(join(bin, program), args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (signal === 'SIGINT') process.exit(130);
  const fine = status === 0;
  if (!fine) failed.push(name);
  if (program !== 'vitest') {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${fine ? '✓' : '✗'} ${name} (${seconds} s)${error ? `: ${error.message}` : ''}`);
  }
}

if (failed.length > 0) console.error(`\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
