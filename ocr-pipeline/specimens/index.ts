import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Degradation } from './degrade.ts';

export { composeScene, type Scene } from './compose-scene.ts';
export { cleanScan, type Degradation, degradePage } from './degrade.ts';
export { type SpecimenPerson, specimenPeople, specimenPerson } from './people.ts';
export { type Fault, spoilPage } from './spoil.ts';

/** A page image that looks like a scan, and what is true about it. */
export interface Specimen {
  /** `NN-name` */
  readonly name: string;
  /** Absolute path of the JPEG. */
  readonly file: string;
  /** True text, NFC, in reading order, line by line as laid out; without leaders, stamps and handwriting. */
  readonly text: string;
  /** A code of `understanding/kinds`, or `unknown`. */
  readonly kind: string;
  /** Of the person the paper is about (a certificate) or who fills it in (a form); only what is printed on it. */
  readonly fields: {
    readonly personNumber?: string;
    readonly fullName?: string;
    /** `YYYY-MM-DD` */
    readonly birthDate?: string;
  };
  /** That person's id in `specimenPeople()`. */
  readonly person: string | null;
  readonly degradation: Degradation;
}

/** All specimens of the repository, sorted by name. Reads the folder on each call. */
export function listSpecimens(): readonly Specimen[] {
  const folder = join(import.meta.dirname, 'pages');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.jpg'.length);
      const facts = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Omit<
        Specimen,
        'name' | 'file' | 'text'
      >;
      return {
        name,
        file: join(folder, file),
        text: readFileSync(join(folder, `${name}.txt`), 'utf8'),
        ...facts,
      };
    });
}
