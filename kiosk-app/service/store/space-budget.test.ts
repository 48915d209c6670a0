import { silentLogger } from '@motcua/core';
import { expect, it } from 'vitest';
import { createSpaceBudget } from './space-budget.ts';

const MB = 1_048_576;

it('says that the disk fills up long before a scan is refused, and each change once', () => {
  const free = { disk: 90_000 * MB, memory: 900 * MB };
  const said: unknown[] = [];
  const budget = createSpaceBudget({
    folders: ['disk', 'memory'],
    bytesPerScan: 150 * MB,
    audit: { record: (_event, _visit, data) => said.push(data?.['level']) },
    logger: silentLogger,
    freeBytes: (folder) => free[folder as 'disk' | 'memory'],
  });
  const at = (disk: number, memory = 900) => {
    Object.assign(free, { disk: disk * MB, memory: memory * MB });
    return budget.level();
  };
  expect([at(90_000), at(3_001), at(2_999), at(2_500), at(151), at(149)]).toEqual([
    'ok',
    'ok',
    'low',
    'low',
    'low',
    'short',
  ]);
  // Memory matters for the scan at hand alone.
  expect([at(90_000), at(90_000, 149), at(90_000, 151)]).toEqual(['ok', 'short', 'ok']);
  expect(said).toEqual(['low', 'short', 'ok', 'short', 'ok']);
});
