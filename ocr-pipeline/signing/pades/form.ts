import { PdfSyntaxError } from './parse-value.ts';
import type { PdfView } from './read-document.ts';
import { hasKind, isArray, isDict, nameOf, type PdfDict, type PdfRef, type PdfValue } from './values.ts';

const MAX_FIELDS = 20_000;
const MAX_PAGES = 100_000;

export interface SignatureField {
  /** The field's own object; null when it stands directly in its parent. */
  readonly reference: PdfRef | null;
  readonly dict: PdfDict;
  readonly name: string;
}

/** Every signature field of the form, signed or not. */
export function signatureFields(view: PdfView): SignatureField[] {
  const form = view.resolve(view.catalogue().dict.get('AcroForm'));
  const found: SignatureField[] = [];
  const seen = new Set<number>();
  let visited = 0;
  const walk = (value: PdfValue, type: string | undefined, path: readonly string[]) => {
    if (++visited > MAX_FIELDS) throw new PdfSyntaxError('too many fields');
    const reference = hasKind(value, 'ref') ? value : null;
    if (reference) {
      if (seen.has(reference.number)) return;
      seen.add(reference.number);
    }
    const dict = view.resolve(value);
    if (!isDict(dict)) return;
    const own = nameOf(view.resolve(dict.get('FT'))) ?? type;
    const title = view.resolve(dict.get('T'));
    const names = hasKind(title, 'string') ? [...path, title.bytes.toString('latin1')] : path;
    const kids = view.resolve(dict.get('Kids'));
    if (own === 'Sig' && (dict.has('V') || !isArray(kids)))
      found.push({ reference, dict, name: names.join('.') });
    if (isArray(kids)) for (const kid of kids) walk(kid, own, names);
  };
  if (isDict(form)) {
    const fields = view.resolve(form.get('Fields'));
    if (isArray(fields)) for (const field of fields) walk(field, undefined, []);
  }
  return found;
}

/** References of all pages in their order. */
export function pagesOf(view: PdfView): PdfRef[] {
  const found: PdfRef[] = [];
  const seen = new Set<number>();
  const walk = (value: PdfValue | undefined) => {
    if (!hasKind(value, 'ref') || seen.has(value.number)) return;
    seen.add(value.number);
    if (seen.size > MAX_PAGES) throw new PdfSyntaxError('too many pages');
    const node = view.resolve(value);
    if (!isDict(node)) return;
    const kids = view.resolve(node.get('Kids'));
    if (isArray(kids)) for (const kid of kids) walk(kid);
    else found.push(value);
  };
  walk(view.catalogue().dict.get('Pages'));
  return found;
}
