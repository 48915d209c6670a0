import { z } from 'zod';
import { DossierMetadata } from './metadata.ts';

/** The published form of `metadata.json`, JSON Schema 2020-12; kept as `metadata.schema.json` beside this file. */
export function metadataSchema(): object {
  return {
    title: 'metadata.json of a dossier of Một Cửa Kiosk, version 1',
    description:
      'Procedure, parties, routing, papers with their fields and the digests of their files, and where each page came from.',
    ...z.toJSONSchema(DossierMetadata, { target: 'draft-2020-12' }),
  };
}
