import { type SiteConfig, type SiteSource, settingsForNextStart } from '@motcua/firmware-config';
import { type CityCatalogue, openCityCatalogue } from './city-catalogue.ts';
import { configurationSort } from './city-configuration.ts';
import { type CityDocument, type CityDocumentOptions, openCityDocument } from './city-document.ts';

/** What the city says about this kiosk from afar, as it was last believed. */
export interface CityContent {
  readonly catalogue: CityCatalogue;
  readonly configuration: CityDocument<SiteConfig>;
  /**
   * The site with the city's configuration over it; grows old at once when another one is taken over. Whoever needs a
   * start for a setting keeps the first one.
   */
  site(): SiteConfig;
  /** For the technician: what holds, and what of it waits for the next start. */
  report(): CityContentReport;
  /** Now, and then at intervals between half of `contentMinutes` and the whole, until the returned function is called. */
  askRegularly(random: () => number): () => void;
}

export interface CityContentReport {
  readonly catalogue: { readonly version: number; readonly validFrom: string } | null;
  readonly configuration: { readonly version: number; readonly atNextStart: readonly string[] } | null;
}

/** Opens what was taken over before; asks nothing yet. `own` is the site without the city's word, from `source`. */
export async function openCityContent(
  options: CityDocumentOptions & { readonly own: SiteConfig; readonly source: SiteSource },
): Promise<CityContent> {
  const catalogue = await openCityCatalogue(options);
  const configuration = await openCityDocument(options, configurationSort(options.source));
  const newest = () => configuration.taken()[0];
  const site = () => newest()?.value ?? options.own;
  const started = site();
  return {
    catalogue,
    configuration,
    site,
    report: () => {
      const taken = newest();
      return {
        catalogue: catalogue.newest(),
        configuration: taken
          ? { version: taken.version, atNextStart: settingsForNextStart(started, taken.value) }
          : null,
      };
    },
    askRegularly: (random) => {
      const stop = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const next = () => {
        if (stop.signal.aborted) return;
        const everyMs = site().city.contentMinutes * 60_000;
        timer = setTimeout(run, everyMs / 2 + (everyMs / 2) * random());
        timer.unref();
      };
      const run = async () => {
        for (const document of [configuration, catalogue])
          await document
            .ask(stop.signal)
            .catch((error: unknown) =>
              options.logger.error({ err: error }, 'a document of the city was not taken over'),
            );
        next();
      };
      void run();
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    },
  };
}
