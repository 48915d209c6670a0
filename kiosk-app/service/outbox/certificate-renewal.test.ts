import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Authority, makeAuthority } from '@motcua/city-gateway';
import {
  issueToGateway,
  issueToKiosk,
  startTestGateway,
  type TestGateway,
} from '@motcua/city-gateway/simulators';
import { silentLogger, systemClock, systemIds } from '@motcua/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCertificateRenewal } from './certificate-renewal.ts';
import { createUploadClient, type TlsFiles } from './upload-client.ts';

const KIOSK = 'K-27475-01';
const ids = systemIds(systemClock);
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const signal = new AbortController().signal;
let folder: string;
let authority: Authority;
let gateway: TestGateway;

const at = (name: string) => join(folder, name);
const configured = (): TlsFiles => ({
  certificate: at('kiosk.pem'),
  key: at('kiosk.key'),
  authorities: [at('city.pem')],
});
const open = (baseUrl = gateway.url) =>
  createCertificateRenewal({
    baseUrl,
    configured: configured(),
    folder: at('renewed'),
    kioskId: KIOSK,
    clock: systemClock,
    logger: silentLogger,
    idleTimeoutMs: 5_000,
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renewal-'));
  authority = await makeAuthority('City authority', daysAgo(60));
  await writeFile(at('city.pem'), authority.certificatePem);
  const tls = {
    ...(await issueToGateway(authority, daysAgo(1))),
    clientAuthoritiesPem: authority.certificatePem,
    revoked: null,
    authority,
  };
  gateway = await startTestGateway({ folder: at('gateway'), clock: systemClock, trust: () => [], tls });
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

/** The technician's certificate: of thirty days, that many days ago. */
async function bring(age: number): Promise<void> {
  const given = await issueToKiosk(authority, KIOSK, daysAgo(age), { days: 30 });
  await writeFile(at('kiosk.pem'), given.cert);
  await writeFile(at('kiosk.key'), given.key);
}
/** What the city says to an upload over these files: `upload-damaged`, once it has let the kiosk in. */
async function upload(tls: TlsFiles): Promise<string> {
  const dossierId = ids.next();
  const sha256 = '0'.repeat(64);
  const sent = await createUploadClient({
    baseUrl: gateway.url,
    receiptCertificates: () => [],
    chunkBytes: 65_536,
    idleTimeoutMs: 5_000,
    tls: () => tls,
  }).upload({
    dossierId,
    manifest: { dossierId, kioskId: KIOSK, procedureCode: '2.000815', size: 1, sha256, documents: [] },
    content: { size: 1, read: () => Readable.from(['x']) },
    signal,
  });
  return sent.ok ? 'accepted' : sent.error.detail;
}

it('a certificate in the first two thirds of its life is left as it is', async () => {
  await bring(18);
  expect(await open().renewIfDue(signal)).toBe('not-due');
  expect(open().tls()).toEqual(configured());
});

it('after two thirds the kiosk has the next one, over a restart, and the old one has ended', async () => {
  await bring(22);
  expect(await upload(configured())).toBe('upload-damaged');
  expect(await open().renewIfDue(signal)).toBe('renewed');
  const { tls } = open();
  expect(await upload(tls())).toBe('upload-damaged');
  expect(await upload(configured())).toBe('certificate-superseded');
  expect((await stat(tls().key)).mode & 0o777).toBe(0o600);
  const pem = await readFile(tls().certificate, 'utf8');
  const renewed = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
  expect(renewed.validToDate.getTime()).toBeGreaterThan(Date.now() + 100 * 86_400_000);
  expect(await open().renewIfDue(signal)).toBe('not-due');
});

it('a city that is away costs nothing: the old one stays in use until the next time', async () => {
  await bring(22);
  expect(await open('https://127.0.0.1:1').renewIfDue(signal)).toBe('failed');
  expect(open().tls()).toEqual(configured());
  expect(await upload(open().tls())).toBe('upload-damaged');
  expect(await open().renewIfDue(signal)).toBe('renewed');
});

it('a kiosk that was stopped after the first use of the next one, before it had noted that, goes on with it', async () => {
  await bring(22);
  expect(await upload(configured())).toBe('upload-damaged');
  expect(await open().renewIfDue(signal)).toBe('renewed');
  await copyFile(at('renewed/kiosk.pem'), at('renewed/next.pem'));
  await rm(at('renewed/kiosk.pem'));
  expect(await upload(open().tls())).toBe('certificate-superseded');
  expect(await open().renewIfDue(signal)).toBe('renewed');
  expect(await upload(open().tls())).toBe('upload-damaged');
});

it('a certificate that a technician brings later is used instead', async () => {
  await bring(22);
  expect(await open().renewIfDue(signal)).toBe('renewed');
  await bring(-1 / 24);
  expect(open().tls()).toEqual(configured());
});
