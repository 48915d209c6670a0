import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problem } from '@motcua/contract';
import { openJournalFile, parsePrinterUri } from '@motcua/device-drivers';
import { loadProfile } from '@motcua/firmware-config';
import { type Command, InvalidArgumentError } from 'commander';
import { claimOrSay, onceFree } from '../claim-device.ts';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';
import { type PrintedTicket, runPrintTest } from '../print-test/run-print-test.ts';

interface Options {
  readonly device: string;
  readonly profile: string;
  readonly tickets: number;
  readonly journal?: string;
  readonly giveUpAfter: number;
  readonly json?: boolean;
}

const MAX_TICKETS = 1_000_000;

export function addPrintTest(program: Command): void {
  program
    .command('print-test')
    .description('Prints numbered test tickets, each once or again marked as a copy, and reports on each')
    .requiredOption('--device <uri>', 'tcp://host:port, usb:vid:pid[:serial] or serial:/dev/…[?baud=9600]')
    .option('--profile <name>', 'profile of the model', 'generic-80mm')
    .option('--tickets <n>', 'numbers 1 to n', wholeNumber(MAX_TICKETS), 1)
    .option('--journal <file>', 'keeps the journal here; called again with it, an interrupted test goes on')
    .option(
      '--give-up-after <seconds>',
      'ends when nothing could be printed for so long',
      wholeNumber(86_400),
      60,
    )
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const address = parsePrinterUri(options.device);
      const profile = loadProfile('printers', options.profile);
      if (!address.ok || !profile.ok) {
        output.fault(!address.ok ? address.error.message : !profile.ok ? profile.error.message : '');
        return finish(exitStatus.usage);
      }
      const folder = options.journal ? undefined : mkdtempSync(join(tmpdir(), 'motcua-print-test-'));
      try {
        const file = await onceFree(() =>
          openJournalFile(options.journal ?? join(folder ?? '', 'journal.sqlite')),
        );
        if (!file.ok) {
          output.fault(file.error.message);
          return finish(file.error.code === 'journal-busy' ? exitStatus.no : exitStatus.usage);
        }
        const release = await claimOrSay(options.device);
        if (!release) {
          file.value.close();
          return finish(exitStatus.no);
        }
        const stopping = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
        const printed = await runPrintTest({
          device: options.device,
          profile: profile.value,
          tickets: options.tickets,
          file: file.value,
          giveUpAfterMs: options.giveUpAfter * 1_000,
          signal: stopping.signal,
          onProblem: (code) => {
            if (code && !options.json) sayProblem(output, problem(code));
          },
        });
        file.value.close();
        await release();
        report(options, printed);
      } finally {
        if (folder) rmSync(folder, { recursive: true });
      }
    });
}

function report(options: Options, printed: readonly PrintedTicket[]): void {
  const count = (state: PrintedTicket['state']) => printed.filter((one) => one.state === state).length;
  const certainties = (['confirmed', 'processed', 'received', 'sent'] as const)
    .map((name) => [name, printed.filter(({ certainty }) => certainty === name).length] as const)
    .filter(([, number]) => number > 0);
  const notIssued = Math.max(0, options.tickets - printed.length);
  const copies = printed.filter((one) => one.copies > 0);
  const open = printed.filter((one) => one.state !== 'confirmed');
  if (options.json)
    output.json({
      device: options.device,
      profile: options.profile,
      confirmed: count('confirmed'),
      unknown: count('unknown'),
      failed: count('failed'),
      notIssued,
      certainty: Object.fromEntries(certainties),
      copies: copies.reduce((sum, one) => sum + one.copies, 0),
      tickets: printed,
    });
  else {
    for (const one of open)
      output.line(
        `${one.number}: ${one.state}${one.certainty ? ` (${one.certainty})` : ''} ${one.problem ?? ''}`,
      );
    output.line(
      `${printed.length} of ${options.tickets} tickets issued: ${count('confirmed')} confirmed, ` +
        `${count('unknown')} unknown, ${count('failed')} failed`,
    );
    for (const [name, number] of certainties) output.line(`  ${number} ${meaning[name]}`);
    if (copies.length > 0)
      output.line(
        `  copies: ${copies.map((one) => `${one.number}${one.copies > 1 ? ` (${one.copies})` : ''}`).join(', ')}`,
      );
  }
  finish(open.length === 0 && notIssued === 0 ? exitStatus.ok : exitStatus.no);
}

const meaning = {
  confirmed: 'said to be printed by the printer (GS ( H)',
  processed: 'worked through by the printer, which was well afterwards (GS r): it has no print confirmation',
  received: 'received by the printer, which says no more',
  sent: 'sent to a printer that never answers',
} as const;

function wholeNumber(most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < 1 || value > most)
      throw new InvalidArgumentError(`a whole number from 1 to ${most}`);
    return value;
  };
}
