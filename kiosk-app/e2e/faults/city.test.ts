import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type FaultyGateway, type GatewayFault, startFaultyGateway } from '@motcua/city-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk } from '../kiosk.ts';
import { alerts, blankPage, expectSentence, finish, outbox, serviceLog, walkToReview } from './fault-kit.ts';
import { type LineToCity, openLineToCity } from './line-to-city.ts';

describe('a city that does not take the dossier', () => {
  let kiosk: Kiosk;
  let line: LineToCity;
  let faulty: FaultyGateway;
  let folder: string;
  let page: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motcua-faulty-city-'));
    page = await blankPage(folder);
    line = await openLineToCity();
    faulty = await startFaultyGateway({ behaviour: 'none' });
    const certificate = join(folder, 'faulty.pem');
    await writeFile(certificate, faulty.receiptCertificatePem);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(join(folder, 'export-key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    await writeFile(join(folder, 'city-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    kiosk = await openKiosk({
      cityWaitMs: 3_000,
      adjust: (site) => ({
        ...site,
        city: {
          ...site.city,
          baseUrl: line.url,
          exportKey: join(folder, 'export-key.pem'),
          idleTimeoutMs: 1_000,
          retry: { firstDelayMs: 100, longestDelayMs: 1_000 },
          // Its receipts are trusted, so that only what is wrong with them can make the kiosk refuse them.
          receiptCertificates: [...site.city.receiptCertificates, certificate],
        },
      }),
    });
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
    await Promise.all([line.close(), faulty.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Dossiers that the real gateway has numbered. */
  const received = async () => (await readdir(join(kiosk.folder, 'city', 'dossiers')).catch(() => [])).sort();
  const printed = () => kiosk.demo.printer.papers().length;

  /** A visit up to the receipt while the city is as `line` leads. */
  async function submitUnderTrouble(code: string) {
    await walkToReview(kiosk, page);
    const before = printed();
    await kiosk.driver.submit();
    const submission = await kiosk.driver.receipt();
    expect(submission.receipt).toBe('provisional');
    expect(submission.dossierCode).toBeNull();
    expect(printed()).toBe(before + 1);
    expect(submission.problem?.code).toBe(code);
    await expectSentence(kiosk, code);
    return submission.dossierId ?? '';
  }

  async function emptied(): Promise<void> {
    await expect.poll(async () => (await outbox(kiosk)).length, { timeout: 15_000 }).toBe(0);
  }

  it('down: a provisional receipt; when it is back, the official one follows while the person is still there', async () => {
    line.leadTo(null);
    await submitUnderTrouble('city-unreachable');
    expect(await outbox(kiosk)).toHaveLength(1);

    const before = printed();
    line.leadTo(kiosk.demo.gatewayUrl);
    const healed = await kiosk.driver.until(
      ({ submission }) => submission.receipt === 'official' && submission.print?.state === 'printed',
      'the official receipt',
    );
    expect(healed.submission.state).toBe('accepted');
    expect(healed.submission.problem).toBeNull();
    expect(printed()).toBe(before + 1);
    await kiosk.browser.page
      .getByText(healed.submission.dossierCode ?? '?')
      .first()
      .waitFor();
    expect(await alerts(kiosk)).toEqual([]);
    await emptied();
    await finish(kiosk);
  });

  it('killed for good: the visit ends; the dossier follows by itself after both were started again', async () => {
    await kiosk.demo.gateway.stop('SIGKILL');
    const dossierId = await submitUnderTrouble('city-unreachable');
    await finish(kiosk);
    await kiosk.demo.service.kill();
    await kiosk.demo.ready();
    expect(await outbox(kiosk)).toHaveLength(1);
    kiosk.demo.gateway.start();
    await emptied();
    expect((await received()).join()).toContain(dossierId);
    await kiosk.driver.onScreen('attract');
  });

  const faults: readonly (readonly [GatewayFault, string])[] = [
    ['hang', 'city-timeout'],
    ['500', 'city-error'],
    ['nonsense', 'city-nonsense'],
    ['html', 'city-nonsense'],
    ['html-400', 'city-nonsense'],
    ['redirect', 'city-nonsense'],
    ['endless', 'city-nonsense'],
    ['wrong-signature', 'receipt-invalid'],
    ['other-dossier', 'receipt-invalid'],
  ];

  it('answering wrongly in every other way: each visit ends with a receipt, and every dossier arrives', async () => {
    const dossiers: string[] = [];
    line.leadTo(faulty.url);
    for (const [behaviour, code] of faults) {
      faulty.setBehaviour(behaviour);
      dossiers.push(await submitUnderTrouble(code));
      expect(await serviceLog(kiosk)).toContain(`"code":"${code}"`);
      await finish(kiosk);
    }
    // Those before are tried again at the same faulty city, and none is lost or taken as accepted.
    expect(await outbox(kiosk)).toHaveLength(faults.length);

    line.leadTo(kiosk.demo.gatewayUrl);
    await emptied();
    const there = (await received()).join();
    for (const dossier of dossiers) expect(there).toContain(dossier);
    expect(new Set(dossiers).size).toBe(faults.length);
  }, 120_000);

  it('refusing for good: the person is sent to the counter, and it is not sent again', async () => {
    line.leadTo(faulty.url);
    faulty.setBehaviour('refuse');
    await submitUnderTrouble('city-refused');
    expect((await kiosk.driver.visit()).submission.state).toBe('refused');
    expect(await outbox(kiosk)).toHaveLength(0);
    await finish(kiosk);
  });

  it('what it refused travels on a stick, readable by the city alone, and is accepted there', async () => {
    const motcua = join(import.meta.dirname, '..', '..', 'cli', 'bin', 'motcua.mjs');
    const command = async (...args: string[]) => {
      const config = args.includes('import') ? [] : ['--config', kiosk.demo.configFile];
      return (await promisify(execFile)(process.execPath, [motcua, ...args, ...config])).stdout;
    };
    const stick = join(folder, 'stick');
    await mkdir(stick);
    expect(await command('outbox', 'export', stick)).toContain('1 dossiers');
    const [sealed = '', envelope = ''] = (await readdir(stick)).sort();
    expect((await readFile(join(stick, sealed))).includes('%PDF')).toBe(false);
    const id = envelope.slice(0, 26);
    expect(sealed).toContain(id);
    const gateway = ['--city', kiosk.demo.gatewayUrl, '--certificate'];
    const certificate = join(kiosk.folder, 'city', 'receipt-certificate.pem');
    const sent = await command(
      'outbox',
      'import',
      stick,
      '--key',
      join(folder, 'city-key.pem'),
      ...gateway,
      certificate,
    );
    expect(sent).toContain(`${id}  accepted`);
    expect((await received()).join()).toContain(id);
    // The kiosk sends it again, and gets the receipt that the city gave for the stick's.
    line.leadTo(kiosk.demo.gatewayUrl);
    expect(await command('outbox', 'resend', id)).toContain('done');
    await emptied();
    expect(await command('outbox')).toContain('Nothing waits');
    expect(await command('audit', 'verify')).toMatch(/^whole: \d+ entries/);
    expect(await command('backup')).toContain('kiosk-');
  });
});
