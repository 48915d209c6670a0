import { problem } from '@motcua/contract';
import { systemClock, vietnamTime } from '@motcua/core';
import { parseCitizenCard } from '@motcua/device-drivers';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { readInput } from '../read-input.ts';

const MAX_INPUT = 65_536;

export function addParseQr(program: Command): void {
  program
    .command('parse-qr')
    .description(
      'Reads the text of a citizen card’s QR code from standard input and prints what it says as JSON',
    )
    .option('--json', 'print JSON (this command always does)')
    .action(async () => {
      const input = await readInput(process.stdin, MAX_INPUT);
      const card = parseCitizenCard(input, vietnamTime(systemClock.now()).localDay);
      if (card.ok) {
        output.json({ ok: true, card: card.value });
        return finish(exitStatus.ok);
      }
      const { what, next } = problem(card.error.code);
      output.json({ ok: false, error: { ...card.error, what, next } });
      finish(exitStatus.no);
    });
}
