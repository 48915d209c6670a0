import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLogger } from '@motcua/core';
import { startShell } from './start-shell.ts';

/** `node main.ts --run-folder /run/motcua`: the screen of an installed kiosk, until SIGTERM or SIGINT. */
const { values } = parseArgs({ options: { 'run-folder': { type: 'string', default: '/run/motcua' } } });
const runFolder = values['run-folder'];
let origin: string;
try {
  origin = new URL(readFileSync(join(runFolder, 'address'), 'utf8').trim().slice(0, 200)).origin;
} catch {
  process.stderr.write(`${join(runFolder, 'address')}: no address of a running service there\n`);
  process.exit(1);
}
const logger = createLogger();
const shell = startShell({ origin, tokenFile: join(runFolder, 'token'), profile: 'appliance', logger });
logger.info({ kind: shell.kind, reason: shell.reason }, 'the shell runs');
if (shell.kind === 'address') process.exit(1);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void shell.close().then(() => process.exit(0)));
