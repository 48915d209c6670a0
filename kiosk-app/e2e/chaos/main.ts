// `node main.ts [--plugs 12] [--seed 1] [--only power,service] [--json]`: part of `npm run test:crash`.
import { parseArgs } from 'node:util';
import { seededRandom } from '@motcua/service/seeded-random';
import { killDemo } from './kill-demo.ts';
import { type Plug, plugs, pullPlugs } from './pull-plugs.ts';

const { values } = parseArgs({
  options: {
    plugs: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    /** Of the service's plugs, only these; and then no kills of the demo. */
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const random = seededRandom(Number(values.seed));
const only = plugs.filter((plug) => values.only?.split(',').includes(plug)) as readonly Plug[];
const say = (line: string) => void process.stderr.write(`${line}\n`);
const all = Number(values.plugs);
const demoKills = only.length > 0 ? 0 : Math.floor(all / 4);

const pulls = await pullPlugs({
  pulls: all - demoKills,
  random,
  say,
  ...(only.length > 0 && { only }),
});
const kills = await killDemo({ kills: demoKills, random, say });
process.stdout.write(`${JSON.stringify({ pulls, kills }, null, values.json ? undefined : 2)}\n`);
process.exitCode = pulls.losses.length + kills.losses.length > 0 ? 1 : 0;
