import { access, constants, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type ProblemCode, problem } from '@motcua/contract';
import { MAX_NAME_BYTES, systemClock, writeFileDurable } from '@motcua/core';
import {
  composePdf,
  createDigitiser,
  type DigitisedPage,
  type Digitiser,
  digitiseFiles,
  type EngineChoice,
  type FileResult,
  type FirstPaper,
  type ImageProfile,
  loadPdfLibrary,
  MAX_PDF_PAGES,
  type PageError,
  type PdfaLevel,
  planSources,
  type Source,
} from '@motcua/ocr-pipeline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

interface Options {
  readonly output: string;
  readonly title?: string;
  readonly lang: string;
  readonly profile: ImageProfile;
  readonly pdfa: PdfaLevel;
  readonly engine: EngineChoice;
  readonly papers: keyof typeof PAPERS;
  readonly json?: boolean;
}

const PAPERS: Readonly<Record<'auto' | 'apart' | 'whole', FirstPaper | null>> = {
  auto: 'first-unless-copy',
  apart: 'first',
  whole: null,
};

export function addDigitize(program: Command): void {
  program
    .command('digitize')
    .description(
      'Reads pages and writes one searchable PDF/A. Pages come from JPEG, PNG, TIFF (all its pages), WebP, GIF and ' +
        'PDF files without text; a PDF that has text or a signature is copied untouched. What cannot be read is named ' +
        'on standard error, the other pages go on, and the exit status is 1.',
    )
    .argument('<pages...>', 'files, in order')
    .requiredOption('-o, --output <file>', 'the PDF to write')
    .option('--title <text>', 'title of the PDF (default: its name)')
    .option('--lang <tag>', 'language of the document, as BCP 47 names it', languageTag, 'vi-VN')
    .addOption(
      new Option(
        '--profile <profile>',
        'archive: true to the paper, 200 dpi; compact: a fifth of that, for bad lines',
      )
        .choices(['archive', 'compact'])
        .default('archive'),
    )
    .addOption(new Option('--pdfa <level>', 'level of PDF/A').choices(['2b', '1b']).default('2b'))
    .addOption(
      new Option('--engine <engine>', 'what reads').choices(['auto', 'js', 'native']).default('auto'),
    )
    .addOption(
      new Option(
        '--papers <how>',
        'several papers in one picture: apart, whole, or auto: apart unless they may be copied on one white sheet',
      )
        .choices(Object.keys(PAPERS))
        .default('auto'),
    )
    .option('--json', 'print what was read as one JSON object; nothing else goes to standard output')
    .action(async (pages: string[], options: Options) => finish(await digitize(pages, options)));
}

function languageTag(text: string): string {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? text;
  } catch {
    throw new InvalidArgumentError('Write it as BCP 47 does, such as vi-VN or en.');
  }
}

async function digitize(pages: readonly string[], options: Options): Promise<0 | 1 | 2> {
  const files = pages.map((page) => resolve(page));
  const to = resolve(options.output);
  if (await isOneOf(to, files)) {
    say(to, 'pdf-would-overwrite-input');
    return exitStatus.usage;
  }
  if (await isTaken(to)) {
    say(to, 'pdf-not-a-file');
    return exitStatus.usage;
  }
  // Better now than when hundreds of pages have been read.
  if (!(await isWritable(dirname(to))) || Buffer.byteLength(basename(to)) > MAX_NAME_BYTES)
    return failed(to, options, 'pdf-not-written');
  const digitiser = createDigitiser({ engine: options.engine });
  // The workers get ready beside the first look at the files; one file alone may be a document that is only copied.
  // What keeps them from it, the first page meets too.
  if (files.length > 1) digitiser.warmUp().catch(() => undefined);
  const plan = await planSources(files, MAX_PDF_PAGES);
  const [only] = plan;
  if (plan.length === 1 && only?.kind === 'finished-pdf') return keepAsItIs(only, to, options);
  return readPages(digitiser, plan, to, options);
}

async function isOneOf(to: string, files: readonly string[]): Promise<boolean> {
  const identity = async (file: string) => {
    const found = await stat(file).catch(() => undefined);
    return found && `${found.dev}:${found.ino}`;
  };
  const output = await identity(to);
  return output !== undefined && (await Promise.all(files.map(identity))).includes(output);
}

/** What is there and no plain file: a rename would put the PDF in the place of a device (`/dev/null`) or a pipe. */
async function isTaken(to: string): Promise<boolean> {
  const found = await stat(to).catch(() => undefined);
  return found !== undefined && !found.isFile();
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => stat(folder).then((found) => found.isDirectory()),
    () => false,
  );
}

