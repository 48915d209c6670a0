import type { Result } from '@motcua/core';
import type { Digitiser } from './digitiser.ts';
import type { DigitisedPage, PageError } from './page.ts';

export interface FileResult {
  readonly file: string;
  readonly page: Result<DigitisedPage, PageError>;
}

/**
 * Many files, side by side as far as the digitiser has workers, answered in the given order, each with its own
 * outcome. Results are written to `workFolder` as `page-0001.jpg` …; `onPage` hears of each page as it is done.
 */
export async function digitiseFiles(
  digitiser: Digitiser,
  files: readonly string[],
  workFolder: string,
  options: {
    readonly signal?: AbortSignal;
    readonly onPage?: (result: FileResult, index: number) => void;
  } = {},
): Promise<readonly FileResult[]> {
  return Promise.all(
    files.map(async (file, index) => {
      const name = `page-${String(index + 1).padStart(4, '0')}`;
      const job = { file, workFolder, name, ...(options.signal && { signal: options.signal }) };
      const result: FileResult = { file, page: await digitiser.digitise(job) };
      options.onPage?.(result, index);
      return result;
    }),
  );
}
