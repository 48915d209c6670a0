import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, manualClock, silentLogger, systemIds } from '@motcua/core';
import { openSeal } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from './simulators/index.ts';
import { createTestKiosk, makeTestDossier } from './simulators/test-kiosk.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const ids = systemIds(clock);
let folder: string;
let disk: string;
let gateway: TestGateway | undefined;
const kiosk = createTestKiosk(() => gateway?.url ?? '');

const run = async (program: string, ...args: string[]) => {
  const done = await exec(program, args, { timeoutMs: 20_000 });
  if (!done.ok) throw new Error(`${program}: ${done.error.code}`);
};

/** A small disk of memory, which only root may mount. */
describe.skipIf(process.getuid?.() !== 0)('a full disk', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-full-'));
    disk = await mkdtemp(join(tmpdir(), 'gateway-disk-'));
    await run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk);
  });
  afterEach(async () => {
    kiosk.close();
    await gateway?.close();
    gateway = undefined;
    await run('umount', '-l', disk);
  });

  async function open(reservedBytes: number) {
    const seal = await openSeal({
      folder: join(folder, 'keys'),
      clock,
      kioskId: 'K-27475-01',
      kioskName: 'Kiosk',
    });
    gateway = await startTestGateway({
      folder: disk,
      clock,
      logger: silentLogger,
      trust: () => [seal.certificatePem],
      reservedBytes,
    });
    return (bytesPerPaper: number) => makeTestDossier({ folder, seal, clock, ids, bytesPerPaper });
  }
  const later = { status: 503, json: { code: 'storage-full' }, headers: { 'retry-after': '60' } };

  it('takes no new dossier in when little is left, and says so', async () => {
    const dossier = await open(512 * 1_048_576);
    const one = await dossier(5_000);
    expect(await kiosk.announce(one)).toMatchObject(later);
    expect(await gateway?.database.dossiers.get(one.id)).toBeUndefined();
    // What it has taken it answers for all the same.
    await gateway?.close();
    await open(0);
    const receipt = await kiosk.take(one);
    await gateway?.close();
    await open(512 * 1_048_576);
    expect(await kiosk.announce(one)).toMatchObject({ status: 200, json: { state: 'accepted' } });
    expect((await kiosk.commit(one)).text).toBe(receipt.text);
  });

  it('that fills in the middle of a chunk: what fitted stays, the rest goes when there is room again', async () => {
    const dossier = await open(0);
    const filler = await dossier(1_000_000);
    const one = await dossier(700_000);
    await kiosk.announce(one);
    await kiosk.announce(filler);
    expect((await kiosk.send(filler)).status).toBe(204);
    expect(await kiosk.send(one)).toMatchObject(later);
    const offset = Number((await kiosk.head(one)).headers['upload-offset']);
    expect(offset).toBeLessThan(one.bytes.length);
    await gateway?.store.remove(filler.id);
    expect((await kiosk.send(one, one.bytes.subarray(offset), offset)).status).toBe(204);
    expect((await kiosk.commit(one)).status).toBe(200);
  });
});
