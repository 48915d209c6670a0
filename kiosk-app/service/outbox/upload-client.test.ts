import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type GatewayFault, startFaultyGateway, startTestGateway } from '@motcua/city-gateway/simulators';
import { manualClock } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import { buildSpecimenDossier } from '@motcua/ocr-pipeline/dossier/specimen';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createUploadClient, type UploadRequest } from './upload-client.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const dossierId = '01K6Z00000000000000000000A';
const closers: (() => unknown)[] = [];
let seal: Seal;
let container: Buffer;
let request: UploadRequest;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  seal = await openSeal({
    folder: join(folder, 'keys'),
    clock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk Tân Hưng 1',
  });
  const { file, sha256, size, documents } = await buildSpecimenDossier({
    folder,
    dossierId,
    seal,
    clock,
    bytesPerPaper: 100_000,
  });
  const manifest = {
    dossierId,
    kioskId: 'K-27475-01',
    procedureCode: '2.000815',
    size,
    sha256,
    documents: documents.map((one) => ({ name: one.name, sha256: one.sha256 })),
  };
  container = await readFile(file);
  request = { dossierId, manifest, content: contentOf(container), signal: new AbortController().signal };
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function realGateway() {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const gateway = await startTestGateway({ folder, clock, trust: () => [seal.certificatePem] });
  closers.push(gateway.close);
  return { ...gateway, folder };
}

function contentOf(bytes: Buffer): UploadRequest['content'] {
  return {
    size: bytes.length,
    read: (from, count) => Readable.from(bytes.subarray(from, from + count), { objectMode: false }),
  };
}

function client(gateway: { url: string; receiptCertificatePem: string }, chunkBytes = 65_536) {
  return createUploadClient({
    baseUrl: gateway.url,
    receiptCertificates: () => [gateway.receiptCertificatePem],
    chunkBytes,
    idleTimeoutMs: 1_000,
  });
}

describe('uploading to the real gateway', () => {
  it('sends the dossier in chunks and returns the verified receipt; a second time nothing is sent', async () => {
    const gateway = await realGateway();
    const progress: number[] = [];
    const onProgress = ({ sentBytes }: { sentBytes: number }) => progress.push(sentBytes);
    const first = await client(gateway).upload({ ...request, onProgress });
    expect(first).toMatchObject({
      ok: true,
      value: { claims: { dossierId, dossierCode: 'H29.15-261008-0001', sha256: request.manifest.sha256 } },
    });
    expect(progress.at(-1)).toBe(request.manifest.size);
    expect(await readFile(join(gateway.folder, 'dossiers', dossierId))).toEqual(container);
    progress.length = 0;
    expect(await client(gateway).upload({ ...request, onProgress })).toEqual(first);
    expect(progress).toEqual([]);
  });

  it('goes on where an interrupted upload stopped', async () => {
    const gateway = await realGateway();
    const stop = new AbortController();
    const interrupted = await client(gateway).upload({
      ...request,
      signal: stop.signal,
      onProgress: ({ sentBytes }) => sentBytes > 130_000 && stop.abort(),
    });
    expect(interrupted).toMatchObject({ ok: false, error: { code: 'upload-cancelled', final: false } });
    const starts: number[] = [];
    const onProgress = ({ sentBytes }: { sentBytes: number }) => starts.push(sentBytes);
    expect((await client(gateway).upload({ ...request, onProgress })).ok).toBe(true);
    expect(starts[0]).toBeGreaterThan(65_536);
  });

  it('passes on a refusal as final, and a kiosk that is not enrolled yet as not', async () => {
    const gateway = await realGateway();
    const manifest = { ...request.manifest, procedureCode: '1.000001' };
    expect(await client(gateway).upload({ ...request, manifest })).toEqual({
      ok: false,
      error: { code: 'city-refused', final: true, detail: 'manifest-disagrees' },
    });
    const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const strict = await startTestGateway({ folder, clock, trust: () => [] });
    closers.push(strict.close);
    expect(await client(strict).upload(request)).toEqual({
      ok: false,
      error: { code: 'city-error', final: false, detail: 'signer-untrusted' },
    });
  });

  it('believes no receipt of a gateway that it was not told of', async () => {
    const gateway = await realGateway();
    const stranger = { url: gateway.url, receiptCertificatePem: seal.certificatePem };
    expect(await client(stranger).upload(request)).toEqual({
      ok: false,
      error: { code: 'receipt-invalid', final: false, detail: 'receipt-signer-unknown' },
    });
  });
});

