import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import type { z } from 'zod';
import { listProblems, ownFolder, readJsonFile } from '../files.ts';
import { CatalogueFile, type ServiceField } from './catalogue-schema.ts';

type ProcedureFile = z.output<typeof CatalogueFile>['procedures'][number];

export type Procedure = Readonly<
  ProcedureFile & {
    /** An officer's primary text stands behind the row; else the screen says that the counter confirms it. */
    readonly confirmed: boolean;
    readonly fieldName: ServiceField['name'];
  }
>;

/** The procedures that a ward offers, as they hold from one day on. */
export interface Catalogue {
  /** `YYYY-MM-DD` */
  readonly validFrom: string;
  readonly fields: readonly ServiceField[];
  /** Grouped by field, in the order of `fields`. */
  readonly procedures: readonly Procedure[];
}

export type CatalogueError = {
  readonly code: 'catalogue-folder-missing' | 'catalogue-none-valid' | 'catalogue-invalid';
  readonly message: string;
};

/** The folder of the catalogues that come with the kiosk. */
export function defaultCatalogueFolder(): string {
  return ownFolder('catalogue');
}

/**
 * The newest catalogue of the folder that holds on a day. Files are named by the day from which they hold,
 * `YYYY-MM-DD.json`; one that is broken is an error, never a silent step back to older fees.
 */
export function loadCatalogue(folder: string, day: string): Result<Catalogue, CatalogueError> {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return err({ code: 'catalogue-folder-missing', message: `${folder}: cannot be read` });
  }
  const newest = names
    .filter((name) => /^\d{4}-\d{2}-\d{2}\.json$/.test(name) && name.slice(0, 10) <= day)
    .sort()
    .at(-1);
  if (!newest) return err({ code: 'catalogue-none-valid', message: `${folder}: none holds on ${day}` });
  return readCatalogue(join(folder, newest), newest.slice(0, 10));
}

function readCatalogue(file: string, validFrom: string): Result<Catalogue, CatalogueError> {
  const json = readJsonFile(file);
  if (!json.ok) return refuse(file, [json.error.detail]);
  const parsed = parseCatalogue(json.value, file);
  if (!parsed.ok || parsed.value.validFrom === validFrom) return parsed;
  return refuse(file, [`validFrom: expected ${validFrom}, the file's name`]);
}

function refuse(where: string, problems: readonly string[]) {
  return err({ code: 'catalogue-invalid', message: [`${where}:`, ...problems].join('\n  ') } as const);
}

/** A catalogue from anywhere, held to what the packaged ones are held to. `where` begins the message of the error. */
export function parseCatalogue(value: unknown, where: string): Result<Catalogue, CatalogueError> {
  const parsed = CatalogueFile.safeParse(value);
  if (!parsed.success) return refuse(where, listProblems(parsed.error));
  const { validFrom, fields, procedures } = parsed.data;
  return ok({
    validFrom,
    fields,
    procedures: fields.flatMap((field) =>
      procedures
        .filter((procedure) => procedure.field === field.code)
        .map((procedure) => ({
          ...procedure,
          confirmed: procedure.confidence === 'A',
          fieldName: field.name,
        })),
    ),
  });
}

export function findProcedure(catalogue: Catalogue, code: string): Procedure | undefined {
  return catalogue.procedures.find((procedure) => procedure.code === code);
}

/** Field of service of a procedure: its prefix begins the order number. */
export function findField(catalogue: Catalogue, code: string): ServiceField | undefined {
  return catalogue.fields.find((field) => field.code === code);
}
