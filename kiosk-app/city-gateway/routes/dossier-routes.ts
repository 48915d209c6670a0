import { DossierManifest, type DossierProgress, type UploadOffer } from '@motcua/contract';
import { type Clock, type Logger, ulidPattern } from '@motcua/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { createCommit } from '../commit.ts';
import type { CityDatabase } from '../database/city-database.ts';
import type { DossierRow } from '../database/tables.ts';
import { problem } from '../http/problem.ts';
import type { CityStore } from '../stores/city-store.ts';
import type { UploadProtocol } from '../upload-protocol.ts';

interface DossierRouteDeps {
  readonly database: CityDatabase;
  readonly store: CityStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly commit: ReturnType<typeof createCommit>;
  readonly tus: UploadProtocol;
  readonly noteAuditHead: (kioskId: string, token: string) => Promise<readonly string[]>;
  readonly maxDossierBytes: number;
  readonly maxUnfinished: number;
}

type WithId = { readonly Params: { readonly id: string } };

/** Announce, send, commit: the contract's three steps, and where a dossier stands. */
export function addDossierRoutes(app: FastifyInstance, deps: DossierRouteDeps): void {
  const { clock, logger, store } = deps;
  const { dossiers } = deps.database;
  const find = async (request: FastifyRequest<WithId>) => {
    const { id } = request.params;
    const row = ulidPattern.test(id) ? await dossiers.get(id) : undefined;
    // To another kiosk it does not exist.
    return row !== undefined && mayTouch(request, row.kiosk_id) ? row : undefined;
  };

  app.put<WithId>('/dossiers/:id', async (request, reply) => {
    const { id } = request.params;
    const size = (request.body as { readonly size?: unknown } | null)?.size;
    if (typeof size === 'number' && size > deps.maxDossierBytes)
      return problem(reply, 413, 'dossier-too-large');
    const parsed = DossierManifest.safeParse(request.body);
    if (!parsed.success || parsed.data.dossierId !== id) return problem(reply, 422, 'manifest-refused');
    const manifest = parsed.data;
    if (!mayTouch(request, manifest.kioskId)) return problem(reply, 403, 'kiosk-disagrees');
    const known = await dossiers.get(id);
    // What is here already needs no room: its receipt can be had from a full gateway, too.
    if (known === undefined && !(await store.hasRoomFor(manifest.size))) {
      logger.error({}, 'the storage is full: no new uploads are taken');
      return problem(reply, 503, 'storage-full');
    }
    switch (await dossiers.announce(manifest, clock.now(), deps.maxUnfinished)) {
      case 'conflict':
        return problem(reply, 409, 'manifest-conflict');
      case 'too-many':
        return problem(reply.header('retry-after', '600'), 429, 'too-many-unfinished');
      case 'announced':
    }
    const head = request.headers['motcua-audit-head'];
    const auditHeads = typeof head === 'string' ? await deps.noteAuditHead(manifest.kioskId, head) : [];
    const accepted = (known?.receipt ?? null) !== null;
    if (!accepted) await store.ensure(id);
    return {
      state: accepted ? 'accepted' : 'waiting',
      uploadUrl: `/uploads/${id}`,
      ...(auditHeads.length > 0 && { auditHeads: [...auditHeads] }),
    } satisfies UploadOffer;
  });

  app.post<WithId>('/dossiers/:id/commit', async (request, reply) => {
    if ((await find(request)) === undefined) return problem(reply, 409, 'dossier-unknown');
    const outcome = await deps.commit(request.params.id);
    if (outcome.ok) return { receipt: outcome.value };
    return problem(reply, outcome.error.status, outcome.error.code);
  });

  app.get<WithId>('/dossiers/:id', async (request, reply) => {
    const row = await find(request);
    if (row === undefined) return problem(reply, 404, 'dossier-unknown');
    return {
      state: stateOf(row),
      receivedBytes: row.claims === null ? await store.receivedBytes(row.id) : sizeOf(row),
      dossierCode: row.code,
      refusal: row.refusal,
    } satisfies DossierProgress;
  });

  app.route<WithId>({
    method: ['HEAD', 'PATCH'],
    url: '/uploads/:id',
    handler: async (request, reply) => {
      if (request.kioskId !== null && (await find(request)) === undefined)
        return problem(reply, 404, 'upload-unknown');
      reply.hijack();
      await deps.tus.handle(request.raw, reply.raw);
    },
  });
}

/** On a connection without client certificates, loopback in the demonstration, everybody may. */
function mayTouch(request: FastifyRequest, kioskId: string): boolean {
  return request.kioskId === null || request.kioskId === kioskId;
}

function stateOf(row: DossierRow): DossierProgress['state'] {
  return row.receipt !== null ? 'accepted' : row.refusal !== null ? 'refused' : 'waiting';
}

function sizeOf(row: DossierRow): number {
  return DossierManifest.parse(JSON.parse(row.manifest)).size;
}
