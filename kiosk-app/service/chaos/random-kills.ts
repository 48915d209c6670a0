import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@motcua/core';
import { openSeal } from '@motcua/ocr-pipeline/dossier';
import Database from 'better-sqlite3-multiple-ciphers';
import { createFileLayout } from '../store/file-layout.ts';
import { type Acknowledgement, findLosses } from './acknowledgement.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { Outcome } from './outcome.ts';
import { type MutantName, programOf, startKiosk } from './run-kiosk.ts';

const gatewayProgram = join(import.meta.dirname, '..', '..', 'city-gateway', 'main.ts');

export interface KillsOutcome extends Outcome {
  readonly kioskKills: number;
  readonly gatewayKills: number;
  readonly lineFaults: number;
  /** Dossiers that the city has accepted, each counted once. */
  readonly accepted: number;
}

/**
 * Kills the kiosk and the city's gateway at random moments, over a line that fails, and lets the kiosk then send what is
 * left. At the end the city must have every dossier that was acknowledged, once, byte for byte, under the number that
 * the kiosk has its receipt of, and a repeated commit must give that very receipt.
 */
export async function killAtRandom(options: {
  readonly kills: number;
  readonly random: () => number;
  readonly mutant?: MutantName;
  readonly onFault?: (faults: number) => void;
}): Promise<KillsOutcome> {
  const { random } = options;
  const folder = await mkdtemp(join(tmpdir(), 'kills-'));
  const data = join(folder, 'data');
  const city = join(folder, 'city');
  const certificate = join(city, 'receipt-key', 'device-certificate.pem');
  await mkdir(join(folder, 'trust'), { recursive: true });
  const seal = await openSeal({
    folder: join(folder, 'seal'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Chaos',
  });
  await writeFile(join(folder, 'trust', 'kiosk.pem'), seal.certificatePem);
  const port = await freePort();
  const startGateway = () => {
    const args = ['--data', city, '--trust', join(folder, 'trust'), '--port', String(port)];
    const program = programOf(gatewayProgram, args, options.mutant);
    // Thousands of dossiers in minutes, from one kiosk.
    const env = { ...program.env, MOTCUA_CITY_REQUESTS_PER_MINUTE: '1000000' };
    return spawn(process.execPath, program.args, { stdio: 'ignore', env });
  };
  let gateway = startGateway();
  const proxy = await startFaultProxy({ to: port, random, rate: 0.15 });
  const address = ['--city', `http://127.0.0.1:${proxy.port}`, '--certificate', certificate];
  const said: Acknowledgement[] = [];
  const kills = { kiosk: 0, gateway: 0 };
  try {
    await until(() => answers(port));
    while (kills.kiosk + kills.gateway < options.kills) {
      const kiosk = startKiosk([data, ...address]);
      // The first one makes a dossier at least: else a slow machine would leave nothing to compare.
      const isReady = () =>
        kills.kiosk > 0 ? kiosk.said().length > 1 : kiosk.said().some(({ kind }) => kind === 'dossier');
      while (!isReady() && kiosk.child.exitCode === null) await pause(10);
      await pause(random() * 1_200);
      if (random() < 0.3) {
        gateway.kill('SIGKILL');
        await ended(gateway);
        kills.gateway++;
        gateway = startGateway();
        await pause(random() * 1_000);
      }
      if (kiosk.child.exitCode !== null) throw new Error(`the kiosk ended by itself: ${kiosk.errors()}`);
      kiosk.child.kill('SIGKILL');
      await kiosk.over;
      kills.kiosk++;
      said.push(...kiosk.said());
      options.onFault?.(kills.kiosk + kills.gateway);
    }
    proxy.calm();
    await until(() => answers(port));
    const last = startKiosk([data, ...address, '--visits', '0']);
    // However much waits: only a kiosk that says nothing for a minute has stopped.
    let heard = -1;
    const watch = setInterval(() => {
      if (last.said().length === heard) last.child.kill('SIGKILL');
      heard = last.said().length;
    }, 60_000);
    await last.over;
    clearInterval(watch);
    said.push(...last.said());
    const losses = await findLosses(data, said);
    if (said.at(-1)?.kind !== 'end') losses.push('the outbox was not emptied');
    const { accepted, wrong } = await compareWithCity({ said, city, port });
    return {
      faults: kills.kiosk + kills.gateway,
      kioskKills: kills.kiosk,
      gatewayKills: kills.gateway,
      lineFaults: proxy.faults(),
      acknowledged: said.filter(({ kind }) => kind !== 'begin' && kind !== 'end').length,
      accepted,
      losses: [...losses, ...wrong],
    };
  } finally {
    gateway.kill('SIGKILL');
    await proxy.close();
    await rm(createFileLayout(data).working, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the city has, beside what the kiosk said. */
async function compareWithCity(sides: {
  readonly said: readonly Acknowledgement[];
  readonly city: string;
  readonly port: number;
}): Promise<{ readonly accepted: number; readonly wrong: string[] }> {
  const wrong: string[] = [];
  const db = new Database(join(sides.city, 'gateway.sqlite'), { readonly: true });
  const rows = db
    .prepare<[], { id: string; code: string; receipt: string }>(
      'SELECT id, code, receipt FROM dossiers WHERE receipt IS NOT NULL',
    )
    .all();
  db.close();
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const each of sides.said) {
    if (each.kind === 'receipt' && byId.get(each.id)?.code !== each.code)
      wrong.push(`the city knows ${each.id} under another number than its receipt`);
    if (each.kind !== 'dossier') continue;
    const bytes = await readFile(join(sides.city, 'dossiers', each.id)).catch(() => Buffer.alloc(0));
    if (!byId.has(each.id)) wrong.push(`the city does not have ${each.id}`);
    else if (createHash('sha256').update(bytes).digest('hex') !== each.sha256)
      wrong.push(`the city has other bytes of ${each.id}`);
  }
  const numbers = rows.map(({ code }) => Number(code.slice(-4))).sort((one, other) => one - other);
  if (numbers.some((number, index) => number !== index + 1))
    wrong.push('the city’s numbers have a gap or a double');
  for (const { id, receipt } of rows) {
    const answer = await fetch(`http://127.0.0.1:${sides.port}/dossiers/${id}/commit`, { method: 'POST' });
    const again = (await answer.json()) as { receipt?: string };
    if (again.receipt !== receipt) wrong.push(`a repeated commit of ${id} gave another receipt`);
  }
  return { accepted: rows.length, wrong };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error('the gateway does not start');
    await pause(50);
  }
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
