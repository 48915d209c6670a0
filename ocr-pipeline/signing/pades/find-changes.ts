import { pagesOf, signatureFields } from './form.ts';
import type { PdfDocument, PdfView, XrefEntry } from './read-document.ts';
import {
  hasKind,
  isArray,
  isDict,
  nameOf,
  type PdfDict,
  type PdfRef,
  type PdfValue,
  sameValue,
} from './values.ts';

/** What stands differently than when it was signed, and is more than a later signature needs. */
export interface PdfChange {
  readonly what: 'page' | 'page-content' | 'annotation' | 'form' | 'catalogue' | 'font' | 'image' | 'object';
  /** From 1, where it is known. */
  readonly page: number | null;
  /** Number of the object. */
  readonly object: number;
}

/**
 * Compares the document with what it was after its oldest `sections`. Allowed are: new signature fields whose
 * signatures hold (`accepted`, numbers of their objects), the signing of an empty signature field, the security store,
 * and the document's description (Info, XMP), which no reader shows on a page. Everything else is a change, whatever it looks
 * like: this is what shadow attacks, overlays and incremental saving come down to.
 */
export function findChanges(
  document: PdfDocument,
  sections: number,
  accepted: ReadonlySet<number>,
): PdfChange[] {
  if (sections === document.sections.length) return [];
  const before = document.view(sections);
  const after = document.view();
  const roles = assignRoles(before);
  const changes: PdfChange[] = [];
  const root = before.catalogue().reference;
  const keys = new Set([...before.trailer.keys(), ...after.trailer.keys()]);
  // A description may come to a document that had none.
  if (!before.trailer.has('Info')) keys.delete('Info');
  for (const key of keys)
    if (!OWN_OF_SECTION.has(key) && !sameValue(before.trailer.get(key), after.trailer.get(key)))
      changes.push({ what: 'catalogue', page: null, object: root.number });
  for (const [number, entry] of before.entries) {
    if (entry.kind === 'free') continue;
    const now = after.entries.get(number);
    if (sameEntry(entry, now)) continue;
    const [was, is] = [before.object(number), after.object(number)];
    if (sameGeneration(entry, now) && sameValue(was, is)) continue;
    const role = roles.get(number);
    const allowed =
      role !== undefined && sameGeneration(entry, now) && role.allows(was, is, { after, accepted, before });
    if (!allowed) changes.push(role?.change ?? describe(before, number, was));
  }
  return changes;
}

/** Entries of a trailer that say something of its own section (ISO 32000-1, tables 15 and 17). */
const OWN_OF_SECTION: ReadonlySet<string> = new Set([
  'Size',
  'Prev',
  'ID',
  'Type',
  'Index',
  'W',
  'Length',
  'Filter',
  'DecodeParms',
]);

interface Views {
  readonly before: PdfView;
  readonly after: PdfView;
  readonly accepted: ReadonlySet<number>;
}

interface Role {
  readonly change: PdfChange;
  allows(was: PdfValue, is: PdfValue, views: Views): boolean;
}

function sameEntry(one: XrefEntry, other: XrefEntry | undefined): boolean {
  if (one.kind === 'at')
    return other?.kind === 'at' && one.offset === other.offset && one.generation === other.generation;
  if (one.kind === 'in-stream')
    return other?.kind === 'in-stream' && one.stream === other.stream && one.index === other.index;
  return other?.kind === 'free';
}

function sameGeneration(one: XrefEntry, other: XrefEntry | undefined): boolean {
  const generation = (entry: XrefEntry | undefined) =>
    entry?.kind === 'at' ? entry.generation : entry?.kind === 'in-stream' ? 0 : -1;
  return generation(one) === generation(other);
}

/** Which objects of the signed document may change at all, and how. An object with two roles must satisfy the first. */
function assignRoles(view: PdfView): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>();
  const give = (
    value: PdfValue | undefined,
    what: PdfChange['what'],
    page: number | null,
    allows: Role['allows'],
  ) => {
    if (hasKind(value, 'ref') && !roles.has(value.number))
      roles.set(value.number, { change: { what, page, object: value.number }, allows });
  };
  const { reference: root, dict: catalogue } = view.catalogue();
  for (const [index, page] of pagesOf(view).entries()) {
    give(page, 'page', index + 1, (was, is, views) =>
      onlyKeys(was, is, { Annots: (a, b) => listGrows(a, b, views) }),
    );
    const dict = view.resolve(page);
    if (isDict(dict)) give(dict.get('Annots'), 'annotation', index + 1, listGrows);
  }
  give(root, 'catalogue', null, (was, is, views) =>
    onlyKeys(was, is, {
      AcroForm: (a, b) => formGrows(a, b, views),
      DSS: (a, b) => a === undefined || (!hasKind(a, 'ref') && !hasKind(b, 'ref')),
      Extensions: () => true,
      Metadata: () => true,
    }),
  );
  const form = catalogue.get('AcroForm');
  give(form, 'form', null, formGrows);
  const formDict = view.resolve(form);
  if (isDict(formDict)) give(formDict.get('Fields'), 'form', null, listGrows);
  for (const field of signatureFields(view))
    if (!field.dict.has('V'))
      give(field.reference, 'form', null, (was, is, views) =>
        field.reference !== null && views.accepted.has(field.reference.number)
          ? onlyKeys(was, is, { V: isAdded, AP: () => true, M: () => true })
          : false,
      );
  give(view.trailer.get('Info'), 'object', null, (_, is) => isDict(is));
  give(catalogue.get('Metadata'), 'object', null, (_, is) => hasKind(is, 'stream') && isMetadata(is.dict));
  const store = catalogue.get('DSS');
  give(store, 'object', null, isStore);
  const storeDict = view.resolve(store);
  if (isDict(storeDict)) for (const list of storeDict.values()) give(list, 'object', null, isStorePart);
  return roles;
}

