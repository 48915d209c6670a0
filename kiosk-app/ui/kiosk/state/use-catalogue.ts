import type { CatalogueView } from '@motcua/contract';
import { useEffect, useState } from 'react';
import type { KioskApi } from './api.ts';

export interface Catalogue {
  readonly state: 'loading' | 'there' | 'failed';
  /** The last that arrived; it stays while the next one loads. */
  readonly catalogue: CatalogueView | null;
}

const AFTER_TYPING_MS = 200;
const AGAIN_MS = 3_000;

/** The catalogue that matches a query, asked for when typing pauses, and again until it arrives. */
export function useCatalogue(api: KioskApi, query: string): Catalogue {
  const [result, setResult] = useState<Catalogue>({ state: 'loading', catalogue: null });
  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    setResult(({ catalogue }) => ({ state: 'loading', catalogue }));
    const ask = async () => {
      try {
        const catalogue = await api.catalogue(query, leaving.signal);
        if (!leaving.signal.aborted) setResult({ state: 'there', catalogue });
      } catch {
        if (leaving.signal.aborted) return;
        setResult(({ catalogue }) => ({ state: 'failed', catalogue }));
        timer = setTimeout(ask, AGAIN_MS);
      }
    };
    timer = setTimeout(ask, query ? AFTER_TYPING_MS : 0);
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [api, query]);
  return result;
}
