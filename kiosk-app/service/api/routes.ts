import { createReadStream, existsSync } from 'node:fs';
import { extname } from 'node:path';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { type CatalogueView, CommandRequest, type KioskView, problem } from '@motcua/contract';
import { type Logger, type Result, ulidPattern } from '@motcua/core';
import type { CardCamera } from '@motcua/device-drivers';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Changes } from '../changes.ts';
import type { ReprintError, Reprinted } from '../dossiers/reprint.ts';
import { addCameraStream } from './camera-stream.ts';
import { addDemoRoutes } from './demo-proxy.ts';
import { addEventStream } from './events.ts';
import { createGuard, SESSION_COOKIE } from './guard.ts';
import type { LaunchCodes } from './session.ts';

export interface ApiDeps {
  readonly hosts: () => readonly string[];
  readonly token: string;
  readonly launchCodes: LaunchCodes;
  readonly uiFolder: string;
  readonly demoControlUrl: string | null;
  readonly changes: Changes;
  readonly logger: Logger;
  readonly kioskView: () => KioskView;
  readonly catalogue: (query: string) => CatalogueView;
  readonly command: (request: CommandRequest) => Promise<string | null>;
  /** Files of the open visit's pages; null for any other page. */
  readonly pageFile: (pageId: string, which: 'thumbnail' | 'image') => string | null;
  /** The place of a field on a page of the open visit; null for any other, and where it would show a number. */
  readonly pageSnippet: (pageId: string, field: number) => Promise<Buffer | null>;
  /** JPEG of the open visit's chip; null when there is none. */
  readonly chipPhoto: () => Uint8Array | null;
  readonly printPreview: (printId: string) => Promise<Buffer | null>;
  /** The camera while a visit waits for a card; null at any other time. */
  readonly camera: () => CardCamera | null;
  readonly onCameraCode: (code: Uint8Array) => void;
  readonly outbox: () => unknown;
  readonly retryOutbox: () => number;
  /** What an officer does with one dossier; null when it is not in a state for that. */
  readonly outboxAction: (id: string, action: OutboxAction) => unknown;
  readonly setAside: () => unknown;
  /** Prints the receipt of a visit that is over. */
  readonly reprint: (which: string) => Promise<Result<Reprinted, ReprintError>>;
  /** What became of the dossiers that the city has. */
  readonly atCity: () => unknown;
  /** Ids of what may be copied to a stick, a portion of them after this one. */
  readonly exportable: (after: string) => readonly string[];
  /** Whether the audit trail is whole; with the hash of one entry. */
  readonly auditReport: (entry: number | undefined) => unknown;
  /** Where the trail is not the one that the city knows. */
  readonly auditAlarms: () => unknown;
  readonly acknowledgeAuditAlarms: () => number;
  /** What the city has set from afar; null where it is not asked. */
  readonly cityContent: () => unknown;
  /** Copies the database; the copy's path. */
  readonly backUp: () => Promise<string>;
  readonly onRefused: (code: string) => void;
  /** Routes of other pages on the same address, behind the same guard but with a log-in of their own. */
  readonly addRoutes: (app: FastifyInstance) => void;
}

export const OUTBOX_ACTIONS = ['resend', 'withdraw', 'envelope'] as const;
export type OutboxAction = (typeof OUTBOX_ACTIONS)[number];

/** Order number, dossier code or id. */
const ReceiptOrder = z.object({ which: z.string().min(1).max(60) });

const MEDIA_TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
};

