import { identityLevels } from '@motcua/core';
import { z } from 'zod';

const text = z.string().trim().min(1).max(300);
const Sentence = z.strictObject({ vi: text, en: text });
const code = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,38}$/, 'a code of lower-case letters, digits, . and -');
const day = z.iso.date();

const Paper = z.strictObject({
  code,
  name: Sentence,
  hint: Sentence.nullable(),
  required: z.boolean(),
  /**
   * Kinds of paper, by the codes of page understanding, that are expected on the glass; empty: anything. Another kind
   * is a hint to the person, never a refusal.
   */
  kinds: z.array(code).max(10),
});

const Procedure = z.strictObject({
  code,
  field: code,
  name: Sentence,
  /** Other words that people use for it; for the search only. */
  aliases: z.array(text).max(20),
  papers: z.array(Paper).min(1).max(20),
  /** Longest settlement in working days, 0 = the same day; null when only the officer can tell. */
  workingDays: z.int().min(0).max(365).nullable(),
  /** `HH:mm` after which the same day becomes the next working day. */
  cutoff: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .nullable(),
  duration: Sentence,
  fee: Sentence,
  /** How surely the person must be known before papers are taken. */
  identityLevel: z.enum(identityLevels).default('qr'),
  /** A: primary text; B: one secondary source; C: from memory. Only A counts as confirmed. */
  confidence: z.enum(['A', 'B', 'C']),
});

export const CatalogueFile = z
  .strictObject({
    validFrom: day,
    source: z.string().max(1_000),
    /** In the order in which the screen shows them. `prefix` begins the order numbers of the field. */
    fields: z
      .array(
        z.strictObject({ code, prefix: z.string().regex(/^[A-Z]$/, 'one capital letter'), name: Sentence }),
      )
      .min(1)
      .max(26),
    procedures: z.array(Procedure).min(1).max(1_000),
  })
  .superRefine((file, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const once = (list: readonly string[], path: (index: number) => (string | number)[]) =>
      list.forEach((value, index) => {
        if (list.indexOf(value) !== index) refuse(path(index), `"${value}" stands there twice`);
      });
    const fields = file.fields.map((field) => field.code);
    once(fields, (index) => ['fields', index, 'code']);
    once(
      file.fields.map((field) => field.prefix),
      (index) => ['fields', index, 'prefix'],
    );
    once(
      file.procedures.map((procedure) => procedure.code),
      (index) => ['procedures', index, 'code'],
    );
    file.procedures.forEach((procedure, index) => {
      if (!fields.includes(procedure.field))
        refuse(['procedures', index, 'field'], `one of ${fields.join(', ')}`);
      once(
        procedure.papers.map((paper) => paper.code),
        (paper) => ['procedures', index, 'papers', paper, 'code'],
      );
    });
  });

export type CataloguePaper = Readonly<z.output<typeof Paper>>;
export type ServiceField = Readonly<z.output<typeof CatalogueFile>['fields'][number]>;
