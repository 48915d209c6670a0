import { mkdtemp, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, manualClock, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepExpired } from './expiry.ts';
import { startTestGateway, type TestGateway } from './simulators/index.ts';
import { createTestKiosk, makeTestDossier } from './simulators/test-kiosk.ts';

const NOW = '2026-10-08T02:10:00Z';
const clock = manualClock(NOW);
const ids = systemIds(clock);
let folder: string;
let seal: Seal;
let gateway: TestGateway;
let lines: string[];
const say = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }));
const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger };
const kiosk = createTestKiosk(() => gateway.url);
const { announce, call, commit, head, post, send, take } = kiosk;

beforeEach(async () => {
  clock.set(NOW);
  lines = [];
  folder = await mkdtemp(join(tmpdir(), 'gateway-bad-'));
  seal = await openSeal({ folder: join(folder, 'keys'), clock, kioskId: 'K-27475-01', kioskName: 'Kiosk' });
  gateway = await start({});
});
afterEach(() => gateway.close());

const start = (limits: Parameters<typeof startTestGateway>[0]['limits'] & object) =>
  startTestGateway({ folder, clock, logger, limits, trust: () => [seal.certificatePem] });
async function restartWith(limits: Parameters<typeof start>[0]) {
  await gateway.close();
  gateway = await start(limits);
}
const dossier = (bytesPerPaper = 5_000) => makeTestDossier({ folder, seal, clock, ids, bytesPerPaper });
const stored = () => readdir(join(folder, 'dossiers'));
const refusal = (status: number, code: string) => ({
  status,
  type: expect.stringContaining('application/problem+json'),
  json: expect.objectContaining({ status, code }),
});

