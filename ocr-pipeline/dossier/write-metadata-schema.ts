// `npm run schema:dossier`: writes metadata.schema.json anew after a change of metadata.ts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metadataSchema } from './metadata-schema.ts';

writeFileSync(
  join(import.meta.dirname, 'metadata.schema.json'),
  `${JSON.stringify(metadataSchema(), null, 2)}\n`,
);
