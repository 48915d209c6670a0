import { DemoAction } from '@motcua/contract';
import type { FastifyInstance } from 'fastify';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 20 * 1024 * 1024;

/** Demo profile only: hands the side panel's wishes to the simulators, which are a process of their own. */
export function addDemoRoutes(app: FastifyInstance, controlUrl: string): void {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, controlUrl), { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });

  app.get('/api/demo', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(await (await ask('/state')).json()),
  );
  app.post('/api/demo/actions', async (request, reply) => {
    const action = DemoAction.safeParse(request.body);
    if (!action.success) return reply.code(400).send({ code: 'request-invalid' });
    const answer = await ask('/actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action.data),
    });
    return reply.code(answer.status).send(await answer.json());
  });
  app.get<{ Params: { '*': string } }>('/api/demo/files/*', async (request, reply) => {
    const parts = request.params['*'].split('/');
    // A URL's own rules would climb out of `/files/`, to what answers something else than pictures.
    if (parts.some((part) => part === '.' || part === '..'))
      return reply.code(404).send({ code: 'file-unknown' });
    const answer = await ask(`/files/${parts.map(encodeURIComponent).join('/')}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok || bytes.length > MAX_BYTES) return reply.code(404).send({ code: 'file-unknown' });
    const type = answer.headers.get('content-type') === 'image/png' ? 'image/png' : 'image/jpeg';
    return reply.header('cache-control', 'no-store').type(type).send(bytes);
  });
}