/** Says `first` on a plain socket, then a byte each `everyMs`; resolves with what came when the gateway hangs up. */
function drip(
  first: string | Buffer,
  more: { readonly byte: string; readonly everyMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let answer = '';
    const timer = setInterval(() => socket.write(more.byte), more.everyMs);
    socket.on('connect', () => socket.write(first));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(answer);
    });
    socket.setTimeout(20_000, () => reject(new Error('never hung up')));
  });
}
const patchHead = (id: string, length: number) =>
  `PATCH /uploads/${id} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
  `Content-Type: application/offset+octet-stream\r\nContent-Length: ${length}\r\n\r\n`;

describe('claims that are too large', () => {
  it('10 GB in a manifest, in a chunk, in a header: answered, and nothing is stored', async () => {
    const one = await dossier();
    const claim = 10 * 1024 ** 3;
    expect(await announce(one, { ...one.manifest, size: claim })).toMatchObject(
      refusal(413, 'dossier-too-large'),
    );
    expect(await stored()).toEqual([]);
    await announce(one);
    const answer = await drip(patchHead(one.id, claim), { byte: 'x', everyMs: 1_000 });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"more-than-announced"');
    const tus = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'upload-length': String(claim) };
    const type = { 'content-type': 'application/offset+octet-stream' };
    expect(
      (await call('PATCH', `/uploads/${one.id}`, 'x', { ...tus, ...type })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await head(one)).headers['upload-offset']).toBe('0');
  });

  it('more than this gateway is set to take, and more unfinished ones than a kiosk can have', async () => {
    await restartWith({ maxDossierBytes: 1_000, maxUnfinished: 2 });
    expect(await announce(await dossier())).toMatchObject(refusal(413, 'dossier-too-large'));
    await restartWith({ maxUnfinished: 2 });
    for (let count = 0; count < 2; count++) expect((await announce(await dossier())).status).toBe(200);
    const answer = await announce(await dossier());
    expect(answer).toMatchObject(refusal(429, 'too-many-unfinished'));
    expect(answer.headers['retry-after']).toBe('600');
  });
});

describe('slow ones', () => {
  it('headers without end are cut off', async () => {
    await restartWith({ headersTimeoutMs: 300 });
    const answer = await drip('GET /healthz HTTP/1.1\r\nX-Slow: ', { byte: 'a', everyMs: 50 });
    expect(answer).toContain('408');
    expect(answer).toContain('request-too-slow');
  });

  it('silence in the middle of a body is cut off; what came is kept, and another may go on', async () => {
    await restartWith({ idleTimeoutMs: 300 });
    const one = await dossier();
    await announce(one);
    await drip(
      Buffer.concat([Buffer.from(patchHead(one.id, one.bytes.length)), one.bytes.subarray(0, 100)]),
      { byte: '', everyMs: 5_000 },
    );
    await expect.poll(async () => (await head(one)).headers['upload-offset']).not.toBe('0');
    const offset = Number((await head(one)).headers['upload-offset']);
    expect((await send(one, one.bytes.subarray(offset), offset)).status).toBe(204);
  });

  it('a body that drips for too long is cut off, though it is never silent', async () => {
    await restartWith({ requestTimeoutMs: 600, headersTimeoutMs: 300 });
    const one = await dossier();
    await announce(one);
    await drip(patchHead(one.id, one.bytes.length), { byte: 'x', everyMs: 50 });
    expect(Number((await head(one)).headers['upload-offset'])).toBeLessThan(100);
  });

  it('an upload that another connection still holds is handed to the one that comes back', async () => {
    const one = await dossier();
    await announce(one);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(patchHead(one.id, one.bytes.length));
    socket.write(one.bytes.subarray(0, 50));
    await expect.poll(async () => (await head(one)).status).toBe(200);
    const offset = Number((await head(one)).headers['upload-offset']);
    expect((await send(one, one.bytes.subarray(offset), offset)).status).toBe(204);
    expect((await commit(one)).status).toBe(200);
    socket.destroy();
  });
});

describe('wrong lengths, replays, and requests out of turn', () => {
  it('a replayed commit says the same, a replayed chunk is refused, a commit before the bytes waits', async () => {
    const one = await dossier();
    await announce(one);
    expect(await commit(one)).toMatchObject(refusal(409, 'upload-incomplete'));
    await send(one);
    expect(await send(one)).toMatchObject(refusal(409, 'offset-differs'));
    const first = await commit(one);
    for (let count = 0; count < 3; count++) expect((await commit(one)).text).toBe(first.text);
    expect(await send(one)).toMatchObject(refusal(409, 'offset-differs'));
    expect(await gateway.database.handovers.counts()).toMatchObject({ waiting: 1 });
  });

  it('a chunk shorter than it says, a manifest shorter or longer than the bytes', async () => {
    const one = await dossier();
    const shorter = { ...one.manifest, size: one.manifest.size - 7 };
    await announce(one, shorter);
    expect(await send(one)).toMatchObject(refusal(413, 'more-than-announced'));
    await send(one, one.bytes.subarray(0, shorter.size));
    expect(await commit(one)).toMatchObject(refusal(409, 'upload-damaged'));
    const two = await dossier();
    await announce(two, { ...two.manifest, size: two.manifest.size + 7 });
    await send(two);
    expect(await commit(two)).toMatchObject(refusal(409, 'upload-incomplete'));
    expect((await gateway.database.handovers.counts()).waiting).toBe(0);
  });

  it('headers that are missing or wrong are problems, too', async () => {
    const one = await dossier();
    await announce(one);
    const patch = (headers: Record<string, string>) => call('PATCH', `/uploads/${one.id}`, 'x', headers);
    const type = { 'content-type': 'application/offset+octet-stream' };
    expect(await patch({ ...type, 'upload-offset': '0' })).toMatchObject(refusal(412, 'tus-version-missing'));
    expect(await patch({ 'tus-resumable': '1.0.0', ...type })).toMatchObject({
      type: expect.stringContaining('problem'),
    });
    expect((await patch({ 'tus-resumable': '1.0.0', ...type, 'upload-offset': '-1' })).status).toBe(400);
    expect(
      await patch({ 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'text/html' }),
    ).toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
      type: expect.stringContaining('problem'),
    });
    expect(await send({ ...one, id: ids.next() })).toMatchObject(refusal(404, 'upload-unknown'));
  });
});

describe('names that are tricks', () => {
  it('nothing of an address ever shapes a path', async () => {
    const one = await dossier();
    await announce(one);
    const before = await stored();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom(
            '../gateway.sqlite',
            '..',
            '.',
            '%2e%2e',
            `${one.id}/../x`,
            `${one.id}\u0000`,
            'CON',
            '~root',
          ),
          fc.string({ minLength: 1, maxLength: 60 }),
        ),
        async (name) => {
          fc.pre(name !== one.id);
          const id = encodeURIComponent(name);
          for (const answer of [
            await call('PUT', `/dossiers/${id}`, JSON.stringify({ ...one.manifest, dossierId: name }), {
              'content-type': 'application/json',
            }),
            await call('POST', `/dossiers/${id}/commit`),
            await call('GET', `/content/configuration/${id}`),
            await send({ ...one, id }),
          ]) {
            expect(answer.status).toBeGreaterThanOrEqual(400);
            expect(answer.status).toBeLessThan(500);
            expect(answer.type).toContain('application/problem+json');
          }
        },
      ),
      { numRuns: 40, seed: 7 },
    );
    expect(await stored()).toEqual(before);
  });

  it('documents in a manifest may be called anything: they name no file here', async () => {
    const one = await dossier();
    const documents = [{ name: '../../etc/cron.d/x', sha256: '0'.repeat(64) }];
    expect((await announce(one, { ...one.manifest, documents })).status).toBe(200);
    await send(one);
    expect(await commit(one)).toMatchObject(refusal(422, 'manifest-disagrees'));
  });
});

describe('clocks that are wrong', () => {
  const sealedAt = async (time: string) => {
    clock.set(time);
    const one = await dossier();
    clock.set(NOW);
    return one;
  };

  it('a kiosk ten years ahead: not for good, since the gateway could be the one that is wrong', async () => {
    const one = await sealedAt('2036-10-08T02:10:00Z');
    expect(await take(one)).toMatchObject({ status: 409, type: expect.stringContaining('problem') });
    expect((await call('GET', `/dossiers/${one.id}`)).json).toMatchObject({
      state: 'waiting',
      dossierCode: null,
    });
    clock.set('2036-10-08T03:00:00Z');
    expect((await commit(one)).status).toBe(200);
  });

  it('some minutes are nothing, and a dossier may have waited for ten years', async () => {
    expect((await take(await sealedAt('2026-10-08T02:19:00Z'))).status).toBe(200);
    const old = await dossier();
    clock.set('2036-10-08T02:10:00Z');
    expect((await take(old)).status).toBe(200);
  });
});

describe('too many', () => {
  it('requests are answered with 429 and the time to wait, each address on its own', async () => {
    await restartWith({ requestsPerMinute: 5 });
    const one = await dossier();
    const answers = [];
    for (let count = 0; count < 7; count++) answers.push(await announce(one));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(answers[6]).toMatchObject(refusal(429, 'too-many-requests'));
    expect(Number(answers[6]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(await call('GET', '/nowhere')).toMatchObject({ status: 429 });
    expect((await call('GET', '/healthz')).status).toBe(200);
  });

  it('secrets cannot be tried', async () => {
    await restartWith({ lookUpsPerMinute: 3 });
    const claims = await kiosk.claimsOf(await take(await dossier()));
    const ask = (lookUpSecret: string) => post('/status', { dossierCode: claims.dossierCode, lookUpSecret });
    for (let count = 0; count < 3; count++)
      expect(await ask('AAAAA-AAAAA')).toMatchObject(refusal(404, 'status-unknown'));
    expect(await ask(claims.lookUpSecret ?? '')).toMatchObject(refusal(429, 'too-many-requests'));
  });
});

describe('what is left behind', () => {
  it('uploads that nobody finishes and refused dossiers go after their days; accepted ones and kiosks that return stay', async () => {
    const [forgotten, refused, accepted, returned] = await Promise.all([
      dossier(),
      dossier(),
      dossier(),
      dossier(),
    ]);
    await announce(forgotten);
    await send(forgotten, forgotten.bytes.subarray(0, 100));
    await announce(refused, { ...refused.manifest, documents: [] });
    await send(refused);
    await commit(refused);
    const receipt = await take(accepted);
    await announce(returned);
    const sweep = () => sweepExpired({ ...gateway, clock, logger, keepDays: 60 });
    clock.set('2026-12-01T00:00:00Z');
    expect(await sweep()).toBe(0);
    await announce(returned);
    clock.set('2026-12-10T00:00:00Z');
    expect(await sweep()).toBe(2);
    expect(await stored()).toEqual([accepted.id, returned.id].sort());
    expect((await commit(accepted)).text).toBe(receipt.text);
    expect(await commit(refused)).toMatchObject(refusal(422, 'manifest-disagrees'));
    // Forgotten is not lost: the kiosk begins again.
    expect(await send(forgotten)).toMatchObject(refusal(404, 'upload-unknown'));
    expect((await take(forgotten)).status).toBe(200);
  });

  it('in the log: codes and ids, and never a person', async () => {
    const one = await dossier();
    const changed = Buffer.from(one.bytes);
    changed[one.bytes.indexOf('%PDF') + 20]! ^= 1;
    await announce(one);
    await send(one, changed);
    await commit(one);
    const claims = await kiosk.claimsOf(await take(await dossier()));
    await post('/status', { dossierCode: claims.dossierCode, lookUpSecret: 'wrong' });
    const log = lines.join('\n');
    expect(log).toContain('upload-damaged');
    expect(log).toContain(one.id);
    for (const secret of ['Nguyễn', '079190000001', claims.lookUpSecret ?? '?'])
      expect(log).not.toContain(secret);
  });
});
