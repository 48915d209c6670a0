import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import rateLimit from '@fastify/rate-limit';
import { cityOpenApi } from '@motcua/contract';
import type { Clock, Logger } from '@motcua/core';
import type { DeviceKey } from '@motcua/ocr-pipeline/dossier';
import fastify, { type FastifyInstance } from 'fastify';
import { createCommit } from './commit.ts';
import type { ContentSource } from './content/content-source.ts';
import type { CityDatabase } from './database/city-database.ts';
import type { DueRules } from './due-date.ts';
import { problem, problemText } from './http/problem.ts';
import type { Authority } from './identity/authority.ts';
import { identifyKiosk } from './identity/kiosk-identity.ts';
import type { RevocationList } from './identity/revocation-list.ts';
import { createNoteAuditHead } from './note-audit-head.ts';
import { addCertificateRoutes } from './routes/certificate-routes.ts';
import { addContentRoutes } from './routes/content-routes.ts';
import { addDossierRoutes } from './routes/dossier-routes.ts';
import { addStatusRoutes } from './routes/status-routes.ts';
import type { CityStore } from './stores/city-store.ts';
import { UploadProtocol } from './upload-protocol.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** From the client certificate; null on a gateway without TLS, which only listens on loopback. */
    kioskId: string | null;
  }
  interface FastifyContextConfig {
    /** Needs no client certificate. */
    open?: boolean;
  }
}

export interface GatewayTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Who issues the kiosks' certificates. */
  readonly clientAuthoritiesPem: string;
  readonly revoked: RevocationList | null;
  /** Null: certificates are not renewed here. */
  readonly authority: Authority | null;
}

