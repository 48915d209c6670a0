import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedDossiers } from './judge-visits.ts';

const program = join(import.meta.dirname, '..', '..', 'cli', 'bin', 'motcua.mjs');

export interface DemoKills {
  readonly faults: number;
  readonly visits: number;
  readonly losses: readonly string[];
}

interface Report {
  readonly accepted: boolean;
  readonly dossierCode: string | null;
  readonly ticketNumber: string | null;
  readonly starts: number;
  readonly problem?: string;
}

/** From the start to the end of the demo, until one has been seen. */
const FIRST_GUESS_MS = 35_000;
const MAX_KILLS_PER_VISIT = 3;

/**
 * `motcua demo` with everything that it started, killed at random moments, in its start and its end too, and started
 * again until it comes to its end: the city must then have one dossier, and the report must name it.
 */
export async function killDemo(options: {
  readonly kills: number;
  readonly random: () => number;
  readonly say?: (line: string) => void;
}): Promise<DemoKills> {
  const { random, say = () => undefined } = options;
  const losses: string[] = [];
  let faults = 0;
  let visits = 0;
  let usual = FIRST_GUESS_MS;
  while (faults < options.kills && losses.length === 0) {
    const folder = await mkdtemp(join(tmpdir(), 'motcua-killed-'));
    visits++;
    let report: Report | null = null;
    for (let kills = 0; report === null; kills++) {
      const mayKill = kills < MAX_KILLS_PER_VISIT && faults < options.kills;
      const began = performance.now();
      const after = random() * usual;
      report = await runDemo(folder, mayKill ? after : null);
      if (report === null) {
        faults++;
        say(`the demo, after ${Math.round(after)} ms`);
      } else if (kills === 0) usual = performance.now() - began;
    }
    const city = acceptedDossiers(join(folder, 'world'));
    if (!report.accepted) losses.push(`the demo ended without its dossier: ${report.problem ?? ''}`);
    if (city.length !== 1 || city[0]?.code !== report.dossierCode)
      losses.push(
        `the city has ${city.map(({ code }) => code).join(', ')}; reported was ${report.dossierCode}`,
      );
    if (report.ticketNumber !== 'B001') losses.push(`the number became ${report.ticketNumber}`);
    if (losses.length === 0) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    else say(`what is there lies in ${folder}`);
  }
  return { faults, visits, losses };
}

/** Null: it was killed after this time. */
async function runDemo(folder: string, killAfterMs: number | null): Promise<Report | null> {
  const args = ['demo', '--json', '--folder', join(folder, 'world'), '--keep', join(folder, 'kept')];
  // A group of its own, which one signal kills as a whole.
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  let killed = false;
  const timer =
    killAfterMs !== null &&
    setTimeout(() => {
      if (child.exitCode !== null || child.pid === undefined) return;
      killed = true;
      process.kill(-child.pid, 'SIGKILL');
    }, killAfterMs);
  await new Promise((resolve) => child.once('close', resolve));
  if (timer) clearTimeout(timer);
  // Killed after it had reported: that visit was over.
  const whole = /^\{[\s\S]*^\}$/m.exec(said);
  if (whole) return JSON.parse(whole[0]) as Report;
  if (killed) return null;
  return {
    accepted: false,
    dossierCode: null,
    ticketNumber: null,
    starts: 0,
    problem: 'it reported nothing',
  };
}
