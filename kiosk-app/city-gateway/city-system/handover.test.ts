import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, silentLogger, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CitySystemSimulator, startCitySystemSimulator } from '../simulators/city-system-simulator.ts';
import { startTestGateway, type TestGateway } from '../simulators/index.ts';
import { createTestKiosk, makeTestDossier } from '../simulators/test-kiosk.ts';
import { askStatuses, handOverNext, startHandover } from './handover.ts';
import { createNationalPortal } from './national-portal.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const ids = systemIds(clock);
let folder: string;
let seal: Seal;
let gateway: TestGateway;
let city: CitySystemSimulator;
let code: string;
let id: string;
let system: ReturnType<typeof createNationalPortal>;
const kiosk = createTestKiosk(() => gateway.url);
afterAll(kiosk.close);

const connectTo = (password = 'right') =>
  createNationalPortal({ url: city.url, unit: '000.00.15.H29', user: 'gateway', password });
const deps = () => ({
  system,
  database: gateway.database,
  store: gateway.store,
  trust: async () => [seal.certificatePem],
  clock,
  logger: silentLogger,
  random: () => 0,
});
const attempt = (limitMs = 10_000) => handOverNext(deps(), system, AbortSignal.timeout(limitMs));
const row = () => gateway.database.handovers.get(id);

beforeEach(async () => {
  clock.set('2026-10-08T02:10:00Z');
  folder = await mkdtemp(join(tmpdir(), 'handover-'));
  seal = await openSeal({ folder: join(folder, 'keys'), clock, kioskId: 'K-27475-01', kioskName: 'Kiosk' });
  gateway = await startTestGateway({ folder, clock, trust: () => [seal.certificatePem] });
  city = await startCitySystemSimulator();
  system = connectTo();
  const dossier = await makeTestDossier({ folder, seal, clock, ids });
  id = dossier.id;
  code = (await kiosk.claimsOf(await kiosk.take(dossier))).dossierCode ?? '';
});
afterEach(async () => {
  await gateway.close();
  await city.close();
});

describe('handing over to the city system', () => {
  it('sends what the receipt and the dossier say, once, in the words of the national portal', async () => {
    expect(await attempt()).toBe(true);
    expect(await attempt()).toBe(false);
    expect(city.dossiers.get(code)).toMatchObject({
      made: 1,
      updated: 0,
      data: {
        MaHoSo: code,
        MaTTHC: '2.000815',
        ChuHoSo: 'Nguyễn Thị Mẫu',
        NgayTiepNhan: '20261008091000',
        NgayHenTra: '20261008170000',
        TrangThaiHoSo: '2',
        DonViXuLy: 'UBND phường Tân Hưng',
      },
    });
    expect(await row()).toMatchObject({ state: 'done', status: 2, problem: null });
  });

  it.each([
    '503',
    'hang',
    'html',
    'endless',
  ] as const)('tries again after a pause that grows: %s', async (fault) => {
    city.setFault(fault);
    for (const pauseMs of [2_500, 5_000, 10_000]) {
      await attempt(500);
      expect(await row()).toMatchObject({ state: 'waiting' });
      expect((await row())!.next_attempt_at - clock.now().getTime()).toBe(pauseMs);
      expect(await attempt()).toBe(false);
      clock.advance(pauseMs);
    }
    city.setFault('none');
    await attempt();
    expect(city.dossiers.get(code)).toMatchObject({ made: 1, updated: 0 });
  });

  it('makes no second one when the answer was lost, and leaves one alone that an officer has in hand', async () => {
    city.setFault('deaf');
    await attempt();
    expect(await row()).toMatchObject({ state: 'waiting', problem: 'handover-broke-off' });
    city.setFault('none');
    city.setStatus(code, 4);
    clock.advance(10_000);
    await attempt();
    expect(city.dossiers.get(code)).toMatchObject({ made: 1, updated: 0 });
    expect(await row()).toMatchObject({ state: 'done', status: 4 });
  });

  it('sends the same again as an update, when it is there and nobody has touched it', async () => {
    city.setFault('deaf');
    await attempt();
    city.setFault('none');
    clock.advance(10_000);
    await attempt();
    expect(city.dossiers.get(code)).toMatchObject({ made: 1, updated: 1 });
  });

  it('logs in again when its session has ended; a wrong password waits for an operator', async () => {
    await attempt();
    city.endSessions();
    await kiosk.take(await makeTestDossier({ folder, seal, clock, ids }));
    await attempt();
    expect(city.dossiers.size).toBe(2);
    await kiosk.take(await makeTestDossier({ folder, seal, clock, ids }));
    system = connectTo('wrong');
    await attempt();
    expect(await gateway.database.handovers.counts()).toEqual({ waiting: 1, done: 2, refused: 0 });
  });

  it('sets a dossier aside that the system refuses, goes on with the next, and takes it up when it is mended', async () => {
    city.setFault('refuse');
    await attempt();
    expect(await row()).toMatchObject({ state: 'refused', problem: 'system-error-422' });
    city.setFault('none');
    await kiosk.take(await makeTestDossier({ folder, seal, clock, ids }));
    expect(await attempt()).toBe(true);
    expect(await attempt()).toBe(false);
    expect(await gateway.database.handovers.retry(id, clock.now())).toBe(true);
    await attempt();
    expect(city.dossiers.size).toBe(2);
  });

  it('runs by itself: what is accepted is handed over, and what a dead gateway held is taken up after its lease', async () => {
    await gateway.database.handovers.claim(clock.now(), 600_000);
    clock.advance(600_000);
    const handover = startHandover(deps());
    await expect.poll(row).toMatchObject({ state: 'done' });
    await kiosk.take(await makeTestDossier({ folder, seal, clock, ids }));
    handover.kick();
    await expect.poll(() => city.dossiers.size).toBe(2);
    await handover.stop();
  });
});