/** A document that is finished already: its bytes are its proof. */
async function keepAsItIs(
  source: Extract<Source, { kind: 'finished-pdf' }>,
  to: string,
  options: Options,
): Promise<0 | 1> {
  try {
    await writeFileDurable(to, await readFile(source.file));
  } catch (error) {
    return failed(
      to,
      options,
      (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'pdf-disk-full' : 'pdf-not-written',
    );
  }
  const { file, why, withoutText } = source;
  if (withoutText.length > 0) say(`${file} (pages ${withoutText.join(', ')})`, 'pdf-kept-some-text');
  else say(file, why === 'signature' ? 'pdf-kept-signed' : 'pdf-kept-text');
  if (options.json) output.json({ output: to, kept: { file, why, withoutText }, pages: [] });
  else output.line(to);
  return exitStatus.ok;
}

/** Closes the digitiser. */
async function readPages(
  digitiser: Digitiser,
  plan: readonly Source[],
  to: string,
  options: Options,
): Promise<0 | 1> {
  const wanted = plan.filter((source) => source.kind === 'page');
  const abort = new AbortController();
  const stop = () => abort.abort();
  // Every time: a terminal's Ctrl-C may come twice (npm passes it on), and what lies in the work folder must still go.
  for (const signal of STOPS) process.on(signal, stop);
  let workFolder: string | undefined;
  try {
    workFolder = await makeWorkFolder();
    if (workFolder === undefined) return failed(tmpdir(), options, 'work-folder-unusable');
    if (wanted.length > 0) output.fault(`${wanted.length} page(s) to read`);
    const papers = PAPERS[options.papers];
    let finished = 0;
    let open = wanted.length;
    const reading = digitiseFiles(digitiser, wanted, workFolder, {
      profile: options.profile,
      scratch: true,
      ...(papers && { papers }),
      signal: abort.signal,
      onPage: ({ page, source }) => {
        if (abort.signal.aborted) return;
        finished += 1;
        if (page.ok) open += page.value.others?.length ?? 0;
        const outcome = page.ok ? page.value.kind.name.vi : page.error.code;
        output.fault(`${finished}/${open} ${labelOf(wanted[source]!)}: ${outcome}`);
      },
    });
    const [results] = await Promise.all([reading, loadPdfLibrary()]);
    const outcomes = outcomesOf(plan, results);
    const read = outcomes.flatMap((outcome) => ('page' in outcome ? [outcome.page] : []));
    for (const outcome of outcomes) if ('error' in outcome) say(outcome.label, outcome.error);
    const written = read.length > 0 && !abort.signal.aborted ? await writePdf(read, to, options) : undefined;
    if (written?.problem) say(to, written.problem);
    const done = written !== undefined && written.problem === undefined;
    report(outcomes, done ? to : null, options);
    return done && read.length === outcomes.length ? exitStatus.ok : exitStatus.no;
  } finally {
    await digitiser.close();
    if (workFolder !== undefined) await rm(workFolder, { recursive: true, force: true });
    for (const signal of STOPS) process.off(signal, stop);
  }
}

/** SIGHUP: the terminal was closed. */
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Undefined where there is no place for it. */
function makeWorkFolder(): Promise<string | undefined> {
  return mkdtemp(join(tmpdir(), 'motcua-digitize-')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error;
    return undefined;
  });
}

type Outcome = {
  readonly file: string;
  /** Counts from 1; only where the file has several. */
  readonly number?: number;
  readonly label: string;
} & ({ readonly page: DigitisedPage } | { readonly error: ProblemCode });

/** In the order of the inputs. */
function outcomesOf(plan: readonly Source[], results: readonly FileResult[]): readonly Outcome[] {
  let pages = 0;
  return plan.flatMap((source): readonly Outcome[] => {
    const label = labelOf(source);
    if (source.kind === 'refused') return [{ file: label, label, error: source.error.code }];
    const { file } = source;
    if (source.kind === 'finished-pdf')
      return [{ file, label, error: source.why === 'signature' ? 'page-pdf-signed' : 'page-pdf-has-text' }];
    const place = pages++;
    const about = { file, label, ...(source.pages > 1 && { number: source.page }) };
    return results
      .filter((result) => result.source === place)
      .map(({ page }) =>
        page.ok ? { ...about, page: page.value } : { ...about, error: problemOf(page.error) },
      );
  });
}

/** The kiosk's citizen asks its staff; who runs this command can help himself. */
function problemOf({ code }: PageError): ProblemCode {
  return code === 'page-disk-full' ? 'work-disk-full' : code;
}

function labelOf(source: Source): string {
  if (source.kind === 'refused') return source.error.file;
  if (source.kind === 'finished-pdf' || source.pages === 1) return source.file;
  return `${source.file} (page ${source.page} of ${source.pages})`;
}

async function writePdf(
  pages: readonly DigitisedPage[],
  to: string,
  options: Options,
): Promise<{ readonly problem?: ProblemCode }> {
  const now = systemClock.now();
  const pdf = await composePdf(
    pages,
    {
      title: options.title?.trim() || basename(to).replace(/\.pdf$/i, ''),
      language: options.lang,
      createdAt: now,
      producer: 'Một Cửa Kiosk',
      digitisation: { digitisedAt: now, ...(pages[0] && { paperKind: pages[0].kind.name.vi }) },
    },
    to,
    { level: options.pdfa },
  );
  if (pdf.ok) return {};
  return { problem: pdf.error.code === 'pdf-disk-full' ? 'pdf-disk-full' : 'pdf-not-written' };
}

function report(outcomes: readonly Outcome[], to: string | null, options: Options): void {
  if (!options.json) {
    if (to) output.line(`${to}: ${outcomes.filter((outcome) => 'page' in outcome).length} page(s)`);
    return;
  }
  output.json({
    output: to,
    pages: outcomes.map((outcome) => {
      const about = { file: outcome.file, ...(outcome.number && { page: outcome.number }) };
      if ('error' in outcome) return { ...about, error: problem(outcome.error) };
      const { page } = outcome;
      return {
        ...about,
        text: page.text,
        kind: page.kind.code,
        confidence: page.confidence,
        skew: page.skew,
        rotation: page.rotation,
        dpi: page.dpi,
        fields: page.fields,
        milliseconds: Math.round(page.milliseconds),
      };
    }),
  });
}

function failed(file: string, options: Options, code: ProblemCode): 1 {
  say(file, code);
  if (options.json) output.json({ output: null, pages: [] });
  return exitStatus.no;
}

function say(file: string, code: ProblemCode): void {
  const { what, next } = problem(code);
  output.fault(`${file}: ${what.en} ${next.en} (${what.vi} ${next.vi})`);
}
