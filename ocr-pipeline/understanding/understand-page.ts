import type { Line, PageCode, PageField, PageKind, Sentence } from '../page.ts';
import { withCardData } from './card-data.ts';
import { checkFields } from './check-fields.ts';
import { findFields } from './find-fields.ts';
import { findKindFields, type PageSize } from './find-kind-fields.ts';
import { guessKind } from './guess-kind.ts';
import type { Kind, Kinds } from './load-kinds.ts';
import { doubtOtherReadings } from './other-readings.ts';

export interface Understanding {
  readonly kind: PageKind;
  /** Fields of the kind, then the plain candidates, best first per name. */
  readonly fields: readonly PageField[];
}

/** Kind of paper and fields, from the lines and codes of a page. `today` is `YYYY-MM-DD`. */
export function understandPage(
  page: PageSize & { readonly lines: readonly Line[]; readonly codes: readonly PageCode[] },
  { kinds, labels, properties }: Kinds,
  today: string,
): Understanding {
  const kind = guessKind(page.lines, kinds);
  const candidates = doubtOtherReadings(findFields(page.lines), page.lines);
  const known = kinds.find(({ code }) => code === kind.code);
  const read = known === undefined ? [] : findKindFields(known, page.lines, labels, page);
  const sure = doubtOtherReadings(read, page.lines);
  const fields =
    known === undefined ? [] : checkFields(known, withCardData(known, sure, page.lines, page.codes, today));
  if (known === undefined || fields.length === 0)
    return { kind, fields: candidates.map((field) => withLabel(field, properties[field.name]?.label)) };
  return { kind, fields: [...fields, ...subjectFirst(known, fields, candidates)] };
}

/** Where a page has no fields of a kind, its candidates are what the screen shows. */
function withLabel(field: PageField, label: Sentence | undefined): PageField {
  return label === undefined ? field : { ...field, label };
}

const PLAIN = ['personNumber', 'fullName', 'birthDate'];

/** The paper's own number, name and birth date lead their candidates. */
function subjectFirst(
  kind: Kind,
  fields: readonly PageField[],
  candidates: readonly PageField[],
): readonly PageField[] {
  return PLAIN.flatMap((name) => {
    const others = candidates.filter((one) => one.name === name);
    const own = fields.find(
      (field) => field.name === `${kind.subject}.${name}` && field.check.outcome !== 'failed',
    );
    if (own === undefined) return others;
    const { value, box, confidence, check } = own;
    return [
      { name, value, box, confidence, check },
      ...others.filter((one) => one.value.toLowerCase() !== value.toLowerCase()),
    ];
  });
}
