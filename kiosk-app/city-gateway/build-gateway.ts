import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CityProblem, DossierManifest } from '@motcua/contract';
import { type Clock, type Logger, ulidPattern } from '@motcua/core';
import type { DeviceKey } from '@motcua/ocr-pipeline/dossier';
import { MemoryLocker, Server as TusServer } from '@tus/server';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { createCommit } from './commit.ts';
import { openDatabase } from './database.ts';
import { createDossierStore } from './dossier-store.ts';
import type { DueRules } from './due-date.ts';
import { UploadStore } from './upload-store.ts';

export interface GatewayDeps {
  /** Holds `gateway.sqlite` and `dossiers/`; made if it is not there. */
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receiptKey: DeviceKey;
  /** PEM certificates of the kiosks whose dossiers are taken. */
  readonly trust: () => Promise<readonly string[]>;
  readonly dueRules: DueRules;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly maxDossierBytes?: number;
}

const MAX_JSON_BYTES = 262_144;
/** Silence on a connection; and the longest that one chunk may take on a slow line. */
const CONNECTION_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 600_000;

/** The receiving side of the upload contract (`@motcua/contract`, city.ts). The caller listens and closes. */
export async function buildGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const { clock, logger } = deps;
  const folder = join(deps.dataFolder, 'dossiers');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const dossiers = createDossierStore(openDatabase(join(deps.dataFolder, 'gateway.sqlite')));
  const uploads = new UploadStore(folder, dossiers);
  const locker = new MemoryLocker();
  const commit = createCommit({
    ...deps,
    dossiers,
    uploads,
    withUploadLocked: async (id, work) => {
      const lock = locker.newLock(id);
      await lock.lock(new AbortController().signal, () => undefined);
      return work().finally(() => lock.unlock());
    },
  });
  const tus = new TusServer({
    path: '/uploads',
    datastore: uploads,
    locker,
    relativeLocation: true,
    allowedOrigins: () => false,
    getFileIdFromRequest: (_, last) => (last !== undefined && ulidPattern.test(last) ? last : undefined),
  });

  const app = fastify({
    bodyLimit: MAX_JSON_BYTES,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    http: { headersTimeout: 20_000 },
  });
  app.addHook('onClose', async () => dossiers.close());
  // Chunks go to the disk as they come: nothing is parsed or gathered.
  app.addContentTypeParser('application/offset+octet-stream', (_request, _body, done) => done(null));
  app.setNotFoundHandler((_, reply) => problem(reply, 404, 'not-found', 'There is nothing at this address'));
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ err: error }, 'a request failed');
    return status < 500
      ? problem(reply, status, 'request-refused', 'The request cannot be understood')
      : problem(reply, 500, 'internal', 'The gateway failed; try again later');
  });

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/receipt-certificate', (_, reply) =>
    reply.type('application/x-pem-file').send(deps.receiptKey.certificatePem),
  );

  app.put<{ Params: { id: string } }>('/dossiers/:id', async (request, reply) => {
    const { id } = request.params;
    const parsed = DossierManifest.safeParse(request.body);
    if (!parsed.success || parsed.data.dossierId !== id)
      return problem(reply, 422, 'manifest-refused', 'The manifest is not one, or of another dossier');
    if (parsed.data.size > (deps.maxDossierBytes ?? Number.POSITIVE_INFINITY))
      return problem(reply, 413, 'dossier-too-large', 'The dossier is larger than this gateway takes');
    if (!dossiers.announce(parsed.data, clock.now()))
      return problem(reply, 409, 'manifest-conflict', 'This dossier was announced with another manifest');
    const accepted = dossiers.get(id)?.receipt !== null;
    if (!accepted) await uploads.ensure(id);
    return { state: accepted ? 'accepted' : 'waiting', uploadUrl: `/uploads/${id}` };
  });

  app.post<{ Params: { id: string } }>('/dossiers/:id/commit', async (request, reply) => {
    const { id } = request.params;
    if (!ulidPattern.test(id)) return problem(reply, 422, 'id-refused', 'Not a dossier id');
    const outcome = await commit(id);
    if (outcome.ok) return { receipt: outcome.value };
    return problem(reply, outcome.error.status, outcome.error.code, 'The dossier was not taken');
  });

  app.get<{ Params: { id: string } }>('/dossiers/:id', async (request, reply) => {
    const { id } = request.params;
    const row = ulidPattern.test(id) ? dossiers.get(id) : undefined;
    if (row === undefined) return problem(reply, 404, 'dossier-unknown', 'No such dossier');
    const state = row.receipt !== null ? 'accepted' : row.refusal !== null ? 'refused' : 'waiting';
    const receivedBytes = await uploads.sizeOf(id);
    return { state, receivedBytes, dossierCode: row.code, refusal: row.refusal };
  });

  app.route({
    method: ['HEAD', 'PATCH'],
    url: '/uploads/:id',
    handler: async (request, reply) => {
      reply.hijack();
      await tus.handle(request.raw, reply.raw);
    },
  });
  return app;
}

function problem(reply: FastifyReply, status: number, code: string, title: string): FastifyReply {
  const body: CityProblem = { type: 'about:blank', title, status, code };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}
