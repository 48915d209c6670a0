import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUploadClient, type UploadRequest } from './upload-client.ts';

let folder: string;
let server: Server;
let url: string;
/** Names in the certificates that the city was shown. */
const seen: string[] = [];

const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
const authority = (name: string) =>
  openssl('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
function issue(name: string, by: string) {
  openssl(
    'req',
    '-new',
    ...key.slice(0, -2),
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    `${name}.pem`,
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mtls-'));
  for (const name of ['city-authority', 'stranger']) authority(name);
  for (const name of ['city', 'kiosk']) issue(name, 'city-authority');
  issue('impostor', 'stranger');
  server = createServer(
    {
      cert: readFileSync(at('city.pem')),
      key: readFileSync(at('city.key')),
      ca: readFileSync(at('city-authority.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
      seen.push(String(subject.CN));
      response.writeHead(503, { 'retry-after': '7' }).end();
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const upload = (kiosk: string, trusted: string) =>
  createUploadClient({
    baseUrl: url,
    receiptCertificates: () => [],
    chunkBytes: 65_536,
    idleTimeoutMs: 2_000,
    tls: () => ({
      certificate: at(`${kiosk}.pem`),
      key: at(`${kiosk}.key`),
      authorities: [at(`${trusted}.pem`)],
    }),
  }).upload(request);
const request: UploadRequest = {
  dossierId: '0'.repeat(26),
  manifest: {
    dossierId: '0'.repeat(26),
    kioskId: 'k',
    procedureCode: 'p',
    size: 1,
    sha256: '0'.repeat(64),
    documents: [],
  },
  content: { size: 1, read: () => Readable.from(['x']) },
  signal: new AbortController().signal,
};

it('shows the kiosk’s certificate to the city, and heeds the pause that it asks for', async () => {
  expect(await upload('kiosk', 'city-authority')).toMatchObject({
    error: { code: 'city-error', detail: 'http-503', retryAfterMs: 7_000 },
  });
  expect(seen).toEqual(['kiosk']);
});

it('speaks to no city that another authority vouches for, and sends nothing without its own certificate', async () => {
  const before = seen.length;
  expect(await upload('kiosk', 'stranger')).toMatchObject({ error: { code: 'city-unreachable' } });
  expect(await upload('impostor', 'city-authority')).toMatchObject({ error: { code: 'city-unreachable' } });
  expect(await upload('missing', 'city-authority')).toMatchObject({ error: { detail: 'tls-files' } });
  expect(seen).toHaveLength(before);
});
