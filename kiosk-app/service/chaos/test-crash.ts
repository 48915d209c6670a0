/** `npm run test:crash -- [--kills 1000] [--cuts 200] [--plugs 100] [--every 1] [--seed 7]`: the whole campaign, with a table. */
import { parseArgs } from 'node:util';
import type { Outcome } from './outcome.ts';
import { cutPower } from './power-cuts.ts';
import { pullPlugs } from './pull-plugs.ts';
import { killAtRandom } from './random-kills.ts';
import type { MutantName } from './run-kiosk.ts';
import { seededRandom } from './seeded-random.ts';
import { DISK_CALLS, faultAtEachCall, findMissingSyncs, withDataFolder } from './system-calls.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    cuts: { type: 'string', default: '10' },
    /** Of the whole kiosk with its screen, in the middle of visits. */
    plugs: { type: 'string', default: '8' },
    /** Of the system calls of a kind, each so many. */
    every: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const random = seededRandom(Number(values.seed));
const every = Number(values.every);
let failed = false;

const row = (what: string, faults: number | string, acknowledged: number | string, lost: string) =>
  console.log(
    `| ${what.padEnd(58)} | ${String(faults).padStart(6)} | ${String(acknowledged).padStart(12)} | ${lost} |`,
  );

function report(what: string, outcome: Outcome | null): void {
  if (!outcome) {
    row(what, '–', '–', 'skipped: this machine cannot mount a disk of its own (root, loop devices)');
    return;
  }
  // This kind of call does not come on the way to the disk.
  if (outcome.faults + outcome.acknowledged === 0) return;
  failed ||= outcome.losses.length > 0;
  row(what, outcome.faults, outcome.acknowledged, String(outcome.losses.length));
  for (const loss of outcome.losses.slice(0, 10)) console.log(`  ${loss}`);
}

/** The long campaign takes more than an hour: how far it is, on standard error. */
const tellProgress = (what: string, of: string) => (faults: number) => {
  if (faults % 25 === 0) console.error(`${what}: ${faults} of ${of}`);
};

row('destruction', 'faults', 'acknowledged', 'lost or doubled');
const kills = await killAtRandom({
  kills: Number(values.kills),
  random,
  onFault: tellProgress('random kills', values.kills),
});
const about = `${kills.kioskKills} of the kiosk, ${kills.gatewayKills} of the city`;
report(`random kills, ${about}, ${kills.lineFaults} line faults`, kills);
for (const call of DISK_CALLS)
  report(`killed at each ${call}`, await faultAtEachCall({ fault: 'kill', calls: [call], every }));
report(
  'no room at each fsync, write, rename, open, mkdir',
  await faultAtEachCall({
    fault: 'full',
    calls: ['fsync', 'write', 'pwrite64', 'rename', 'openat', 'mkdir'],
    every,
  }),
);
report(
  'power cuts',
  await cutPower({ cuts: Number(values.cuts), random, onFault: tellProgress('power cuts', values.cuts) }),
);

if (Number(values.plugs) > 0) {
  const { pulls, kills: demo } = await pullPlugs(Number(values.plugs), Number(values.seed));
  const { service, gateway, everything, power } = pulls.pulled;
  report(`plugs: ${service} service, ${gateway} city, ${everything} all, ${power} power`, pulls);
  report(`npm run demo killed, ${demo.visits} visits`, { ...demo, acknowledged: demo.visits });
}

console.log('\nmutants, each of which must be noticed:');
const noticed = (mutant: MutantName, how: string, found: readonly string[] | null) => {
  failed ||= found?.length === 0;
  console.log(
    `| ${mutant.padEnd(22)} | ${how.padEnd(18)} | ${found ? (found[0] ?? 'NOT NOTICED') : 'skipped'} |`,
  );
};
for (const mutant of [
  'default-synchronous',
  'missing-blob-fsync',
  'missing-folder-fsync',
  'commit-before-fsync',
] as const) {
  noticed(mutant, 'system-call trace', await withDataFolder((data) => findMissingSyncs(data, mutant)));
  if (mutant === 'missing-folder-fsync') continue;
  const cut = await cutPower({ cuts: 6, random, mutant, untilLoss: true });
  noticed(mutant, 'power cut', cut?.losses ?? null);
}
noticed(
  'non-idempotent-commit',
  'repeated commit',
  (await killAtRandom({ kills: 1, random, mutant: 'non-idempotent-commit' })).losses,
);
process.exitCode = failed ? 1 : 0;