describe('a gateway that misbehaves', () => {
  it.each<[GatewayFault, 'announce' | 'upload' | 'commit', object]>([
    ['hang', 'announce', { code: 'city-timeout', final: false }],
    ['hang', 'commit', { code: 'city-timeout', final: false }],
    ['500', 'announce', { code: 'city-error', final: false, detail: 'http-500' }],
    ['500', 'upload', { code: 'city-error', final: false }],
    ['500', 'commit', { code: 'city-error', final: false }],
    ['nonsense', 'announce', { code: 'city-nonsense', final: false, detail: 'offer' }],
    ['nonsense', 'upload', { code: 'city-nonsense', final: false, detail: 'offset' }],
    ['nonsense', 'commit', { code: 'city-nonsense', final: false, detail: 'commit' }],
    ['html', 'announce', { code: 'city-nonsense', final: false }],
    ['html', 'commit', { code: 'city-nonsense', final: false }],
    ['html-400', 'announce', { code: 'city-nonsense', final: false, detail: 'http-400' }],
    ['redirect', 'announce', { code: 'city-nonsense', final: false, detail: 'redirect' }],
    ['redirect', 'commit', { code: 'city-nonsense', final: false, detail: 'redirect' }],
    ['endless', 'announce', { code: 'city-nonsense', final: false, detail: 'answer-too-long' }],
    ['refuse', 'commit', { code: 'city-refused', final: true, detail: 'document-changed' }],
    ['wrong-signature', 'commit', { code: 'receipt-invalid', final: false, detail: 'receipt-bad-signature' }],
    ['other-dossier', 'commit', { code: 'receipt-invalid', detail: 'receipt-of-other-dossier' }],
    ['other-bytes', 'commit', { code: 'receipt-invalid', detail: 'receipt-of-other-dossier' }],
  ])('%s at %s', async (behaviour, step, error) => {
    const gateway = await startFaultyGateway({ behaviour, step });
    closers.push(gateway.close);
    expect(await client(gateway).upload(request)).toMatchObject({ ok: false, error });
  });

  it('cuts every chunk: each cut resumes where the city stands, and the dossier arrives', async () => {
    const gateway = await startFaultyGateway({ behaviour: 'cut' });
    closers.push(gateway.close);
    expect(await client(gateway).upload(request)).toMatchObject({
      ok: true,
      value: { claims: { dossierId } },
    });
    const patches = gateway.requests.filter((one) => one.startsWith('PATCH')).length;
    expect(patches).toBeGreaterThan(4);
  });

  it('is not there, or closes at once', async () => {
    const error = { code: 'city-unreachable', final: false };
    const server: Server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const gone = { url: `http://127.0.0.1:${port}`, receiptCertificatePem: seal.certificatePem };
    expect(await client(gone).upload(request)).toMatchObject({ ok: false, error });
    await new Promise((resolve) => server.close(resolve));
    expect(await client(gone).upload(request)).toMatchObject({ ok: false, error });
  });
});

describe('on this side', () => {
  it('sends the papers nowhere but to the configured city', async () => {
    const gateway = await startFaultyGateway({ behaviour: 'none' });
    closers.push(gateway.close);
    const offer = JSON.stringify({ state: 'waiting', uploadUrl: `${gateway.url}/uploads/x` });
    const server = createServer((socket) =>
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${offer.length}\r\nConnection: close\r\n\r\n${offer}`),
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as { port: number };
    const lying = { url: `http://127.0.0.1:${port}`, receiptCertificatePem: seal.certificatePem };
    expect(await client(lying).upload(request)).toMatchObject({ error: { detail: 'upload-url' } });
    expect(gateway.requests).toEqual([]);
  });

  it('says when the dossier is not what was sealed, and when it was cancelled before', async () => {
    const gateway = await startFaultyGateway({ behaviour: 'none' });
    closers.push(gateway.close);
    const short = contentOf(container.subarray(1));
    expect(await client(gateway).upload({ ...request, content: short })).toMatchObject({
      error: { code: 'dossier-unreadable', final: false },
    });
    const signal = AbortSignal.abort();
    expect(await client(gateway).upload({ ...request, signal })).toMatchObject({
      error: { code: 'upload-cancelled' },
    });
    expect(gateway.requests).toEqual([]);
  });
});
