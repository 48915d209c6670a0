import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { DossierManifest } from '@motcua/contract';
import { type Logger, ulidPattern } from '@motcua/core';
import { DataStore, Server, Upload } from '@tus/server';
import type { CityDatabase } from './database/city-database.ts';
import { tusLocker } from './database/upload-locks.ts';
import { problemText } from './http/problem.ts';
import { type CityStore, OffsetConflict } from './stores/city-store.ts';

/** How long a request waits for another that holds the same upload; then the kiosk tries again. */
const LOCK_WAIT_MS = 30_000;

type Context = Parameters<Server['write']>[0];

/** The request whose body a chunk is, on its way through the library to the store. */
interface Incoming {
  readonly raw: IncomingMessage;
  /** Aborted when another request wants the upload. */
  superseded?: AbortSignal;
  /** As announced. */
  size?: number;
}

/**
 * tus 1.0, HEAD and PATCH only. Uploads come into being by `PUT /dossiers/{id}`, so the extensions creation,
 * termination, concatenation and deferred length are off, and a length cannot be claimed here at all.
 *
 * The library sees a request without its body: it would lead it through four streams, which took three times the
 * processor time of all the rest (mostly garbage collection). The store reads from the connection itself.
 */
export class UploadProtocol extends Server {
  readonly #incoming: AsyncLocalStorage<Incoming>;

  constructor(deps: {
    readonly database: CityDatabase;
    readonly store: CityStore;
    readonly logger: Logger;
  }) {
    const incoming = new AsyncLocalStorage<Incoming>();
    super({
      path: '/uploads',
      datastore: new DossierDataStore(deps.database, deps.store, incoming),
      locker: tusLocker(deps.database.locks, LOCK_WAIT_MS),
      relativeLocation: true,
      // What a request that lost its upload to a newer one may still do.
      lockDrainTimeout: 1_000,
      allowedOrigins: () => false,
      getFileIdFromRequest: (_, last) => (last !== undefined && ulidPattern.test(last) ? last : undefined),
      onResponseError: async (_, error) => {
        if (!('status_code' in error)) deps.logger.warn({ err: error }, 'bytes of an upload were not stored');
        return describe(error);
      },
    });
    this.#incoming = incoming;
  }

  override async handle(raw: IncomingMessage, reply: ServerResponse): Promise<void> {
    const headers = Object.entries(raw.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    );
    const request = new Request(new URL(raw.url ?? '/', 'http://gateway'), {
      method: raw.method ?? '',
      headers,
    });
    const response = await this.#incoming.run({ raw }, () => this.handleWeb(request));
    const text = await response.text();
    // A body that nobody will read to its end: a claim of gigabytes must not hold the connection.
    const hangUp = response.status >= 400 && raw.method === 'PATCH';
    if (hangUp) reply.setHeader('connection', 'close');
    reply.writeHead(response.status, Object.fromEntries(response.headers));
    reply.end(text, () => {
      if (hangUp && !raw.complete) raw.destroy();
    });
  }

  protected override createContext() {
    const context = super.createContext();
    const incoming = this.#incoming.getStore();
    if (incoming !== undefined) incoming.superseded = context.signal;
    return context;
  }

  /** The library answers with lines of text; the contract's failures are problem documents. */
  override write(context: Context, headers: Headers, status: number, body = ''): Promise<Response> {
    if (status < 400) return super.write(context, headers, status, body);
    headers.set('content-type', 'application/problem+json');
    if (status === 503) headers.set('retry-after', '60');
    return super.write(context, headers, status, problemText(status, codeOf(status, body)));
  }
}

/** Serves the library from our stores. It keeps no state: length and owner are in the database. */
class DossierDataStore extends DataStore {
  readonly #database: CityDatabase;
  readonly #store: CityStore;
  readonly #incoming: AsyncLocalStorage<Incoming>;

  constructor(database: CityDatabase, store: CityStore, incoming: AsyncLocalStorage<Incoming>) {
    super();
    this.#database = database;
    this.#store = store;
    this.#incoming = incoming;
    this.extensions = [];
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await this.#database.dossiers.get(id);
    if (row === undefined) throw { status_code: 404, body: 'upload-unknown' };
    const { size } = DossierManifest.parse(JSON.parse(row.manifest));
    // Accepted: nothing is missing and nothing more fits, wherever the bytes are by now.
    const incoming = this.#incoming.getStore();
    if (incoming !== undefined) incoming.size = size;
    const offset = row.claims === null ? await this.#store.receivedBytes(id) : size;
    return new Upload({ id, size, offset });
  }

  override async write(_: Readable, id: string, offset: number): Promise<number> {
    const incoming = this.#incoming.getStore();
    if (incoming?.size === undefined) throw new Error('a chunk came on no request');
    return this.#store.append(id, offset, bodyOf(incoming, incoming.size - offset));
  }
}

/** The body of a request, at most `most` bytes of it. It breaks off when a newer request wants the upload. */
async function* bodyOf({ raw, superseded }: Incoming, most: number): AsyncGenerator<Buffer> {
  const stop = () => raw.destroy(new Error('superseded'));
  superseded?.addEventListener('abort', stop, { once: true });
  try {
    let left = most;
    // A store that fails must still be able to say so on this connection.
    for await (const chunk of raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (chunk.length > left) throw { status_code: 413, body: 'more-than-announced' };
      left -= chunk.length;
      yield chunk;
    }
  } finally {
    superseded?.removeEventListener('abort', stop);
  }
}

function describe(error: Error | { status_code: number; body: string }) {
  if (error instanceof OffsetConflict) return { status_code: 409, body: 'offset-differs' };
  if ('status_code' in error) return error;
  const { code } = error as NodeJS.ErrnoException;
  // Full disk, or the database, the object store or a lock that cannot be had now: nothing that the kiosk did.
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return { status_code: 503, body: full ? 'storage-full' : 'storage-unavailable' };
}

function codeOf(status: number, body: string): string {
  if (/^[a-z][a-z-]+$/.test(body)) return body;
  const codes: Readonly<Record<number, string>> = {
    404: 'upload-unknown',
    409: 'offset-differs',
    412: 'tus-version-missing',
    413: 'more-than-announced',
    415: 'content-type-refused',
  };
  return codes[status] ?? (status < 500 ? 'request-refused' : 'internal');
}
