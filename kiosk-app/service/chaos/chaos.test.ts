import { describe, expect, it } from 'vitest';
import { cutPower } from './power-cuts.ts';
import { killAtRandom } from './random-kills.ts';
import { seededRandom } from './seeded-random.ts';
import { faultAtEachCall, findMissingSyncs, withDataFolder } from './system-calls.ts';

/** `npm run test:crash` does the same for hundreds of kills and cuts. */
const random = seededRandom(Date.now());
const canMount = process.getuid?.() === 0;

describe('what the kiosk has acknowledged is there afterwards', () => {
  it('kiosk and city killed at random, on a line that fails: the city has every dossier once', async () => {
    const outcome = await killAtRandom({ kills: 4, random });
    expect(outcome.losses).toEqual([]);
    expect(outcome.accepted).toBeGreaterThan(0);
    expect(outcome.kioskKills).toBeGreaterThan(0);
  });

  it.each([
    ['kill', ['fsync', 'rename']],
    ['full', ['pwrite64']],
  ] as const)('system calls on the way to the disk that end in: %s', async (fault, calls) => {
    const outcome = await faultAtEachCall({ fault, calls, every: 20 });
    expect(outcome.losses).toEqual([]);
    expect(outcome.faults).toBeGreaterThan(1);
  });

  it('each acknowledgement comes after everything that it stands on was synced', async () => {
    // The first visit of a new disk, and one of a disk in use.
    await withDataFolder(async (data) => {
      expect(await findMissingSyncs(data)).toEqual([]);
      expect(await findMissingSyncs(data)).toEqual([]);
    });
  });

  it.skipIf(!canMount)('the power of its disk is cut', async ({ skip }) => {
    const outcome = await cutPower({ cuts: 2, random });
    if (!outcome) return skip('this machine cannot mount a disk of its own');
    expect(outcome.losses).toEqual([]);
    expect(outcome.acknowledged).toBeGreaterThan(0);
  });
});

describe('a program that is broken in one line does not pass', () => {
  it.each([
    'default-synchronous',
    'missing-blob-fsync',
    'missing-folder-fsync',
    'commit-before-fsync',
  ] as const)('%s, by its system calls', async (mutant) => {
    expect(await withDataFolder((data) => findMissingSyncs(data, mutant))).not.toEqual([]);
  });

  it.skipIf(!canMount).each(['default-synchronous', 'missing-blob-fsync'] as const)(
    '%s, by a power cut',
    async (mutant) => {
      const outcome = await cutPower({ cuts: 8, random, mutant, untilLoss: true });
      if (outcome) expect(outcome.losses).not.toEqual([]);
    },
  );

  it('non-idempotent-commit, by a repeated commit', async () => {
    const outcome = await killAtRandom({ kills: 1, random, mutant: 'non-idempotent-commit' });
    expect(outcome.losses.join()).toContain('gave another receipt');
  });
});
