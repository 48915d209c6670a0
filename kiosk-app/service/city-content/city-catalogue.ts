import { err } from '@motcua/core';
import { type Catalogue, parseCatalogue } from '@motcua/firmware-config';
import {
  type CityDocument,
  type CityDocumentOptions,
  type DocumentSort,
  openCityDocument,
} from './city-document.ts';

/** The procedures that the city offers: held to the schema of the packaged catalogue. */
export const catalogueSort: DocumentSort<Catalogue> = {
  kind: 'catalogue',
  address: () => 'content/catalogue',
  maxAnswerBytes: 8_500_000,
  parse: (content) => {
    const catalogue = parseCatalogue(content, 'catalogue of the city');
    return catalogue.ok ? catalogue : err(catalogue.error.message);
  },
};

export interface CityCatalogue extends Pick<CityDocument<Catalogue>, 'ask' | 'revision'> {
  /** The highest version that holds on this day (`YYYY-MM-DD`); null when the city has given none. */
  onDay(day: string): Catalogue | null;
  /** The highest version that was taken over, whether it holds already or from a later day. */
  newest(): { readonly version: number; readonly validFrom: string } | null;
}

export async function openCityCatalogue(options: CityDocumentOptions): Promise<CityCatalogue> {
  const { ask, revision, taken } = await openCityDocument(options, catalogueSort);
  return {
    ask,
    revision,
    onDay: (day) => taken().find((one) => one.value.validFrom <= day)?.value ?? null,
    newest: () => {
      const [newest] = taken();
      return newest ? { version: newest.version, validFrom: newest.value.validFrom } : null;
    },
  };
}
