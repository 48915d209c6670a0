import { err } from '@motcua/core';
import { type SiteConfig, type SiteSource, withCityConfiguration } from '@motcua/firmware-config';
import type { DocumentSort } from './city-document.ts';

/**
 * What the city sets on this kiosk or on all: a patch of the site's own configuration, taken over only when the whole
 * is a configuration again.
 */
export function configurationSort(source: SiteSource): DocumentSort<SiteConfig> {
  return {
    kind: 'configuration',
    address: (kioskId) => `content/configuration/${encodeURIComponent(kioskId)}`,
    // A few dozen settings; what is longer is none.
    maxAnswerBytes: 65_536,
    parse: (content) => {
      const site = withCityConfiguration(source, content);
      return site.ok ? site : err(site.error.message);
    },
  };
}
