import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { OfficerAccountOrder, Problem } from '@motcua/contract';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { openSite } from '../site-file.ts';

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

interface Account {
  readonly login: string;
  readonly fullName: string;
  readonly position: string;
  readonly disabled: boolean;
}

const DONE: Readonly<Record<OfficerAccountOrder['change'], string>> = {
  add: 'added',
  password: 'new password set',
  unlock: 'unlocked',
  disable: 'closed',
};

export function addOfficer(program: Command): void {
  const officer = program
    .command('officer')
    .description('Accounts of the officers who sign at the counter (page /officer)');
  const config = [
    '--config <file>',
    'site file of the kiosk; default: the appliance’s, else the demo’s',
  ] as const;
  const json = ['--json', 'print JSON'] as const;

  officer
    .command('add <name>')
    .description('makes an account; the password is asked for, or read from the first line of standard input')
    .requiredOption('--full-name <name>', 'as it stands beside the signature')
    .option('--position <text>', 'such as "Công chức tư pháp - hộ tịch"', '')
    .option(...config)
    .option(...json)
    .action(async (login: string, options: Common & { fullName: string; position: string }) => {
      const password = await askPassword();
      const { fullName, position } = options;
      await change(options, { change: 'add', login, fullName, position, password });
    });
  officer
    .command('password <name>')
    .description('sets a new password, and opens the account again')
    .option(...config)
    .option(...json)
    .action(async (login: string, options: Common) => {
      const password = await askPassword();
      await change(options, { change: 'password', login, password });
    });
  officer
    .command('unlock <name>')
    .description('ends the pause after wrong passwords')
    .option(...config)
    .option(...json)
    .action((login: string, options: Common) => change(options, { change: 'unlock', login }));
  officer
    .command('disable <name>')
    .description('closes an account at once; what it signed stays')
    .option(...config)
    .option(...json)
    .action((login: string, options: Common) => change(options, { change: 'disable', login }));
  officer
    .command('list')
    .description('all accounts')
    .option(...config)
    .option(...json)
    .action(async (options: Common) => {
      const answer = await ask<{ readonly officers: readonly Account[] }>(options, 'GET');
      if (!answer) return;
      const { officers } = answer;
      if (options.json) output.json({ officers });
      else
        for (const one of officers)
          output.line(`${one.login}  ${one.fullName}  ${one.position}${one.disabled ? '  (closed)' : ''}`);
      finish(exitStatus.ok);
    });
}

async function change(options: Common, order: OfficerAccountOrder): Promise<void> {
  const answer = await ask<{ readonly problem: Problem | null }>(options, 'POST', order);
  if (!answer) return;
  const { problem } = answer;
  if (options.json) output.json({ ok: problem === null, login: order.login, change: order.change, problem });
  if (problem) sayProblem(output, problem);
  else if (!options.json) output.line(`${order.login}: ${DONE[order.change]}`);
  finish(problem ? exitStatus.no : exitStatus.ok);
}

/** Null when it could not be asked; that has been said then. */
async function ask<T>(options: Common, method: 'GET' | 'POST', body?: object): Promise<T | null> {
  const site = openSite(options.config);
  if (!site) return null;
  const answer = await askService<T>(site.runFolder, method, '/api/officers', body);
  if (answer.ok) return answer.value;
  output.fault(`motcua officer: ${serviceReasons[answer.error.code]}`);
  finish(exitStatus.no);
  return null;
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
