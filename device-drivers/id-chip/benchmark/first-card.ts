// A thread of its own, with nothing compiled yet: the first card after the kiosk's start.
import { parentPort, workerData } from 'node:worker_threads';
import { unwrap } from '@motcua/core';
import type { ChipKey } from '../open-chip.ts';
import { parseCertificate } from '../passive-authentication/certificate.ts';
import { readChip } from '../read-chip.ts';
import { fixedRandom, replaying, type Transcript } from './replayed-chip.ts';

export interface FirstCard {
  readonly transcript: Transcript;
  readonly key: ChipKey;
  readonly csca: Uint8Array;
  readonly seed: number;
  readonly lengths: ReadonlyMap<string, number>;
}

const { transcript, key, csca, seed, lengths } = workerData as FirstCard;
const trust = { certificates: [unwrap(parseCertificate(csca))] };
const start = process.threadCpuUsage();
let photoMs = 0;
const spent = () => {
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1_000;
};
const result = await readChip(
  replaying(transcript),
  {
    key,
    trust,
    onProgress: (progress) => {
      if (progress.step === 'proving') photoMs = spent();
    },
  },
  { random: fixedRandom(seed), now: () => new Date(), lengths: new Map(lengths) },
);
parentPort?.postMessage({ photoMs, endMs: spent(), ok: result.ok });
