import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cityOpenApi } from '@motcua/contract';

/** Writes the copy of the OpenAPI document that stands in the repository; a test compares it with what is served. */
await writeFile(join(import.meta.dirname, 'openapi.json'), `${JSON.stringify(cityOpenApi(), null, 2)}\n`);
