import type { Contender } from './contenders.ts';

/** Medians of the runs of one contender over one set of pages. */
export interface Score {
  readonly contender: Contender['name'];
  readonly pagesPerSecond: number;
  readonly cpuSecondsPerPage: number;
  readonly bytesPerPage: number;
  readonly peakMemory: number;
  /** Means over the pages that have a truth; null when none has. */
  readonly errors: Errors | null;
}

export interface Errors {
  readonly pages: number;
  readonly anyOrder: number;
  readonly anyOrderWithoutDiacritics: number;
  readonly inOrder: number;
  readonly recall: number;
}

export interface Verdict {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly met: boolean;
}

const SPEED = { native: 8, js: 6 } as const;
const MAX_BYTES_SHARE = 0.5;
const MAX_MEMORY = 1_000_000_000;
const MAX_VISIT_SECONDS = 3;
/** Share of OCRmyPDF's errors: on forms, stamps and bad light; on clean pages. */
const MAX_ERROR_SHARE = { damaged: 0.25, clean: 1 } as const;

/** What this project has set itself, beside what was measured in the same run. */
export function judge(
  scores: readonly Score[],
  pages: keyof typeof MAX_ERROR_SHARE,
  visitSeconds: Readonly<Partial<Record<'native' | 'js', number>>>,
): readonly Verdict[] {
  const rival = scores.find(({ contender }) => contender === 'ocrmypdf');
  return (['native', 'js'] as const).flatMap((name) => {
    const own = scores.find(({ contender }) => contender === name);
    if (own === undefined) return [];
    const verdicts: Verdict[] = [];
    const add = (what: string, value: number, target: number, unit: string, atLeast = false) =>
      verdicts.push({
        what: `${name}: ${what}`,
        measured: `${value.toFixed(2)}${unit}`,
        target: `${atLeast ? '≥' : '≤'} ${target}${unit}`,
        met: atLeast ? value >= target : value <= target,
      });
    if (rival !== undefined) {
      add('pages/s ÷ OCRmyPDF’s', own.pagesPerSecond / rival.pagesPerSecond, SPEED[name], ' ×', true);
      add('bytes/page ÷ OCRmyPDF’s', own.bytesPerPage / rival.bytesPerPage, MAX_BYTES_SHARE, ' ×');
      if (own.errors && rival.errors)
        for (const kind of ['anyOrder', 'inOrder'] as const) {
          const words = kind === 'anyOrder' ? 'errors, any order,' : 'errors, in order,';
          add(`${words} ÷ OCRmyPDF’s`, own.errors[kind] / rival.errors[kind], MAX_ERROR_SHARE[pages], ' ×');
        }
    }
    add('peak memory', own.peakMemory / 1e6, MAX_MEMORY / 1e6, ' MB');
    const seconds = visitSeconds[name];
    if (seconds !== undefined) add('dossier after the last page', seconds, MAX_VISIT_SECONDS, ' s');
    return verdicts;
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