/** The local API (see `contract/README.md`) and the UI's files. */
export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: 65_536, requestTimeout: 30_000, forceCloseConnections: true });
  await app.register(cookie);
  app.addHook('onRequest', createGuard({ hosts: deps.hosts, token: deps.token, onRefused: deps.onRefused }));
  app.setErrorHandler((error: { statusCode?: number; name: string }, _request, reply) => {
    const status = error.statusCode && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) deps.logger.error({ err: error }, 'a request failed');
    return reply.code(status).send({ code: status === 500 ? 'kiosk-error' : 'request-invalid' });
  });

  app.get('/healthz', async () => ({ ok: true }));
  app.get<{ Querystring: { code?: string } }>('/session', async (request, reply) => {
    if (!deps.launchCodes.redeem(String(request.query.code ?? '')))
      return reply.code(401).send(problem('session-missing'));
    reply.setCookie(SESSION_COOKIE, deps.token, { httpOnly: true, sameSite: 'strict', path: '/' });
    return reply.redirect('/', 303);
  });
  app.post('/api/shell/launch-codes', async () => ({
    url: `http://${deps.hosts()[0]}/session?code=${deps.launchCodes.create()}`,
  }));

  app.get('/api/kiosk', async (_request, reply) => noStore(reply).send(deps.kioskView()));
  app.get<{ Querystring: { q?: string } }>('/api/catalogue', async (request, reply) =>
    noStore(reply).send(deps.catalogue(String(request.query.q ?? '').slice(0, 100))),
  );
  app.post('/api/visit/commands', async (request, reply) => {
    const parsed = CommandRequest.safeParse(request.body);
    if (!parsed.success)
      return reply.code(400).send({ kiosk: deps.kioskView(), problem: problem('request-invalid') });
    const code = await deps.command(parsed.data);
    return noStore(reply).send({ kiosk: deps.kioskView(), problem: code ? problem(code) : null });
  });
  app.get<{ Params: { id: string; which: string } }>('/api/pages/:id/:which', async (request, reply) => {
    const { id, which } = request.params;
    const known = ulidPattern.test(id) && (which === 'thumbnail' || which === 'image');
    const file = known ? deps.pageFile(id, which) : null;
    if (!file || !existsSync(file)) return reply.code(404).send({ code: 'page-unknown' });
    noStore(reply).type(MEDIA_TYPES[extname(file)] ?? 'image/jpeg');
    return reply.send(createReadStream(file));
  });
  app.get<{ Params: { id: string; field: string } }>(
    '/api/pages/:id/fields/:field',
    async (request, reply) => {
      const { id, field } = request.params;
      const known = ulidPattern.test(id) && /^\d{1,3}$/.test(field);
      const picture = known ? await deps.pageSnippet(id, Number(field)) : null;
      if (!picture) return reply.code(404).send({ code: 'page-unknown' });
      return noStore(reply).type('image/jpeg').send(picture);
    },
  );
  app.get('/api/visit/photo', async (_request, reply) => {
    const photo = deps.chipPhoto();
    if (!photo) return reply.code(404).send({ code: 'photo-unknown' });
    return noStore(reply).type('image/jpeg').send(Buffer.from(photo));
  });
  app.get<{ Params: { id: string } }>('/api/prints/:id/preview.png', async (request, reply) => {
    const png = ulidPattern.test(request.params.id) ? await deps.printPreview(request.params.id) : null;
    if (!png) return reply.code(404).send({ code: 'print-unknown' });
    return noStore(reply).type('image/png').send(png);
  });
  app.get('/api/outbox', async () => deps.outbox());
  app.post('/api/receipts', async (request, reply) => {
    const which = ReceiptOrder.safeParse(request.body).data?.which;
    if (which === undefined) return reply.code(400).send({ code: 'request-invalid' });
    const done = await deps.reprint(which);
    return done.ok ? done.value : { refused: done.error.code };
  });
  app.get('/api/outbox/at-city', async () => deps.atCity());
  app.get('/api/outbox/set-aside', async () => deps.setAside());
  app.get<{ Querystring: { after?: string } }>('/api/outbox/exportable', async (request) =>
    deps.exportable(String(request.query.after ?? '').slice(0, 26)),
  );
  app.post<{ Params: { id: string; action: string } }>('/api/outbox/:id/:action', async (request, reply) => {
    const { id } = request.params;
    const action = OUTBOX_ACTIONS.find((name) => name === request.params.action);
    const done = action && ulidPattern.test(id) ? deps.outboxAction(id, action) : null;
    return done ?? reply.code(409).send({ code: 'request-invalid' });
  });
  app.get<{ Querystring: { entry?: string } }>('/api/audit', async (request) =>
    deps.auditReport(request.query.entry ? Number(request.query.entry) : undefined),
  );
  app.get('/api/audit/alarms', async () => deps.auditAlarms());
  app.post('/api/audit/acknowledgements', async () => ({ acknowledged: deps.acknowledgeAuditAlarms() }));
  app.get('/api/city-content', async (_request, reply) =>
    noStore(reply).send({ content: deps.cityContent() }),
  );
  app.post('/api/backups', async () => ({ file: await deps.backUp() }));
  app.post('/api/outbox/retries', async () => ({ due: deps.retryOutbox() }));

  addCameraStream(app, { camera: deps.camera, onCode: deps.onCameraCode, changes: deps.changes });
  addEventStream(app, deps.changes);
  deps.addRoutes(app);
  if (deps.demoControlUrl) addDemoRoutes(app, deps.demoControlUrl);
  await app.register(fastifyStatic, {
    root: deps.uiFolder,
    cacheControl: false,
    etag: false,
    wildcard: false,
  });
  return app;
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}
