import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { problem } from '@motcua/contract';
import { systemClock } from '@motcua/core';
import { composePdf, createDigitiser, digitiseFiles, type EngineChoice } from '@motcua/ocr-pipeline';
import { type Command, Option } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

interface DigitizeOptions {
  readonly output: string;
  readonly title?: string;
  readonly json?: boolean;
  readonly engine: EngineChoice;
}

export function addDigitize(program: Command): void {
  program
    .command('digitize')
    .description('Reads page images and writes one searchable PDF')
    .argument('<pages...>', 'JPEG, PNG or TIFF files, in order')
    .requiredOption('-o, --output <file>', 'the PDF to write')
    .option('--title <text>', 'title of the PDF')
    .option('--json', 'print what was read as JSON')
    .addOption(
      new Option('--engine <engine>', 'what reads').choices(['auto', 'js', 'native']).default('auto'),
    )
    .action(async (pages: string[], options: DigitizeOptions) => {
      const workFolder = await mkdtemp(join(tmpdir(), 'motcua-digitize-'));
      const digitiser = createDigitiser({ engine: options.engine });
      try {
        finish(
          await digitize(
            pages.map((page) => resolve(page)),
            options,
            { workFolder, digitiser },
          ),
        );
      } finally {
        await digitiser.close();
        await rm(workFolder, { recursive: true, force: true });
      }
    });
}

async function digitize(
  files: readonly string[],
  options: DigitizeOptions,
  {
    workFolder,
    digitiser,
  }: { readonly workFolder: string; readonly digitiser: ReturnType<typeof createDigitiser> },
): Promise<0 | 1> {
  let finished = 0;
  const results = await digitiseFiles(digitiser, files, workFolder, {
    onPage: ({ file, page }) => {
      finished += 1;
      const outcome = page.ok ? page.value.kind.name.vi : page.error.code;
      output.fault(`${finished}/${files.length} ${basename(file)}: ${outcome}`);
    },
  });
  const read = results.flatMap(({ page }) => (page.ok ? [page.value] : []));
  const to = resolve(options.output);
  const pdf =
    read.length > 0
      ? await composePdf(
          read,
          {
            title: options.title ?? basename(to, '.pdf'),
            language: 'vi-VN',
            createdAt: systemClock.now(),
            producer: 'Một Cửa Kiosk',
          },
          to,
        )
      : null;
  for (const { file, page } of results) {
    if (page.ok) continue;
    const { what, next } = problem(page.error.code);
    output.fault(`${file}: ${what.en} ${next.en} (${what.vi})`);
  }
  if (pdf && !pdf.ok) output.fault(`${to}: the PDF could not be written (${pdf.error.code})`);
  if (options.json)
    output.json({
      output: pdf?.ok ? to : null,
      pages: results.map(({ file, page }) =>
        page.ok
          ? {
              file,
              text: page.value.text,
              kind: page.value.kind.code,
              confidence: page.value.confidence,
              skew: page.value.skew,
              rotation: page.value.rotation,
              fields: page.value.fields,
              milliseconds: Math.round(page.value.milliseconds),
            }
          : { file, error: problem(page.error.code) },
      ),
    });
  else if (pdf?.ok) output.line(`${to}: ${read.length} page(s)`);
  return read.length === results.length && pdf?.ok ? exitStatus.ok : exitStatus.no;
}
