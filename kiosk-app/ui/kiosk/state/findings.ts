import type { Finding, PageView, PaperView } from '@motcua/contract';

/** A page in its place within the dossier; `number` counts from 1 within its paper. */
export interface PlacedPage {
  readonly paper: PaperView;
  readonly page: PageView;
  readonly number: number;
}

export interface Difference extends PlacedPage {
  readonly finding: Finding;
}

export function placedPages(papers: readonly PaperView[]): readonly PlacedPage[] {
  return papers.flatMap((paper) => paper.pages.map((page, index) => ({ paper, page, number: index + 1 })));
}

/** What disagrees with the card, in the order of the papers. */
export function differences(papers: readonly PaperView[]): readonly Difference[] {
  return placedPages(papers).flatMap((placed) =>
    placed.page.findings
      .filter((finding) => finding.status === 'different')
      .map((finding) => ({ ...placed, finding })),
  );
}

/**
 * The fields of a paper with that status on any of its pages. A field counts as missing only
 * if no page of the paper has it: a second page seldom repeats the name.
 */
export function fieldsOf(paper: PaperView, status: 'same' | 'missing'): readonly Finding['field'][] {
  const findings = paper.pages.flatMap((page) => page.findings);
  const found = new Set(findings.filter((finding) => finding.status !== 'missing').map(({ field }) => field));
  const wanted = findings.filter(
    (finding) => finding.status === status && (status === 'same' || !found.has(finding.field)),
  );
  return [...new Set(wanted.map(({ field }) => field))];
}

export function countPages(papers: readonly PaperView[], states: readonly PageView['state'][]): number {
  return placedPages(papers).filter(({ page }) => states.includes(page.state)).length;
}
