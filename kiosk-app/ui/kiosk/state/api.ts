import type { CatalogueView, DemoAction, DemoState } from '@motcua/contract';

/** The calls beside the visit itself. All reject when the service does not answer with what was asked. */
export interface KioskApi {
  catalogue(query: string, signal: AbortSignal): Promise<CatalogueView>;
  demo(signal: AbortSignal): Promise<DemoState>;
  act(action: DemoAction): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;

export function createApi(fetcher: typeof fetch): KioskApi {
  const get = async <T>(path: string, signal: AbortSignal): Promise<T> => {
    const answer = await fetcher(path, {
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  return {
    catalogue: (query, signal) => get<CatalogueView>(`/api/catalogue?q=${encodeURIComponent(query)}`, signal),
    demo: (signal) => get<DemoState>('/api/demo', signal),
    act: async (action) => {
      const answer = await fetcher('/api/demo/actions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(action),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (!answer.ok) throw new Error(`demo action answered ${answer.status}`);
    },
  };
}
