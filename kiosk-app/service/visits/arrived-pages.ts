import type { Result } from '@motcua/core';
import type { Examination, PageError } from '@motcua/ocr-pipeline';
import type { NewPage } from './page-store.ts';

/** What the examination itself may fail of while the page is good: it is then taken without a verdict. */
const NOT_THE_PAGES_FAULT: readonly PageError['code'][] = [
  'page-timeout',
  'page-worker-died',
  'page-cancelled',
];

type ArrivedPage = Omit<NewPage, 'visitId' | 'paperCode' | 'file' | 'sealed'>;

/** The pages that a picture becomes: the first keeps the name of the file, the others get ids of their own. */
export function arrivedPages(
  examined: Result<Examination, PageError>,
  fileId: string,
  nextId: () => string,
): readonly ArrivedPage[] {
  if (!examined.ok) {
    const { code } = examined.error;
    const problem = NOT_THE_PAGES_FAULT.includes(code) ? null : code;
    return [{ id: fileId, thumbnail: null, problem, sheet: null, quality: null }];
  }
  return examined.value.sheets.map(({ corners, quality, thumbnailFile }, index) => ({
    id: index === 0 ? fileId : nextId(),
    thumbnail: thumbnailFile,
    problem: null,
    sheet: JSON.stringify(corners),
    quality: JSON.stringify(quality),
  }));
}
