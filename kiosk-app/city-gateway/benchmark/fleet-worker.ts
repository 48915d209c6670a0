import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { MadeDossier } from './make-dossiers.ts';
import { createProtocolClient, expectStatus } from './protocol-client.ts';

/** Some of the kiosks, each with a connection of its own, all at once. */
export interface FleetTask {
  readonly url: string;
  readonly kiosks: readonly (readonly MadeDossier[])[];
  readonly chunkBytes: number;
  /** Rest of a kiosk between two dossiers, on average; 0: as fast as it can. */
  readonly pauseMs: number;
}

export interface FleetResult {
  readonly commitMs: readonly number[];
  readonly bytes: number;
}

const task = workerData as FleetTask;
const commitMs: number[] = [];
let bytes = 0;

async function runKiosk(dossiers: readonly MadeDossier[]): Promise<void> {
  const client = createProtocolClient(() => task.url);
  await pause(task.pauseMs * Math.random());
  for (const { file, manifest } of dossiers) {
    const sent = await client.send(manifest, file, task.chunkBytes);
    bytes += sent;
    const start = performance.now();
    expectStatus(await client.ask('POST', `/dossiers/${manifest.dossierId}/commit`), 200);
    commitMs.push(performance.now() - start);
    if (task.pauseMs > 0) await pause(task.pauseMs * (0.5 + Math.random()));
  }
  client.close();
}

// All workers begin together.
await once(parentPort!, 'message');
await Promise.all(task.kiosks.map(runKiosk));
parentPort!.postMessage({ commitMs, bytes } satisfies FleetResult);
