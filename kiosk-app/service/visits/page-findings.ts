import type { FieldView, Finding } from '@motcua/contract';
import { type CitizenCard, maskNumber } from '@motcua/device-drivers';
import { compareWithCard, type DigitisedPage, hasSnippet, type PageField } from '@motcua/ocr-pipeline';
import { vietnameseDate } from '../identity/masked-card.ts';
import type { PageRow } from './page-store.ts';

const ORDER = { different: 0, missing: 1, same: 2 } as const;
/** Below this the person is asked to look: of the specimens' misread values most were below, of the others few. */
const SURE = 60;
const MAX_FIELDS = 60;

/** What a page says, for the screen: numbers masked, dates as they are written in Vietnam, pictures by index only. */
export function pageFindings(
  row: PageRow,
  page: DigitisedPage,
  card: CitizenCard,
): { readonly findings: Finding[]; readonly fields: FieldView[] } {
  const compared = compareWithCard(page.fields, card);
  const snippetUrl = (index: number | null) => {
    const field = index === null ? undefined : page.fields[index];
    return field && hasSnippet(field) ? `/api/pages/${row.id}/fields/${index}?v=${row.revision}` : null;
  };
  const findings = compared
    .map(({ field, status, found, index }) => ({
      field,
      status,
      found: found === null ? null : shownValue(found),
      person: (index === null ? null : page.fields[index]?.person?.name) ?? null,
      snippetUrl: snippetUrl(index),
    }))
    .sort((one, other) => ORDER[one.status] - ORDER[other.status]);
  const fields = page.fields.slice(0, MAX_FIELDS).flatMap((field, index): FieldView[] => {
    // The machine-readable zone is the card's number once more.
    if (!field.label || field.name.endsWith('mrz')) return [];
    const finding = compared.find((one) => one.index === index);
    return [
      {
        index,
        label: field.label,
        person: field.person?.name ?? null,
        value: shownValue(field.value),
        state: finding && finding.status !== 'missing' ? finding.status : stateOf(field),
        snippetUrl: snippetUrl(index),
      },
    ];
  });
  return { findings, fields };
}

function stateOf(field: PageField): FieldView['state'] {
  return field.check.outcome === 'failed' || field.confidence < SURE ? 'doubtful' : 'read';
}

function shownValue(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return vietnameseDate(value);
  return value.replace(/\d{9,}/g, maskNumber);
}