/** Everything but the named keys is the same, and those satisfy their rule where they differ. */
function onlyKeys(
  was: PdfValue,
  is: PdfValue,
  rules: Readonly<Record<string, (was: PdfValue | undefined, is: PdfValue | undefined) => boolean>>,
): boolean {
  if (!isDict(was) || !isDict(is)) return false;
  return [...new Set([...was.keys(), ...is.keys()])].every((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    if (sameValue(one, other)) return true;
    return Object.hasOwn(rules, key) && rules[key]!(one, other);
  });
}

const isAdded = (was: PdfValue | undefined) => was === undefined || was === null;

function isMetadata(dict: PdfDict): boolean {
  return nameOf(dict.get('Type')) === 'Metadata';
}

/** A list of fields or annotations to which only accepted signature fields were added, at the end. */
function listGrows(was: PdfValue | undefined, is: PdfValue | undefined, views: Views): boolean {
  const [one, other] = [views.before.resolve(was), views.after.resolve(is)];
  const old = isArray(one) ? one : one === null ? [] : undefined;
  if (old === undefined || !isArray(other) || other.length < old.length) return false;
  return (
    old.every((entry, index) => sameValue(entry, other[index])) &&
    other.slice(old.length).every((entry) => hasKind(entry, 'ref') && isNewSignatureField(entry, views))
  );
}

function isNewSignatureField(reference: PdfRef, { before, after, accepted }: Views): boolean {
  const known = before.entries.get(reference.number);
  if (known !== undefined && known.kind !== 'free') return false;
  const field = after.resolve(reference);
  if (!isDict(field) || nameOf(after.resolve(field.get('FT'))) !== 'Sig') return false;
  if (['A', 'AA', 'Kids'].some((key) => field.has(key))) return false;
  return accepted.has(reference.number);
}

function formGrows(was: PdfValue | undefined, is: PdfValue | undefined, views: Views): boolean {
  const [one, other] = [views.before.resolve(was), views.after.resolve(is)];
  // A form that was an object of its own stays that object.
  if (hasKind(was, 'ref') && !sameValue(was, is)) return false;
  return onlyKeys(one ?? new Map(), other, {
    Fields: (a, b) => listGrows(a, b, views),
    SigFlags: (_, b) => typeof b === 'number',
  });
}

const STORE_KEYS = new Set(['Type', 'VRI', 'Certs', 'CRLs', 'OCSPs']);
const ENTRY_KEYS = new Set(['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS']);

/** No dictionary that could at the same time be a page's resources. */
function isStore(was: PdfValue, is: PdfValue): boolean {
  return [was, is].every((one) => isDict(one) && [...one.keys()].every((key) => STORE_KEYS.has(key)));
}

function isStorePart(was: PdfValue, is: PdfValue): boolean {
  return [was, is].every(
    (one) =>
      (isArray(one) && one.every((entry) => hasKind(entry, 'ref'))) ||
      (isDict(one) && [...one.keys()].every((key) => /^[0-9A-F]{40}$/.test(key))) ||
      (isDict(one) && [...one.keys()].every((key) => ENTRY_KEYS.has(key))),
  );
}

/** In words that a person can look up: which page, or what kind of thing. */
function describe(view: PdfView, object: number, was: PdfValue): PdfChange {
  const holds = (value: PdfValue | undefined) => hasKind(value, 'ref') && value.number === object;
  for (const [index, reference] of pagesOf(view).entries()) {
    const page = view.resolve(reference);
    if (!isDict(page)) continue;
    const contents = page.get('Contents');
    if (holds(contents) || (isArray(contents) && contents.some(holds)))
      return { what: 'page-content', page: index + 1, object };
    const annotations = view.resolve(page.get('Annots'));
    if (isArray(annotations) && annotations.some(holds))
      return { what: 'annotation', page: index + 1, object };
    const resources = view.resolve(page.get('Resources'));
    const images = isDict(resources) ? view.resolve(resources.get('XObject')) : null;
    if (isDict(images) && [...images.values()].some(holds)) return { what: 'image', page: index + 1, object };
  }
  const dict = isDict(was) ? was : hasKind(was, 'stream') ? was.dict : undefined;
  const type = nameOf(dict?.get('Type'));
  return { what: type === 'Font' || type === 'FontDescriptor' ? 'font' : 'object', page: null, object };
}
