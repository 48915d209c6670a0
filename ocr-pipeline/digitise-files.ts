import type { Result } from '@motcua/core';
import type { Digitiser, PageJob } from './digitiser.ts';
import type { ImageProfile } from './imaging/page-files.ts';
import type { DigitisedPage, PageError } from './page.ts';

/** A file of one page, or one page of a file as `planSources` found it. */
export type PageSource = string | { readonly file: string; readonly index?: number | undefined };

export interface FileResult {
  readonly file: string;
  readonly page: Result<DigitisedPage, PageError>;
}

/**
 * Many pages, side by side as far as the digitiser has workers, answered in the given order, each with its own
 * outcome. Results are written to `workFolder` as `page-0001.jpg` …; `onPage` hears of each page as it is done.
 */
export async function digitiseFiles(
  digitiser: Digitiser,
  pages: readonly PageSource[],
  workFolder: string,
  options: {
    readonly profile?: ImageProfile;
    readonly signal?: AbortSignal;
    readonly onPage?: (result: FileResult, index: number) => void;
  } = {},
): Promise<readonly FileResult[]> {
  return Promise.all(
    pages.map(async (page, at) => {
      const { file, index } = typeof page === 'string' ? { file: page, index: undefined } : page;
      const name = `page-${String(at + 1).padStart(4, '0')}`;
      const job: PageJob = {
        file,
        ...(index !== undefined && { index }),
        workFolder,
        name,
        ...(options.profile && { profile: options.profile }),
        ...(options.signal && { signal: options.signal }),
      };
      const result: FileResult = { file, page: await digitiser.digitise(job) };
      options.onPage?.(result, at);
      return result;
    }),
  );
}
