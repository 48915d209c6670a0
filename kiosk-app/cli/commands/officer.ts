import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { problem } from '@motcua/contract';
import { type Result, systemClock, systemIds } from '@motcua/core';
import { loadSiteConfig } from '@motcua/firmware-config';
import {
  type AccountError,
  type Officer,
  type OfficerAccounts,
  openOfficerAccounts,
} from '@motcua/service/officers';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { defaultSiteFile } from './outbox.ts';

interface Common {
  readonly config?: string;
}
type Change = 'added' | 'password' | 'unlocked' | 'disabled';

export function addOfficer(program: Command): void {
  const officer = program
    .command('officer')
    .description('Accounts of the officers who sign at the counter (page /officer)');
  const config = [
    '--config <file>',
    'site file of the kiosk; default: the appliance’s, else the demo’s',
  ] as const;

  officer
    .command('add <name>')
    .description('makes an account; the password is asked for, or read from the first line of standard input')
    .requiredOption('--full-name <name>', 'as it stands beside the signature')
    .option('--position <text>', 'such as "Công chức tư pháp - hộ tịch"', '')
    .option(...config)
    .action(async (login: string, options: Common & { fullName: string; position: string }) => {
      const password = await askPassword();
      await change(options, 'added', (accounts) =>
        accounts.add({ login, fullName: options.fullName, position: options.position, password }),
      );
    });
  officer
    .command('password <name>')
    .description('sets a new password, and opens the account again')
    .option(...config)
    .action(async (login: string, options: Common) => {
      const password = await askPassword();
      await change(options, 'password', (accounts) => accounts.setPassword(login, password));
    });
  officer
    .command('unlock <name>')
    .description('ends the pause after wrong passwords')
    .option(...config)
    .action((login: string, options: Common) =>
      change(options, 'unlocked', async (accounts) => accounts.unlock(login)),
    );
  officer
    .command('disable <name>')
    .description('closes an account at once; what it signed stays')
    .option(...config)
    .action((login: string, options: Common) =>
      change(options, 'disabled', async (accounts) => accounts.disable(login)),
    );
  officer
    .command('list')
    .description('all accounts')
    .option(...config)
    .option('--json', 'print JSON')
    .action(async (options: Common & { json?: boolean }) => {
      const opened = open(options);
      if (!opened) return;
      const officers = opened.accounts.list();
      opened.close();
      if (options.json) output.json({ officers });
      else
        for (const one of officers)
          output.line(`${one.login}  ${one.fullName}  ${one.position}${one.disabled ? '  (closed)' : ''}`);
      finish(exitStatus.ok);
    });
}

async function change(
  options: Common,
  what: Change,
  work: (accounts: OfficerAccounts) => Promise<Result<Officer, AccountError>>,
): Promise<void> {
  const opened = open(options);
  if (!opened) return;
  const done = await work(opened.accounts);
  if (done.ok) opened.audit.record('officer-account', null, { officer: done.value.id, change: what });
  opened.close();
  if (done.ok) output.line(`${done.value.login}: ${what}`);
  else
    output.fault(`motcua officer: ${problem(done.error.code).what.en} ${problem(done.error.code).next.en}`);
  finish(done.ok ? exitStatus.ok : exitStatus.no);
}

function open(options: Common) {
  const site = loadSiteConfig(options.config ? resolve(options.config) : defaultSiteFile());
  if (!site.ok) {
    output.fault(site.error.message);
    finish(exitStatus.usage);
    return null;
  }
  const database = join(site.value.dataFolder, 'kiosk.sqlite');
  becomeOwnerOf(database);
  const opened = openOfficerAccounts({ database, clock: systemClock, ids: systemIds(systemClock) });
  if (!opened) {
    output.fault('motcua officer: the kiosk has no database yet; start it once first');
    finish(exitStatus.no);
  }
  return opened;
}

/** As root, SQLite would leave files beside the database that the service may not open. */
function becomeOwnerOf(file: string): void {
  const owner = statSync(file, { throwIfNoEntry: false });
  if (process.getuid?.() !== 0 || !owner || owner.uid === 0) return;
  process.setgid!(owner.gid);
  process.setuid!(owner.uid);
}

/** Without echo, twice, from a terminal; otherwise the first line that comes. */
async function askPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line;
    return '';
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: true });
  stderr.write('Password: ');
  const first = await lines.question('');
  stderr.write('\nAgain: ');
  const second = await lines.question('');
  stderr.write('\n');
  lines.close();
  // Refused as too short, with the sentence that belongs to it.
  return first === second ? first : '';
}
