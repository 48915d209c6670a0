import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '@motcua/city-gateway/simulators';
import { systemClock } from '@motcua/core';
import { openSeal } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../chaos/fault-proxy.ts';
import { startKiosk } from '../chaos/run-kiosk.ts';
import { createFileLayout } from '../store/file-layout.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly offset: string | undefined;
  readonly bytes: number;
}

let folder: string;
let gateway: TestGateway;
let line: FaultProxy;
let seen: Seen[];
let onSeen: (request: Seen) => void;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resume-'));
  seen = [];
  onSeen = () => undefined;
  await mkdir(join(folder, 'seal'));
  const seal = await openSeal({
    folder: join(folder, 'seal'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Chaos',
  });
  gateway = await startTestGateway({
    folder: join(folder, 'city'),
    clock: systemClock,
    trust: () => [seal.certificatePem],
  });
  await writeFile(join(folder, 'receipts.pem'), gateway.receiptCertificatePem);
  line = await startFaultProxy({
    to: Number(new URL(gateway.url).port),
    random: () => 1,
    rate: 0,
    onRequest: ({ method, path, headers, bytes }) => {
      const request = { method, path, offset: headers['upload-offset'] as string | undefined, bytes };
      seen.push(request);
      onSeen(request);
    },
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await line.close();
  await gateway.close();
  await rm(createFileLayout(join(folder, 'data')).working, { recursive: true, force: true });
  await rm(folder, { recursive: true });
});

function kiosk(visits: number) {
  const run = startKiosk([
    ...[join(folder, 'data'), '--city', `http://127.0.0.1:${line.port}`],
    ...['--certificate', join(folder, 'receipts.pem'), '--visits', String(visits)],
  ]);
  children.push(run.child);
  return run;
}

/** A kiosk that is killed while the city has its first chunk and the second one is on its way; the upload's address. */
async function killInTheMiddle(): Promise<string> {
  const run = kiosk(1);
  onSeen = ({ method, offset }) => {
    if (method === 'PATCH' && offset !== '0') run.child.kill('SIGKILL');
  };
  await run.over;
  expect(run.child.signalCode).toBe('SIGKILL');
  await line.delivered();
  onSeen = () => undefined;
  return seen.find(({ method }) => method === 'PATCH')?.path ?? '';
}

it('a kiosk that was killed in the middle asks at the stored address and sends only the rest', async () => {
  const upload = await killInTheMiddle();
  const id = upload.split('/').at(-1) ?? '';
  const had = await gateway.store.receivedBytes(id);
  expect(had).toBeGreaterThan(0);
  seen.length = 0;
  const run = kiosk(0);
  await run.over;
  expect(run.said().map(({ kind }) => kind)).toEqual(['begin', 'receipt', 'end']);
  expect(seen[0]).toMatchObject({ method: 'HEAD', path: upload });
  expect(seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  const sent = seen.filter(({ method }) => method === 'PATCH');
  const size = await gateway.store.receivedBytes(id);
  expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(size - had);
});

it('a city that has forgotten the upload has it announced anew, and gets the whole', async () => {
  const upload = await killInTheMiddle();
  const id = upload.split('/').at(-1) ?? '';
  await gateway.database.dossiers.expire(id, new Date());
  await gateway.store.remove(id);
  seen.length = 0;
  const run = kiosk(0);
  await run.over;
  expect(run.said().map(({ kind }) => kind)).toEqual(['begin', 'receipt', 'end']);
  expect(seen.slice(0, 3).map(({ method }) => method)).toEqual(['HEAD', 'PUT', 'HEAD']);
  expect(seen.find(({ method }) => method === 'PATCH')?.offset).toBe('0');
});
