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

/**
 * tus 1.0, HEAD and PATCH only. Uploads come into being by `PUT /dossiers/{id}`, so the extensions creation,
 * termination, concatenation and deferred length are off, and a length cannot be claimed here at all.
 */
export class UploadProtocol extends Server {
  constructor(deps: {
    readonly database: CityDatabase;
    readonly store: CityStore;
    readonly logger: Logger;
  }) {
    super({
      path: '/uploads',
      datastore: new DossierDataStore(deps.database, deps.store),
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

  constructor(database: CityDatabase, store: CityStore) {
    super();
    this.#database = database;
    this.#store = store;
    this.extensions = [];
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await this.#database.dossiers.get(id);
    if (row === undefined) throw { status_code: 404, body: 'upload-unknown' };
    const { size } = DossierManifest.parse(JSON.parse(row.manifest));
    // Accepted: nothing is missing and nothing more fits, wherever the bytes are by now.
    const offset = row.claims === null ? await this.#store.receivedBytes(id) : size;
    return new Upload({ id, size, offset });
  }

  override write(bytes: Readable, id: string, offset: number): Promise<number> {
    return this.#store.append(id, offset, bytes);
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
