import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@motcua/core';
import pg from 'pg';
import { createLocalLocks, type UploadLocks } from './upload-locks.ts';

const CHANNEL = 'motcua_upload_wanted';
const POLL_MS = 50;

/**
 * Among several gateways on one PostgreSQL: advisory locks of one session that this process keeps for them, so that
 * the death of a process frees all of its locks at once, without a lease to wait for. NOTIFY carries the wish to have
 * one. They only keep writers from each other's way; that no byte is written twice is seen to by `UploadParts.add`
 * and by the transactions of the commit. Needs a real session: a pooler in transaction mode breaks it.
 */
export function createPostgresLocks(options: {
  readonly url: string;
  readonly logger: Logger;
}): UploadLocks & { readonly close: () => Promise<void> } {
  const local = createLocalLocks();
  /** Those that this process has, not only waits for: who waits must not be asked to let go. */
  const owned = new Set<string>();
  let session: Promise<pg.Client> | undefined;

  const connect = async () => {
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'motcua-city-gateway locks',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    client.on('error', (error) => {
      options.logger.warn({ err: error }, 'the session of the upload locks was lost');
      session = undefined;
    });
    client.on('notification', ({ payload }) => {
      if (payload !== undefined && owned.has(payload)) local.want(payload);
    });
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return client;
  };
  const open = () => {
    session ??= connect().catch((error: unknown) => {
      session = undefined;
      throw error;
    });
    return session;
  };

  // One statement after the other: `pg` will not queue them for much longer.
  let last: Promise<unknown> = Promise.resolve();
  const query = <Row extends pg.QueryResultRow>(client: pg.Client, text: string, values: unknown[]) => {
    const result = last.then(() => client.query<Row>(text, values));
    last = result.catch(() => undefined);
    return result;
  };

  return {
    acquire: async (id, signal, wanted) => {
      const releaseLocal = await local.acquire(id, signal, wanted);
      try {
        for (let tries = 0; ; tries++) {
          signal.throwIfAborted();
          const client = await open();
          const { rows } = await query<{ free: boolean }>(
            client,
            'select pg_try_advisory_lock(hashtextextended($1, 0)) as free',
            [id],
          );
          if (rows[0]?.free) {
            owned.add(id);
            return async () => {
              owned.delete(id);
              // With the session its locks are gone as well.
              await query(client, 'select pg_advisory_unlock(hashtextextended($1, 0))', [id]).catch(
                () => undefined,
              );
              await releaseLocal();
            };
          }
          if (tries % 20 === 0) await query(client, 'select pg_notify($1, $2)', [CHANNEL, id]);
          await pause(POLL_MS, undefined, { signal });
        }
      } catch (error) {
        await releaseLocal();
        throw error;
      }
    },
    close: async () => {
      const client = await session?.catch(() => undefined);
      await client?.end();
    },
  };
}
