import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import { listProblems, readJsonFile } from '@motcua/firmware-config';
import type { z } from 'zod';
import { KindFile, type Property, PropertyFile } from './kind-schema.ts';

/** A field with everything that its data file leaves to the property of its name. */
export interface KindField extends Property {
  readonly name: string;
  readonly role: string | undefined;
  readonly zone: { left: number; top: number; right: number; bottom: number } | undefined;
}

export type Kind = Omit<KindFile, 'fields'> & { readonly fields: readonly KindField[] };

export interface Kinds {
  readonly kinds: readonly Kind[];
  /** Every label of every property: where one begins, the value before it ends. */
  readonly labels: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

export type KindsError = { readonly code: 'kinds-invalid'; readonly message: string };

const MAX_KINDS = 300;

/**
 * The kinds of paper that come with the pipeline and those of `extraFolder`, one JSON file each; a code that stands in
 * both is the extra one's. A broken file is an error that names the file and the place in it.
 */
export function loadKinds(extraFolder?: string): Result<Kinds, KindsError> {
  const properties = readFile(join(import.meta.dirname, 'properties.json'), PropertyFile);
  if (!properties.ok) return properties;
  const kinds = new Map<string, Kind>();
  for (const folder of [join(import.meta.dirname, 'kinds'), extraFolder]) {
    if (folder === undefined) continue;
    let names: readonly string[];
    try {
      names = readdirSync(folder).filter((file) => file.endsWith('.json'));
    } catch {
      return err({ code: 'kinds-invalid', message: `${folder}: cannot be read` });
    }
    if (names.length > MAX_KINDS)
      return err({ code: 'kinds-invalid', message: `${folder}: more than ${MAX_KINDS} kinds` });
    for (const file of [...names].sort()) {
      const kind = readKind(join(folder, file), properties.value);
      if (!kind.ok) return kind;
      if (`${kind.value.code}.json` !== file)
        return err({
          code: 'kinds-invalid',
          message: `${join(folder, file)}: code: expected the file's name`,
        });
      kinds.set(kind.value.code, kind.value);
    }
  }
  const labels = Object.values(properties.value).flatMap((property) => property.labels);
  return ok({ kinds: [...kinds.values()], labels: [...new Set(labels)], properties: properties.value });
}

function readFile<T extends z.ZodType>(file: string, schema: T): Result<z.output<T>, KindsError> {
  const json = readJsonFile(file);
  if (!json.ok) return err({ code: 'kinds-invalid', message: `${file}: ${json.error.detail}` });
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  return err({ code: 'kinds-invalid', message: [`${file}:`, ...listProblems(parsed.error)].join('\n  ') });
}

function readKind(file: string, properties: z.output<typeof PropertyFile>): Result<Kind, KindsError> {
  const read = readFile(file, KindFile);
  if (!read.ok) return read;
  const fields: KindField[] = [];
  for (const [at, given] of read.value.fields.entries()) {
    const own = typeof given === 'string' ? { name: given } : given;
    const dot = own.name.indexOf('.');
    const property = properties[own.name.slice(dot + 1)];
    const type = own.type ?? property?.type;
    const label = own.label ?? property?.label;
    const labels = own.labels ?? property?.labels;
    if (type === undefined || label === undefined || labels === undefined)
      return err({
        code: 'kinds-invalid',
        message: `${file}: fields.${at}: "${own.name}" is no known property, so it needs label, type and labels`,
      });
    fields.push({
      name: own.name,
      role: dot < 0 ? undefined : own.name.slice(0, dot),
      type,
      label,
      labels,
      values: own.values ?? property?.values,
      zone: own.zone,
    });
  }
  return ok({ ...read.value, fields });
}
