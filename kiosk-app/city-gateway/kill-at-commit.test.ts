import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import { systemClock, systemIds } from '@motcua/core';
import { openSeal, verifyReceipt } from '@motcua/ocr-pipeline/dossier';
import { buildSpecimenDossier } from '@motcua/ocr-pipeline/dossier/specimen';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The real process, killed by strace with SIGKILL at the N-th system call of a kind while it commits. */
const ids = systemIds(systemClock);
const codes: string[] = [];
let folder: string;
let port: number;
let gateway: ChildProcess;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function start(): Promise<void> {
  const args = ['--data', join(folder, 'data'), '--trust', join(folder, 'trust'), '--port', String(port)];
  gateway = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await lineOf(gateway, 'the city gateway listens');
  gateway.stderr?.resume();
}

/** Resolves when the program has said `text` on standard error; rejects when it ends before. */
function lineOf(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`ended before "${text}": ${seen.slice(-500)}`)));
  });
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once('exit', () => resolve()));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
  await mkdir(join(folder, 'data'));
  await mkdir(join(folder, 'trust'));
  port = await freePort();
  await start();
});
afterAll(async () => {
  gateway.kill('SIGKILL');
  await ended(gateway);
});

async function uploadOne(): Promise<DossierManifest> {
  const seal = await openSeal({
    folder: join(folder, 'kiosk'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk',
  });
  await writeFile(join(folder, 'trust', 'kiosk.pem'), seal.certificatePem);
  const dossierId = ids.next();
  const built = await buildSpecimenDossier({
    folder,
    dossierId,
    seal,
    clock: systemClock,
    bytesPerPaper: 500,
  });
  const manifest = {
    dossierId,
    kioskId: 'K-27475-01',
    procedureCode: '2.000815',
    size: built.size,
    sha256: built.sha256,
    documents: built.documents.map(({ name, sha256 }) => ({ name, sha256 })),
  };
  const put = await fetch(`http://127.0.0.1:${port}/dossiers/${dossierId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(manifest),
  });
  const patch = await fetch(`http://127.0.0.1:${port}/uploads/${dossierId}`, {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(await readFile(built.file)),
  });
  expect([put.status, patch.status]).toEqual([200, 204]);
  return manifest;
}

async function commit(id: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/dossiers/${id}/commit`, { method: 'POST' });
    return ((await answer.json()) as { receipt?: string }).receipt;
  } catch {
    return undefined;
  }
}

async function claimsOf(receipt: string | undefined): Promise<ReceiptClaims> {
  const certificate = await (await fetch(`http://127.0.0.1:${port}/receipt-certificate`)).text();
  const verified = await verifyReceipt(receipt ?? '', [certificate]);
  if (!verified.ok) throw new Error(verified.error.code);
  return verified.value.claims as ReceiptClaims;
}

/** One commit with the process killed at the `when`-th `call`. True when it died of it. */
async function commitAndKill(call: string, when: number): Promise<boolean> {
  const manifest = await uploadOne();
  const strace = spawn(
    'strace',
    [
      '-f',
      '-p',
      String(gateway.pid),
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:signal=SIGKILL:when=${when}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await lineOf(strace, 'attached');
  const first = await commit(manifest.dossierId);
  const died = first === undefined;
  if (died) {
    await ended(gateway);
    await start();
  } else strace.kill('SIGINT');
  await ended(strace);
  const again = await commit(manifest.dossierId);
  // What was answered stays what it was; what was not answered is answered now.
  if (first !== undefined) expect(again).toBe(first);
  const claims = await claimsOf(again);
  expect(claims).toMatchObject({ dossierId: manifest.dossierId, sha256: manifest.sha256 });
  expect(await commit(manifest.dossierId)).toBe(again);
  codes.push(claims.dossierCode);
  return died;
}

describe('a gateway killed while it commits', () => {
  it.each(['fsync,fdatasync', 'pwrite64'])('takes the dossier at the repeated commit: %s', async (call) => {
    let kills = 0;
    while (kills < 40 && (await commitAndKill(call, kills + 1))) kills++;
    // Each transaction writes and syncs: fewer kills would mean that the harness missed the commit.
    expect(kills).toBeGreaterThanOrEqual(2);
    expect(kills).toBeLessThan(40);
  });

  it('has given every dossier one number, without gap or double', () => {
    const numbers = codes.map((code) => Number(code.slice(-4))).sort((a, b) => a - b);
    expect(numbers).toEqual(codes.map((_, index) => index + 1));
  });
});

describe('a chunk that is acknowledged', () => {
  it('is on the disk before the answer goes out, and so is the folder of a new upload', async () => {
    const log = join(folder, 'trace');
    const calls = 'trace=fsync,fdatasync,write,writev,sendto';
    const strace = spawn(
      'strace',
      ['-f', '-y', '-s', '40', '-o', log, '-e', calls, '-p', String(gateway.pid)],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    await lineOf(strace, 'attached');
    const { dossierId } = await uploadOne();
    strace.kill('SIGINT');
    await ended(strace);
    const lines = (await readFile(log, 'utf8')).split('\n');
    const first = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    const [folderSync, announced] = [first(/f(data)?sync\(\d+<[^>]*\/dossiers>/), first(/HTTP\/1\.1 200/)];
    const [fileSync, answered] = [
      lines.findLastIndex((line) => new RegExp(`f(data)?sync\\(\\d+<[^>]*/${dossierId}>`).test(line)),
      first(/HTTP\/1\.1 204/),
    ];
    expect(folderSync).toBeGreaterThanOrEqual(0);
    expect(folderSync).toBeLessThan(announced);
    expect(fileSync).toBeGreaterThan(announced);
    expect(fileSync).toBeLessThan(answered);
  });
});
