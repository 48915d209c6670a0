// `npm run fuzz -- --seconds 600 --seed 1 --target sources`: the long run; `npm test` has a short one.
import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.ts';
import { type TargetName, targetNames } from './targets.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string', multiple: true },
    keep: { type: 'string', default: 'artefacts/fuzz' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const unknown = (values.target ?? []).filter((name) => !(targetNames as readonly string[]).includes(name));
if (!(seconds > 0) || !Number.isInteger(seed) || unknown.length > 0) {
  console.error(
    `usage: npm run fuzz -- [--seconds N] [--seed N] [--target ${targetNames.join('|')}]... [--keep FOLDER]`,
  );
  process.exit(2);
}

console.error(`fuzzing for ${seconds} s with seed ${seed}`);
const report = await runFuzz({
  seed,
  milliseconds: seconds * 1_000,
  now: () => performance.now(),
  keepIn: values.keep,
  ...(values.target && { targets: values.target as TargetName[] }),
  onFailure: ({ target, input, file, what }) =>
    console.error(`${target}, input ${input}, kept as ${file}: ${what}`),
});
for (const [outcome, count] of Object.entries(report.outcomes).sort())
  console.log(`${String(count).padStart(7)} ${outcome}`);
console.log(`${report.inputs} inputs, seed ${seed}, ${report.failures.length} failures`);
process.exitCode = report.failures.length > 0 ? 1 : 0;
