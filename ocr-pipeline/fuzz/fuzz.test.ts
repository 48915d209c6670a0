import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.ts';
import { targetNames } from './targets.ts';

test('broken files of every kind end in an answer: no crash, no hang, no exception, no flood of memory', async () => {
  const keepIn = join(tmpdir(), 'motcua-fuzz-failures');
  const report = await runFuzz({
    seed: 20_261_008,
    milliseconds: 5_000,
    now: () => performance.now(),
    keepIn,
  });
  // A failure names its seed and the kept input: `npm run fuzz -- --seed …` repeats it.
  expect(report.failures).toEqual([]);
  const reached = new Set(Object.keys(report.outcomes).map((outcome) => outcome.split(':')[0]));
  expect([...reached].sort()).toEqual([...targetNames].sort());
});
