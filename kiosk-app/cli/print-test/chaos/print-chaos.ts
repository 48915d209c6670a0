// `npm run test:print-chaos -- --tickets 10000 --seed 7 [--model epson] [--rate 0.02] [--kills 20]`
import { parseArgs } from 'node:util';
import { type ModelName, models } from './chaos-printer.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    tickets: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string', default: 'epson' },
    rate: { type: 'string', default: '0.02' },
    kills: { type: 'string', default: '20' },
  },
});
if (!(values.model in models)) throw new Error(`--model: one of ${Object.keys(models).join(', ')}`);
const tickets = Number(values.tickets);
const report = await runChaos(
  {
    model: values.model as ModelName,
    tickets,
    seed: Number(values.seed),
    rate: Number(values.rate),
    kills: Number(values.kills),
    limitMs: 600_000 + tickets * 300,
  },
  (line) => console.error(line),
);
const shortened = (numbers: readonly number[]) =>
  numbers.length > 20 ? `${numbers.length}: ${numbers.slice(0, 20).join(' ')} …` : numbers.join(' ');
const { reported, ...paper } = report;
console.log(
  JSON.stringify(
    {
      ...values,
      ...paper,
      missing: shortened(paper.missing),
      unmarked: shortened(paper.unmarked),
      reported: reported && {
        confirmed: reported.confirmed,
        unknown: reported.unknown,
        failed: reported.failed,
      },
    },
    null,
    1,
  ),
);
process.exitCode =
  report.missing.length + report.unmarked.length + report.strange.length === 0 && report.status !== null
    ? 0
    : 1;
