import { expect, test } from 'vitest';
import { cpuTime, runFuzz } from './run-fuzz.ts';
import { createTargets } from './targets.ts';

test('broken bytes of a chip, a QR or a certificate end in an answer: no exception, no long wait', () => {
  const report = runFuzz({ seed: 20_261_125, inputs: 12_000, now: cpuTime });
  expect(report.failures).toEqual([]);
  const reached = new Set(Object.keys(report.outcomes).map((outcome) => outcome.split(':')[0]));
  expect([...reached].sort()).toEqual(
    createTargets()
      .map(({ name }) => name)
      .sort(),
  );
  // Broken enough to be refused, sound enough to be read at times.
  for (const target of ['dg13', 'sod', 'mrz', 'qr', 'certificate'])
    expect(Object.keys(report.outcomes).filter((outcome) => outcome.startsWith(`${target}:`))).toHaveLength(
      2,
    );
});
