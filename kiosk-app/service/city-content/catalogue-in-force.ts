import { type Clock, vietnamTime } from '@motcua/core';
import { type Catalogue, loadCatalogue } from '@motcua/firmware-config';
import type { CityCatalogue } from './city-catalogue.ts';

/**
 * The catalogue that holds today: the city's, or the packaged one where that holds from a later day. It changes with the
 * day and with what the city gives, but never under a visit. A broken packaged file keeps the last good one.
 */
export function createCatalogueInForce(deps: {
  readonly folder: string;
  readonly city: Pick<CityCatalogue, 'onDay' | 'revision'> | null;
  readonly clock: Clock;
  readonly openVisit: () => string | null;
}): () => Catalogue {
  const { city } = deps;
  let loaded: {
    readonly day: string;
    readonly revision: number;
    readonly catalogue: Catalogue;
    visit: string | null;
  } | null = null;
  return () => {
    const visit = deps.openVisit();
    if (loaded && visit !== null && visit === loaded.visit) return loaded.catalogue;
    const day = vietnamTime(deps.clock.now()).localDay;
    const revision = city?.revision() ?? 0;
    if (loaded?.day !== day || loaded.revision !== revision) {
      const packaged = loadCatalogue(deps.folder, day);
      const given = city?.onDay(day) ?? null;
      if (!packaged.ok && !given && !loaded) throw new Error(packaged.error.message);
      const floor = packaged.ok ? packaged.value : null;
      const newest = given && (!floor || given.validFrom >= floor.validFrom) ? given : floor;
      loaded = { day, revision, visit, catalogue: newest ?? (loaded as { catalogue: Catalogue }).catalogue };
    }
    loaded.visit = visit;
    return loaded.catalogue;
  };
}
