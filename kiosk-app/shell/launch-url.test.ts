import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestLaunchUrl } from './launch-url.ts';

const TOKEN = 'a-token-of-this-boot-0123456789';
let folder: string;
let tokenFile: string;
let close: () => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-launch-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  close = () => undefined;
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true });
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('asks with the token of this boot and gets an address of the service', async () => {
  const seen: unknown[] = [];
  const origin = await listen((request, response) => {
    seen.push(request.method, request.url, request.headers.authorization);
    response.end(JSON.stringify({ url: `http://${request.headers.host}/session?code=1` }));
  });
  expect(await requestLaunchUrl({ origin, tokenFile })).toEqual({
    ok: true,
    value: `${origin}/session?code=1`,
  });
  expect(seen).toEqual(['POST', '/api/shell/launch-codes', `Bearer ${TOKEN}`]);
});

test.each<[string, RequestListener, string]>([
  ['refuses', (_, response) => response.writeHead(401).end('{}'), 'launch-refused'],
  ['sends elsewhere', (_, response) => response.end('{"url":"http://evil.example/"}'), 'launch-nonsense'],
  [
    'redirects',
    (_, response) => response.writeHead(302, { location: 'http://evil.example/' }).end(),
    'launch-service-absent',
  ],
  ['answers HTML', (_, response) => response.end('<html>'), 'launch-nonsense'],
  ['answers null', (_, response) => response.end('null'), 'launch-nonsense'],
  ['floods', (_, response) => response.end('x'.repeat(100_000)), 'launch-service-absent'],
  ['hangs up', (request) => request.socket.destroy(), 'launch-service-absent'],
])('a service that %s opens no page', async (_name, answer, code) => {
  const origin = await listen(answer);
  expect(await requestLaunchUrl({ origin, tokenFile })).toEqual({ ok: false, error: { code } });
});

test('without a service or a token there is a plain error', async () => {
  const nobody = { origin: 'http://127.0.0.1:1', tokenFile };
  expect(await requestLaunchUrl(nobody)).toMatchObject({ error: { code: 'launch-service-absent' } });
  const noToken = { origin: 'http://127.0.0.1:1', tokenFile: join(folder, 'none') };
  expect(await requestLaunchUrl(noToken)).toMatchObject({ error: { code: 'launch-no-token' } });
  writeFileSync(tokenFile, 'two\nlines of nonsense');
  expect(await requestLaunchUrl(nobody)).toMatchObject({ error: { code: 'launch-no-token' } });
});
