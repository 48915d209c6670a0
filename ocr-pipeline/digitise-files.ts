import { stat } from 'node:fs/promises';
import type { Result } from '@motcua/core';
import type { Digitiser, PageJob } from './digitiser.ts';
import type { ImageProfile } from './imaging/page-files.ts';
import type { FirstPaper } from './imaging/straighten.ts';
import type { DigitisedPage, PageError } from './page.ts';

/** A file of one page, or one page of a file as `planSources` found it. */
export type PageSource = string | { readonly file: string; readonly index?: number | undefined };

export interface FileResult {
  readonly file: string;
  /** Place among the given pages. */
  readonly source: number;
  readonly page: Result<DigitisedPage, PageError>;
}

/**
 * Many pages, side by side as far as the digitiser has workers, answered in the given order, each with its own
 * outcome. Results are written to `workFolder` as `page-0001.jpg` …; `onPage` hears of each page as it is done.
 * With `papers`, each of several papers in a picture is a page of its own (`page-0001-2.jpg`), behind the first.
 * With `scratch` nothing is synced, and `workFolder` does not outlive the caller.
 */
export async function digitiseFiles(
  digitiser: Digitiser,
  pages: readonly PageSource[],
  workFolder: string,
  options: {
    readonly profile?: ImageProfile;
    readonly papers?: FirstPaper;
    readonly scratch?: boolean;
    readonly signal?: AbortSignal;
    readonly onPage?: (result: FileResult) => void;
  } = {},
): Promise<readonly FileResult[]> {
  const read = async (page: PageSource, source: number): Promise<readonly FileResult[]> => {
    const { file, index } = typeof page === 'string' ? { file: page, index: undefined } : page;
    const name = `page-${String(source + 1).padStart(4, '0')}`;
    const job: PageJob = {
      file,
      ...(index !== undefined && { index }),
      workFolder,
      name,
      ...(options.papers && { sheet: options.papers }),
      ...(options.profile && { profile: options.profile }),
      ...(options.scratch && { scratch: true }),
      ...(options.signal && { signal: options.signal }),
    };
    const digitise = async (one: PageJob): Promise<FileResult> => {
      const result: FileResult = { file, source, page: await digitiser.digitise(one) };
      options.onPage?.(result);
      return result;
    };
    const first = await digitise(job);
    const others = first.page.ok ? (first.page.value.others ?? []) : [];
    return [
      first,
      ...(await Promise.all(
        others.map((sheet, at) => digitise({ ...job, sheet, name: `${name}-${at + 2}` })),
      )),
    ];
  };
  const results: (readonly FileResult[])[] = [];
  const all = (await largestFirst(pages)).map(async (source) => {
    results[source] = await read(pages[source]!, source);
  });
  await Promise.all(all);
  return results.flat();
}

/** The pages' places: much to decode is mostly much to read, and must not be left for the end, when other workers have nothing to do. */
async function largestFirst(pages: readonly PageSource[]): Promise<readonly number[]> {
  const sizes = await Promise.all(
    pages.map((page) =>
      stat(typeof page === 'string' ? page : page.file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return [...pages.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
}
