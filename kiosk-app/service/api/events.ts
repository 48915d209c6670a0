import type { FastifyInstance } from 'fastify';
import type { Changes } from '../changes.ts';

const HEARTBEAT_MS = 15_000;
/** More windows than a kiosk can have; the oldest stream is ended then. */
const MAX_STREAMS = 16;

/** `GET /api/events`: a doorbell. It says that something changed, never what: the view is fetched again. */
export function addEventStream(app: FastifyInstance, changes: Changes): void {
  const closers = new Set<() => void>();
  app.get('/api/events', (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)])),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    const send = (version: number) => raw.write(`event: changed\ndata: ${JSON.stringify({ version })}\n\n`);
    const stop = changes.listen(send);
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    const close = () => {
      clearInterval(heartbeat);
      stop();
      closers.delete(close);
      raw.end();
    };
    raw.on('close', close);
    raw.on('error', close);
    closers.add(close);
    if (closers.size > MAX_STREAMS) [...closers][0]?.();
    send(changes.version());
  });
  app.addHook('preClose', async () => {
    for (const close of [...closers]) close();
  });
}
