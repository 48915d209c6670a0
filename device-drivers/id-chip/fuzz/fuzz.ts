// `npm run fuzz:chip [-- --inputs 1000000 --seed 1]`: the long run; `npm test` has a short one.
import { parseArgs } from 'node:util';
import { cpuTime, runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (!Number.isInteger(inputs) || inputs < 1 || !Number.isInteger(seed)) {
  console.error('usage: npm run fuzz:chip -- [--inputs N] [--seed N]');
  process.exit(2);
}
const report = runFuzz({ seed, inputs, now: cpuTime });
for (const [outcome, count] of Object.entries(report.outcomes).sort())
  console.log(`${String(count).padStart(8)} ${outcome}`);
for (const { target, what, hex } of report.failures.slice(0, 20))
  console.log(`${target}: ${what}\n  ${hex.slice(0, 2_000)}`);
const { user, system } = process.cpuUsage();
console.log(
  `${report.inputs} inputs, seed ${seed}, ${report.failures.length} failures; slowest ${report.slowest.ms.toFixed(1)} ms ` +
    `(${report.slowest.target}), ${Math.round(report.memory / 1e6)} MB at the end, ${((user + system) / 1e6).toFixed(0)} s of CPU`,
);
process.exitCode = report.failures.length > 0 ? 1 : 0;
