import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startTestGateway, type TestGateway } from '@motcua/city-gateway/simulators';
import type { DossierManifest } from '@motcua/contract';
import { silentLogger, systemClock, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import { buildSpecimenDossier } from '@motcua/ocr-pipeline/dossier/specimen';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createUploadClient } from '../outbox/upload-client.ts';
import { type FaultProxy, type LineFault, startFaultProxy } from './fault-proxy.ts';
import { seededRandom } from './seeded-random.ts';

const DOSSIERS = 6;
const ids = systemIds(systemClock);
let folder: string;
let seal: Seal;
let gateway: TestGateway;
let proxy: FaultProxy;
let dossiers: { readonly manifest: DossierManifest; readonly bytes: Buffer }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-'));
  seal = await openSeal({
    folder: join(folder, 'seal'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Line',
  });
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await proxy.close();
  await gateway.close();
});

async function makeDossier() {
  const work = await mkdtemp(join(folder, 'dossier-'));
  const dossierId = ids.next();
  const built = await buildSpecimenDossier({
    folder: work,
    dossierId,
    seal,
    clock: systemClock,
    bytesPerPaper: 60_000,
  });
  const { size, sha256 } = built;
  const documents = built.documents.map(({ name, sha256 }) => ({ name, sha256 }));
  const about = { dossierId, kioskId: 'K-27475-01', procedureCode: '2.000815' };
  return { manifest: { ...about, size, sha256, documents }, bytes: await readFile(built.file) };
}

/** A kiosk's worker: it tries until the city has it, and goes on where its last note says. */
async function send({ manifest, bytes }: (typeof dossiers)[number]): Promise<string> {
  const client = createUploadClient({
    baseUrl: `http://127.0.0.1:${proxy.port}`,
    receiptCertificates: () => [gateway.receiptCertificatePem],
    chunkBytes: 40_000,
    idleTimeoutMs: 400,
  });
  const content = {
    size: bytes.length,
    read: (from: number, count: number) =>
      Readable.from(bytes.subarray(from, from + count), { objectMode: false }),
  };
  const { dossierId } = manifest;
  let resume: { url: string; offset: number } | null = null;
  for (let attempt = 0; attempt < 200; attempt++) {
    const sent = await client.upload({
      ...{ dossierId, manifest, content, resume },
      signal: AbortSignal.timeout(30_000),
      onPosition: (position) => {
        resume = position;
      },
    });
    if (sent.ok) return sent.value.receipt;
    if (sent.error.final) throw new Error(`refused: ${sent.error.detail}`);
  }
  throw new Error('it was never accepted');
}

const doublings: readonly LineFault[] = ['doubled-first-heard', 'doubled-second-heard', 'repeated'];
it.each<[string, readonly LineFault[]]>([
  ['requests that arrive twice', doublings],
  ['requests that arrive late, after later ones', ['late']],
  [
    'all of it together with cuts, resets and silence',
    [...doublings, 'late', 'refused', 'cut-request', 'cut-answer', 'reset-answer', 'stalled', 'slow'],
  ],
])('%s: the city has each dossier once, byte for byte', async (_, kinds) => {
  const errors: unknown[] = [];
  gateway = await startTestGateway({
    folder: await mkdtemp(join(folder, 'city-')),
    clock: systemClock,
    trust: () => [seal.certificatePem],
    logger: { ...silentLogger, error: (fields) => errors.push(fields) },
  });
  proxy = await startFaultProxy({
    to: Number(new URL(gateway.url).port),
    random: seededRandom(11),
    rate: 0.5,
    kinds,
  });
  dossiers = await Promise.all(Array.from({ length: DOSSIERS }, makeDossier));
  const receipts = await Promise.all(dossiers.map(send));
  proxy.calm();
  await proxy.delivered();
  for (const kind of kinds) expect(proxy.counts()[kind], kind).toBeGreaterThan(0);
  const codes: string[] = [];
  for (const [index, { manifest, bytes }] of dossiers.entries()) {
    const { dossierId } = manifest;
    expect(await gateway.store.withFile(dossierId, (file) => readFile(file))).toEqual(bytes);
    const row = await gateway.database.dossiers.get(dossierId);
    expect(row?.receipt).toBe(receipts[index]);
    codes.push(row?.code ?? '');
  }
  const numbers = codes.map((code) => Number(code.slice(-4))).sort((one, other) => one - other);
  expect(numbers).toEqual(Array.from({ length: DOSSIERS }, (__, index) => index + 1));
  expect(errors).toEqual([]);
});
