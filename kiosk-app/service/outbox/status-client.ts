import { DossierStatuses } from '@motcua/contract';
import { err, ok, type Result } from '@motcua/core';
import { askCity, parseJson } from './city-request.ts';
import { openAgent, type TlsFiles } from './upload-client.ts';

/** Asks the city what became of dossiers that it has accepted; at most 100 ids. Unknown ones are not in the answer. */
export interface StatusClient {
  ask(ids: readonly string[], signal: AbortSignal): Promise<Result<DossierStatuses['statuses'], string>>;
}

export interface StatusClientOptions {
  readonly baseUrl: string;
  readonly tls?: (() => TlsFiles) | undefined;
  readonly idleTimeoutMs: number;
}

export function createStatusClient(options: StatusClientOptions): StatusClient {
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  return {
    ask: async (ids, signal) => {
      const agent = openAgent(base, options.tls?.());
      if (agent === null) return err('tls-files');
      try {
        const answer = await askCity({
          method: 'POST',
          url: new URL('dossiers/statuses', base),
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ dossierIds: ids }),
          agent,
          signal,
          idleTimeoutMs: options.idleTimeoutMs,
          maxAnswerBytes: 65_536,
        });
        if (!answer.ok) return err(answer.error.code);
        if (answer.value.status !== 200) return err(`http-${answer.value.status}`);
        const read = DossierStatuses.safeParse(parseJson(answer.value.body)).data;
        return read ? ok(read.statuses) : err('city-nonsense');
      } finally {
        agent.destroy();
      }
    },
  };
}
