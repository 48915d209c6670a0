// `npm run bench:upload [-- --kiosks 1000 --dossiers 20 --file-mb 64 --rounds 5 --folder DIR]`: the gateway as its own
// process, on this machine's disk, by the real protocol. Beside it, in the same run and on the same files, the least
// that a server can do which takes a file and does not lose it. Dossiers are sealed by the kiosk's own code; the first
// run of a size makes them and keeps them in DIR.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { systemClock, systemIds } from '@motcua/core';
import type { FleetResult, FleetTask } from './fleet-worker.ts';
import { createServerProcess, type ServerProcess } from './gateway-process.ts';
import { type MadeDossier, makeDossiers } from './make-dossiers.ts';
import { createProtocolClient, expectStatus } from './protocol-client.ts';

const { values } = parseArgs({
  options: {
    kiosks: { type: 'string', default: '40' },
    dossiers: { type: 'string', default: '5' },
    'file-mb': { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    kills: { type: 'string', default: '7' },
    folder: { type: 'string', default: join(tmpdir(), 'motcua-bench-upload') },
    json: { type: 'boolean', default: false },
  },
});
const [kiosks, perKiosk, fileMb, rounds, kills] = [
  values.kiosks,
  values.dossiers,
  values['file-mb'],
  values.rounds,
  values.kills,
].map(Number) as [number, number, number, number, number];
const MIB = 1_048_576;
const ids = systemIds(systemClock);
const rows: (readonly [what: string, value: string])[] = [];
const tell = (what: string, value: string) => {
  rows.push([what, value]);
  if (!values.json) console.log(`${what.padEnd(58)} ${value}`);
};
const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

await mkdir(values.folder, { recursive: true });
const work = await mkdtemp(join(values.folder, 'run-'));
const trust = join(work, 'trust');
await mkdir(trust);
const env = {
  MOTCUA_CITY_DATA: join(work, 'city'),
  MOTCUA_CITY_TRUST: trust,
  MOTCUA_CITY_REQUESTS_PER_MINUTE: '1000000000',
  MOTCUA_LOG_LEVEL: 'info',
};
await mkdir(env.MOTCUA_CITY_DATA);
const gateway = createServerProcess('../main.ts', env);
const plain = createServerProcess('plain-put-server.ts', env);
try {
  await gateway.start();
  await plain.start();
  await compareThroughput(gateway, plain);
  await plain.kill();
  await countSentAgain(gateway);
  await gateway.kill();
  await gateway.start();
  await runFleet(gateway);
} finally {
  await gateway.kill();
  await plain.kill();
  await rm(work, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(Object.fromEntries(rows), null, 2));

/** The same file, by turns to one and to the other, so that what else the machine does hits both alike. */
async function compareThroughput(city: ServerProcess, other: ServerProcess): Promise<void> {
  const file = join(work, 'file');
  await writeFile(file, randomBytes(fileMb * MIB));
  const viaPut = createProtocolClient(other.url);
  const viaTus = createProtocolClient(city.url);
  const seconds = async (task: () => Promise<unknown>) => {
    const start = performance.now();
    await task();
    return (performance.now() - start) / 1_000;
  };
  for (const chunkMb of [8, 4, 1]) {
    const [put, tus, ratios]: [number[], number[], number[]] = [[], [], []];
    const processor = async () =>
      [(await city.usage()).cpuSeconds, (await other.usage()).cpuSeconds] as const;
    let before = await processor();
    // The first of each warms up.
    for (let round = 0; round <= rounds; round++) {
      const plainly = await seconds(async () =>
        expectStatus(await viaPut.ask('PUT', `/${ids.next()}`, { file, from: 0, bytes: fileMb * MIB }), 204),
      );
      const resumably = await seconds(() => viaTus.send(manifestFor(fileMb * MIB), file, chunkMb * MIB));
      if (round === 0) {
        before = await processor();
        continue;
      }
      put.push(plainly);
      tus.push(resumably);
      ratios.push(plainly / resumably);
    }
    const [slow, fast] = [fileMb / median(tus), fileMb / median(put)];
    tell(
      `${fileMb} MiB in chunks of ${chunkMb} MiB ÷ one plain fsynced PUT`,
      `${median(ratios).toFixed(2)} × (${slow.toFixed(0)} and ${fast.toFixed(0)} MiB/s)`,
    );
    const after = await processor();
    // On a busy machine this tells more than the clock.
    const used = after.map(
      (seconds, index) => ((seconds - (before[index] ?? 0)) * 1_000) / (rounds * fileMb),
    );
    tell('  processor time of the servers, ms/MiB', used.map((one) => one.toFixed(2)).join(' and '));
  }
  viaPut.close();
  viaTus.close();
}

function manifestFor(size: number) {
  return {
    dossierId: ids.next(),
    kioskId: 'K-bench',
    procedureCode: '2.000815',
    size,
    sha256: '0'.repeat(64),
    documents: [],
  };
}

/** Kills of the gateway in the middle of chunks of 8 MiB, at moments spread over the upload. */
async function countSentAgain(city: ServerProcess): Promise<void> {
  const file = join(work, 'file');
  const manifest = manifestFor(fileMb * MIB);
  let onLine = 0;
  let done = 0;
  for (let tries = 0, arrived = false; !arrived && tries < 100; tries++) {
    const client = createProtocolClient(city.url);
    const sending = client.send(manifest, file, 8 * MIB, (sent) => {
      if (done >= kills || sent < (tries % 3) * 8 * MIB) return;
      done++;
      setTimeout(() => void city.kill(), 3 + (tries % 5) * 4);
    });
    arrived = await sending.then(
      () => true,
      () => false,
    );
    onLine += client.bytesOnLine();
    client.close();
    if (arrived) break;
    await city.kill();
    await city.start();
  }
  const again = Math.max(0, onLine - manifest.size) / MIB;
  tell(
    `given to the line again after ${done} kills of the gateway, ${fileMb} MiB`,
    `${again.toFixed(2)} MiB (${(again / Math.max(1, done)).toFixed(2)} a kill)`,
  );
}

async function runFleet(city: ServerProcess): Promise<void> {
  const all: (readonly MadeDossier[])[] = [];
  for (let number = 1; number <= kiosks; number++) {
    const kioskId = `K-${String(number).padStart(5, '0')}`;
    const made = await makeDossiers({
      folder: join(values.folder, 'dossiers'),
      kioskId,
      unitCode: `H29.${(number % 168) + 1}`,
      count: perKiosk,
    });
    await writeFile(join(trust, `${kioskId}.pem`), made.certificatePem);
    all.push(made.dossiers);
  }
  // Most of them as fast as the gateway takes them; the rest at half that pace, as a busy city would send.
  const cut = Math.max(1, Math.floor(perKiosk * 0.75));
  const burst = await sendAll(
    city,
    all.map((one) => one.slice(0, cut)),
    0,
  );
  tell(`${kiosks} kiosks × ${cut} dossiers at once: accepted`, `${burst.perSecond.toFixed(1)} a second`);
  tell('  commit p50, p99 (every kiosk waits for every other)', `${burst.p50} ms, ${burst.p99} ms`);
  tell(
    '  bytes',
    `${(burst.bytes / MIB).toFixed(0)} MiB, ${(burst.bytes / MIB / burst.seconds).toFixed(1)} MiB/s`,
  );
  if (perKiosk > cut) {
    const pauseMs = (kiosks / (burst.perSecond / 2)) * 1_000;
    const steady = await sendAll(
      city,
      all.map((one) => one.slice(cut)),
      pauseMs,
    );
    tell(
      `${kiosks} kiosks × ${perKiosk - cut} at half of that pace: accepted`,
      `${steady.perSecond.toFixed(1)} a second`,
    );
    tell('  commit p50, p99', `${steady.p50} ms, ${steady.p99} ms`);
  }
  const { cpuSeconds, peakMb } = await city.usage();
  tell('gateway: peak memory', `${peakMb.toFixed(0)} MB`);
  tell('gateway: processor time a dossier', `${((cpuSeconds * 1_000) / (kiosks * perKiosk)).toFixed(1)} ms`);
  await assertAllAccepted(city, all);
}

async function sendAll(city: ServerProcess, all: readonly (readonly MadeDossier[])[], pauseMs: number) {
  const threads = Math.min(cpus().length, all.length);
  const workers = Array.from({ length: threads }, (_, thread) => {
    const own = all.filter((_, index) => index % threads === thread);
    const task: FleetTask = { url: city.url(), kiosks: own, chunkBytes: 8 * MIB, pauseMs };
    return new Worker(join(import.meta.dirname, 'fleet-worker.ts'), { workerData: task });
  });
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
  const results = workers.map(
    (worker) =>
      new Promise<FleetResult>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
  );
  const start = performance.now();
  for (const worker of workers) worker.postMessage('go');
  const done = await Promise.all(results);
  const seconds = (performance.now() - start) / 1_000;
  const commits = done.flatMap((one) => one.commitMs).sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(commits[Math.min(commits.length - 1, Math.floor(commits.length * share))] ?? 0);
  const bytes = done.reduce((sum, one) => sum + one.bytes, 0);
  return { seconds, bytes, perSecond: commits.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/** Each exactly once: as many different codes as dossiers. */
async function assertAllAccepted(
  city: ServerProcess,
  all: readonly (readonly MadeDossier[])[],
): Promise<void> {
  const client = createProtocolClient(city.url);
  const codes = new Set<string>();
  for (const { manifest } of all.flat()) {
    const { text } = expectStatus(await client.ask('GET', `/dossiers/${manifest.dossierId}`), 200);
    codes.add((JSON.parse(text) as { dossierCode: string }).dossierCode);
  }
  client.close();
  tell('dossiers accepted, different codes', `${all.flat().length}, ${codes.size}`);
  if (codes.size !== all.flat().length) process.exitCode = 1;
}