export interface GatewayLimits {
  readonly maxDossierBytes: number;
  /** Announced and not finished, of one kiosk. */
  readonly maxUnfinished: number;
  /** Of one kiosk, or of one address where kiosks are not known. */
  readonly requestsPerMinute: number;
  readonly lookUpsPerMinute: number;
  readonly maxConnections: number;
  /** The headers of a request; a silence within it; the whole of it on a slow line. */
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export const defaultLimits: GatewayLimits = {
  maxDossierBytes: 2_147_483_648,
  maxUnfinished: 1_000,
  requestsPerMinute: 1_200,
  lookUpsPerMinute: 20,
  maxConnections: 10_000,
  headersTimeoutMs: 20_000,
  idleTimeoutMs: 60_000,
  requestTimeoutMs: 600_000,
};

export interface GatewayDeps {
  /** The gateway closes both when it is closed. */
  readonly database: CityDatabase;
  readonly store: CityStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Signs receipts and content: the same one in all gateways of a city. */
  readonly receiptKey: DeviceKey;
  /** PEM certificates that may vouch for a kiosk; asked at each commit. */
  readonly trust: (kioskId: string) => Promise<readonly string[]>;
  readonly dueRules: DueRules;
  readonly content: ContentSource;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Null: plain HTTP, which the caller may only listen with on loopback. */
  readonly tls: GatewayTls | null;
  /** Called when a dossier has been accepted. */
  readonly accepted?: () => void;
  readonly limits?: Partial<GatewayLimits>;
}

const MAX_JSON_BYTES = 262_144;

/** The receiving side of the upload contract (`@motcua/contract`, city.ts). The caller listens and closes. */
export async function buildGateway(
  deps: GatewayDeps,
): Promise<FastifyInstance & { readonly routes: readonly string[] }> {
  const { database, logger, store, tls } = deps;
  const limits = { ...defaultLimits, ...deps.limits };
  const app = createApp(tls, limits);
  app.server.maxConnections = limits.maxConnections;
  app.addHook('onClose', async () => {
    await store.close();
    await database.close();
  });
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one.toLowerCase()} ${url}`);
  });
  app.decorateRequest('kioskId', null);
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: 60_000,
    cache: 20_000,
    keyGenerator: (request) => request.kioskId ?? request.ip,
  });
  if (tls !== null) requireKiosk(app, deps, tls);
  answerWithProblems(app, logger);

  // Chunks go to the store as they come: nothing is parsed or gathered.
  app.addContentTypeParser('application/offset+octet-stream', (_request, _body, done) => done(null));
  app.get('/healthz', { config: { open: true, rateLimit: false } }, () => ({ status: 'ok' }));
  app.get('/receipt-certificate', { config: { open: true } }, (_, reply) =>
    reply.type('application/x-pem-file').send(deps.receiptKey.certificatePem),
  );
  const openApi = cityOpenApi();
  app.get('/openapi.json', { config: { open: true } }, () => openApi);
  addDossierRoutes(app, {
    ...deps,
    ...limits,
    commit: createCommit({ ...deps, accepted: deps.accepted ?? (() => undefined) }),
    tus: new UploadProtocol({ database, store, logger }),
    noteAuditHead: createNoteAuditHead({ ...deps, heads: database.auditHeads }),
  });
  addStatusRoutes(app, { database, lookUpsPerMinute: limits.lookUpsPerMinute });
  addContentRoutes(app, deps.content);
  addCertificateRoutes(app, { ...deps, authority: tls?.authority ?? null, keys: database.kioskKeys });
  return Object.assign(app, { routes });
}

function createApp(tls: GatewayTls | null, limits: GatewayLimits): FastifyInstance {
  const options = {
    bodyLimit: MAX_JSON_BYTES,
    connectionTimeout: limits.idleTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    forceCloseConnections: true,
    // Only the addresses of the contract: no HEAD beside every GET.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerBrokenRequest,
  };
  const timeouts = {
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
  };
  if (tls === null) return fastify({ ...options, http: timeouts });
  const app = fastify({
    ...options,
    https: {
      ...timeouts,
      cert: tls.certificatePem,
      key: tls.privateKeyPem,
      ca: tls.clientAuthoritiesPem,
      requestCert: true,
      // Certificates that are missing or refused are answered by the hook, with the reason.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersTimeoutMs,
    },
  });
  return app as unknown as FastifyInstance;
}

/** What never became a request: too slow, too long, or no HTTP. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = problemText(status, status === 408 ? 'request-too-slow' : 'request-refused');
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function requireKiosk(app: FastifyInstance, deps: GatewayDeps, tls: GatewayTls): void {
  const { clock, database, logger } = deps;
  // The limit of a route counts who has come in; this one those who have not.
  const refusals = app.createRateLimit();
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.open === true) return;
    const socket = request.raw.socket as TLSSocket;
    const kiosk = await identifyKiosk(socket, { keys: database.kioskKeys, revoked: tls.revoked, clock });
    if (kiosk.ok) {
      request.kioskId = kiosk.value;
      return;
    }
    const limit = await refusals(request);
    if (!limit.isAllowed && limit.isExceeded)
      return problem(reply.header('retry-after', '60'), 429, 'too-many-requests');
    const { code, status } = kiosk.error;
    logger.warn(
      { code, fingerprint: socket.getPeerX509Certificate()?.fingerprint256 },
      'a client was refused',
    );
    return problem(reply, status, code);
  });
}

function answerWithProblems(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (_, reply) => problem(reply, 404, 'not-found'));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 429) {
      logger.warn({ kiosk: request.kioskId }, 'too many requests');
      return problem(reply, 429, 'too-many-requests');
    }
    if (status < 500) return problem(reply, status, 'request-refused');
    logger.error({ err: error }, 'a request failed');
    return isOutage(error) ? problem(reply, 503, 'storage-unavailable') : problem(reply, 500, 'internal');
  });
}

const OUTAGES = /^(ENOSPC|EDQUOT|ECONN\w+|EPIPE|ETIMEDOUT|SQLITE_FULL|SQLITE_BUSY|57P0\d|08\w{3}|53\w{3})$/;

/** Database or store cannot be used now: full, restarting, or gone for the moment. A bug it is not. */
function isOutage(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (typeof code === 'string' && OUTAGES.test(code)) || error.name === 'TimeoutError';
}
