import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDemoRoutes } from './demo-proxy.ts';

const control = Fastify();
const app = Fastify();
beforeAll(async () => {
  control.get('/state', async () => ({ secret: true }));
  control.get('/files/*', async (_request, reply) => reply.type('image/png').send('picture'));
  addDemoRoutes(app, await control.listen({ host: '127.0.0.1', port: 0 }));
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await control.close();
});

/** A path as an attacker writes it: `fetch` and `inject` would tidy it first. */
const getRaw = (path: string) =>
  new Promise<string>((resolve, reject) => {
    const { port } = app.server.address() as AddressInfo;
    request({ host: '127.0.0.1', port, path: `/api/demo/files/${path}` }, (answer) =>
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject),
    )
      .on('error', reject)
      .end();
  });

it('pictures of the demo pass', async () => {
  expect(await getRaw('papers/01.jpg')).toBe('200 picture');
});

it.each([
  '../state',
  '%2e%2e/state',
  'papers/../../state',
  'papers/%2e%2e/%2e%2e/state',
  './../state',
])('%s does not leave the folder of pictures', async (path) => {
  expect(await getRaw(path)).toMatch(/^404 .*file-unknown/);
});
