import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, systemClock, systemIds } from '@motcua/core';
import { openDeviceKey, openSeal, signAuditHead } from '@motcua/ocr-pipeline/dossier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRequest, pemOf } from './simulators/test-authority.ts';
import { createTestKiosk, makeTestDossier } from './simulators/test-kiosk.ts';

const ID = 'K-27475-01';
const ids = systemIds(systemClock);
let folder: string;
let gateway: ChildProcess | undefined;
const at = (...names: string[]) => join(folder, ...names);

async function operate(...args: string[]): Promise<string> {
  const program = join(import.meta.dirname, 'operate.ts');
  const env = { ...process.env, MOTCUA_CITY_DATA: at('data') };
  const done = await exec(process.execPath, [program, ...args], { timeoutMs: 30_000, env });
  if (done.ok) return done.value.stdout.toString();
  throw new Error(done.error.code === 'exec-failed' ? done.error.stderr : done.error.code);
}

/** The gateway as an operator starts it; resolves with its address. */
async function start(): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ...process.env,
      MOTCUA_CITY_DATA: at('data'),
      MOTCUA_CITY_TRUST: at('trust'),
      MOTCUA_CITY_PORT: '0',
      MOTCUA_CITY_TLS_CERT: at('tls', 'gateway.pem'),
      MOTCUA_CITY_TLS_KEY: at('tls', 'gateway-key.pem'),
      MOTCUA_CITY_TLS_CLIENT_CA: at('ca', 'authority.pem'),
      MOTCUA_CITY_TLS_CRL: at('ca', 'revoked.pem'),
      MOTCUA_CITY_CA_CERT: at('ca', 'authority.pem'),
      MOTCUA_CITY_CA_KEY: at('ca', 'authority-key.pem'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  gateway = child;
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const address = /"address":"([^"]+)"/.exec(seen)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(seen.slice(-1_000))));
  });
}
async function stop() {
  if (gateway === undefined || gateway.exitCode !== null) return;
  const ended = new Promise((resolve) => gateway?.once('exit', resolve));
  gateway.kill('SIGTERM');
  await ended;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operate-'));
  await mkdir(at('trust'));
});
afterAll(stop);

describe('an operator with nothing but the program', () => {
  it('makes an authority, enrols a kiosk, takes its dossier, revokes it, and lets its successor in', async () => {
    await operate('init-authority', at('ca'), 'Một Cửa test city');
    await expect(operate('init-authority', at('ca'), 'again')).rejects.toThrow('already');
    await operate('certify-gateway', at('ca'), at('tls'), '127.0.0.1', 'localhost');
    const enrol = async (name: string) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await writeFile(at(`${name}.csr`), await makeRequest(privateKey, ID));
      const cert = await operate('certify-kiosk', at('ca'), ID, at(`${name}.csr`));
      await writeFile(at(`${name}.pem`), cert);
      return { ca: await readFile(at('ca', 'authority.pem'), 'utf8'), cert, key: pemOf(privateKey) };
    };
    const seal = await openSeal({ folder: at('keys'), clock: systemClock, kioskId: ID, kioskName: 'Kiosk' });
    await writeFile(at('trust', 'kiosk.pem'), seal.certificatePem);
    let url = await start();
    expect(url).toMatch(/^https:/);
    const first = createTestKiosk(() => url, await enrol('first'));
    const dossier = () => makeTestDossier({ folder, seal, clock: systemClock, ids });
    const sent = await dossier();
    const key = await openDeviceKey({ folder: at('keys'), clock: systemClock, id: ID, name: 'Kiosk' });
    const heads = [9, 4].map((id) =>
      signAuditHead({ version: 1, kioskId: ID, id, hash: 'a'.repeat(64), at: 1 }, key.privateKey),
    );
    for (const head of heads) {
      const headers = { 'content-type': 'application/json', 'motcua-audit-head': head };
      const body = JSON.stringify(sent.manifest);
      expect((await first.call('PUT', `/dossiers/${sent.id}`, body, headers)).status).toBe(200);
    }
    expect((await first.take(sent)).status).toBe(200);

    await operate('revoke', at('ca'), at('first.pem'));
    expect(await first.announce(await dossier())).toMatchObject({
      status: 403,
      json: { code: 'certificate-revoked' },
    });
    const second = createTestKiosk(() => url, await enrol('second'));
    expect(await second.announce(await dossier())).toMatchObject({
      status: 403,
      json: { code: 'kiosk-id-taken' },
    });

    await expect(operate('handovers')).rejects.toThrow('another gateway');
    await stop();
    expect(JSON.parse(await operate('handovers'))).toEqual({ waiting: 1, done: 0, refused: 0 });
    expect((await operate('audit-head', ID)).trim()).toBe(heads[0]);
    await expect(operate('audit-head', 'K-other')).rejects.toThrow();
    expect(JSON.parse(await operate('audit-alarms'))).toMatchObject({
      kiosk_id: ID,
      entry: 4,
      alarm: 'lower',
    });
    await operate('release-kiosk', ID);
    url = await start();
    expect((await second.take(await dossier())).status).toBe(200);
    first.close();
    second.close();
  });

  it('is told how to use it', async () => {
    await expect(operate('nonsense')).rejects.toThrow('usage');
    await writeFile(at('bad.csr'), 'hello');
    await expect(operate('certify-kiosk', at('ca'), ID, at('bad.csr'))).rejects.toThrow('request-malformed');
  });
});
