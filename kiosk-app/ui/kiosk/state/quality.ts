import type { PageView, PaperView, QualityRemark } from '@motcua/contract';
import { type PlacedPage, placedPages } from './findings.ts';

/** A page whose picture could be better; `number` counts from 1 within its paper. */
export interface UnclearPage {
  readonly page: PageView;
  readonly number: number;
  readonly remark: QualityRemark;
}

/** The page that should be scanned again first: the newest with something bad, else the newest with anything. */
export function mostUnclear(paper: PaperView): UnclearPage | undefined {
  const unclear = paper.pages
    .map((page, index) => ({ page, number: index + 1, remark: page.quality[0] }))
    .filter((entry): entry is UnclearPage => entry.remark !== undefined)
    .toReversed();
  return unclear.find(({ remark }) => remark.severity === 'bad') ?? unclear[0];
}

/** Pages of which a part cannot be read, in the order of the papers. */
export function badPages(papers: readonly PaperView[]): readonly (PlacedPage & { remark: QualityRemark })[] {
  return placedPages(papers).flatMap((placed) => {
    const remark = placed.page.quality.find(({ severity }) => severity === 'bad');
    return remark ? [{ ...placed, remark }] : [];
  });
}
