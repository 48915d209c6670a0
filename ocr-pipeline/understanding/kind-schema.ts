import { z } from 'zod';

/**
 * Data files of page understanding. Labels, titles and anchors are written without tones and in small letters, as
 * `foldVietnamese` gives them; letters that OCR misread are forgiven when they are looked for.
 */
const name = z.string().trim().min(1).max(120);
const Sentence = z.strictObject({ vi: name, en: name });
const folded = z
  .string()
  .max(120)
  .regex(/^[a-z0-9]+( [a-z0-9]+)*$/, 'small letters and digits without tones, single spaces');
const code = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'small letters, digits and hyphens');
const identifier = z
  .string()
  .max(40)
  .regex(/^[a-z][A-Za-z0-9]*$/, 'a name such as birthDate');
const fieldName = z
  .string()
  .max(60)
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)?$/, 'a name such as birthDate or child.birthDate');
const share = z.number().min(0).max(1);

export const valueTypes = [
  'person-number',
  'old-id-number',
  'date',
  /** The day of the paper itself, known by its form: `Hà Nội, ngày 05 tháng 9 năm 2026`. */
  'paper-date',
  'year',
  'name',
  'place',
  'text',
  /** Number of a paper, book or register: `318/GBT`, `AA 01290447`. */
  'reference',
  'number',
  'mrz',
] as const;
export type ValueType = (typeof valueTypes)[number];

/** What every kind means by a property: its label on paper and screen, and what its values look like. */
export const Property = z.strictObject({
  label: Sentence,
  type: z.enum(valueTypes),
  /** Empty: the place of the value is known by its zone, or by its form alone (`mrz`). */
  labels: z.array(folded).max(40),
  /** The only values there can be, as they are spelled rightly: `Nam`, `Nữ`. */
  values: z.array(name).max(80).optional(),
});
export type Property = z.output<typeof Property>;
export const PropertyFile = z.record(identifier, Property);

/** Part of the page, as shares of its width and height. */
const Zone = z
  .strictObject({ left: share, top: share, right: share, bottom: share })
  .refine((zone) => zone.left < zone.right && zone.top < zone.bottom, 'left < right and top < bottom');

const FieldSettings = z.strictObject({
  name: fieldName,
  label: Sentence.optional(),
  type: z.enum(valueTypes).optional(),
  labels: z.array(folded).max(40).optional(),
  values: z.array(name).max(80).optional(),
  zone: Zone.optional(),
});
/** A name alone takes everything from the property of that name. */
const Field = z.union([fieldName, FieldSettings]);

const Section = z.strictObject({
  /** Left out: the part belongs to nobody, it only ends the one before. */
  role: identifier.optional(),
  starts: z.array(folded).min(1).max(20),
});

const Column = z.strictObject({ role: identifier, headings: z.array(folded).min(1).max(10) });

const Check = z.discriminatedUnion('check', [
  /** A date in figures against the same date in words. */
  z.strictObject({ check: z.literal('date-in-words'), date: fieldName, words: fieldName }),
  z.strictObject({ check: z.literal('dates-in-order'), earlier: fieldName, later: fieldName }),
]);

export const KindFile = z
  .strictObject({
    code,
    name: Sentence,
    titles: z.array(folded).max(40),
    anchors: z.array(folded).max(40),
    /** Persons that the paper names. `submits`: whoever brings the paper is this one; false if anyone may bring it. */
    roles: z.record(identifier, z.strictObject({ name: Sentence, submits: z.boolean() })).default({}),
    /** Whose number, name and birth date are the paper's own. */
    subject: identifier.optional(),
    /** Where the part about a person begins, in any order. */
    sections: z.array(Section).max(20).default([]),
    /** Persons side by side, each under a heading; with labels of their own or shared ones at the left. */
    columns: z.array(Column).min(2).max(4).optional(),
    /** Role whose data the QR of a citizen card on this paper states. */
    cardCode: identifier.optional(),
    fields: z.array(Field).max(60).default([]),
    checks: z.array(Check).max(20).default([]),
  })
  .superRefine((kind, context) => {
    const roles = new Set(Object.keys(kind.roles));
    const names = kind.fields.map((field) => (typeof field === 'string' ? field : field.name));
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const known = (role: string | undefined, path: (string | number)[]) => {
      if (role !== undefined && !roles.has(role)) refuse(path, `"${role}" is none of the roles`);
    };
    if (Object.values(kind.roles).filter(({ submits }) => submits).length > 1)
      refuse(['roles'], 'at most one role submits');
    known(kind.subject, ['subject']);
    known(kind.cardCode, ['cardCode']);
    kind.sections.forEach((section, at) => {
      known(section.role, ['sections', at, 'role']);
    });
    kind.columns?.forEach((column, at) => {
      known(column.role, ['columns', at, 'role']);
    });
    names.forEach((field, at) => {
      if (names.indexOf(field) !== at) refuse(['fields', at], `"${field}" stands there twice`);
      if (field.includes('.')) known(field.split('.')[0], ['fields', at]);
    });
    kind.checks.forEach((check, at) => {
      const { check: _, ...fields } = check;
      for (const [key, field] of Object.entries(fields))
        if (!names.includes(field)) refuse(['checks', at, key], `"${field}" is none of the fields`);
    });
  });
export type KindFile = z.output<typeof KindFile>;