describe('what became of a dossier', () => {
  const HOUR_MS = 3_600_000;
  const ask = () => askStatuses(deps(), system, AbortSignal.timeout(500));
  const status = async () => (await kiosk.post('/dossiers/statuses', { dossierIds: [id] })).json['statuses'];

  it('is asked for until it is over, and told to its kiosk', async () => {
    expect(await status()).toEqual([{ dossierId: id, status: 2, handover: 'waiting' }]);
    await attempt();
    expect(await ask()).toBe(0);
    city.setStatus(code, 5);
    clock.advance(HOUR_MS);
    expect(await ask()).toBe(1);
    expect(await status()).toEqual([{ dossierId: id, status: 5, handover: 'done' }]);
    expect(await ask()).toBe(0);
    city.setStatus(code, 10);
    clock.advance(HOUR_MS);
    expect(await ask()).toBe(1);
    expect(await row()).toMatchObject({ status: 10, next_status_at: null });
    clock.advance(1_000 * HOUR_MS);
    expect(await ask()).toBe(0);
  });

  it.each([
    '503',
    'hang',
    'html',
    'endless',
  ] as const)('stays what it was while the system is %s', async (fault) => {
    await attempt();
    city.setStatus(code, 9);
    city.setFault(fault);
    clock.advance(HOUR_MS);
    expect(await ask()).toBe(0);
    expect(await row()).toMatchObject({ state: 'done', status: 2 });
    expect(await ask()).toBe(0);
    city.setFault('none');
    clock.advance(HOUR_MS);
    expect(await ask()).toBe(1);
    expect(await row()).toMatchObject({ status: 9 });
  });

  it('is not asked for without an end', async () => {
    await attempt();
    let questions = 0;
    for (let day = 0; day < 100; day++) {
      clock.advance(24 * HOUR_MS);
      questions += await ask();
    }
    expect(questions).toBeGreaterThan(40);
    expect(questions).toBeLessThan(60);
    expect(await row()).toMatchObject({ next_status_at: null });
  });

  it.each([
    [{}],
    [{ dossierIds: [] }],
    [{ dossierIds: Array(101).fill('x') }],
    [{ dossierIds: [7] }],
  ])('a question such as %j is refused', async (question) =>
    expect(await kiosk.post('/dossiers/statuses', question)).toMatchObject({
      status: 422,
      json: { code: 'question-refused' },
    }));
});

describe('the look-up', () => {
  it('tells the status that the city system has', async () => {
    const claims = await kiosk.claimsOf(await kiosk.commit({ id }));
    const ask = async (lookUpSecret: string, dossierCode = code) =>
      (await kiosk.post('/status', { dossierCode, lookUpSecret })).json;
    const secret = claims.lookUpSecret ?? '';
    expect(await ask(secret)).toEqual({
      dossierCode: code,
      status: 2,
      receivedAt: '2026-10-08T09:10:00+07:00',
      dueAt: '2026-10-08T17:00:00+07:00',
      receivingUnit: 'UBND phường Tân Hưng',
      settlingUnit: 'UBND phường Tân Hưng',
    });
    await gateway.database.handovers.done(id, 9, { since: 1, next: null });
    // As people type it.
    expect(await ask(` ${secret.toLowerCase().replace('-', ' ')}`, ` ${code.toLowerCase()} `)).toMatchObject({
      status: 9,
    });
    for (const [wrong, asked] of [
      ['AAAAA-AAAAA', code],
      [secret, 'H29.15-261008-9999'],
      ['-', code],
    ] as const)
      expect(await ask(wrong, asked)).toMatchObject({ code: 'status-unknown' });
  });
});
