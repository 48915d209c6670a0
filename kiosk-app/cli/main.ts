import { Command, CommanderError } from 'commander';
import { exitStatus, finish, standardOutput as output } from './output.ts';
import packageJson from './package.json' with { type: 'json' };

/** In the order of the help. Each brings its own world of modules, so only the one that was asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./commands/start.ts')).addStart,
  demo: async () => (await import('./commands/demo.ts')).addDemo,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  devices: async () => (await import('./commands/devices.ts')).addDevices,
  'setup-reader': async () => (await import('./commands/setup-reader.ts')).addSetupReader,
  'parse-qr': async () => (await import('./commands/parse-qr.ts')).addParseQr,
  'read-card': async () => (await import('./commands/read-card.ts')).addReadCard,
  digitize: async () => (await import('./commands/digitize.ts')).addDigitize,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  'print-test': async () => (await import('./commands/print-test.ts')).addPrintTest,
  scan: async () => (await import('./commands/scan.ts')).addScan,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
  backup: async () => (await import('./commands/backup.ts')).addBackup,
  outbox: async () => (await import('./commands/outbox.ts')).addOutbox,
  officer: async () => (await import('./commands/officer.ts')).addOfficer,
};

/**
 * The technician's command. Exit status 0: yes, done; 1: no, not done; 2: used wrongly. With `--json`, standard output
 * holds one JSON value in any case: the command's own answer, or `{ok: false, error: {code, message}}`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads the output may leave early (`| head -1`): the work is done to its end, and cleaned up, all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const ended = await run(argv);
  if (argv.includes('--json') && !output.answered && process.exitCode) {
    const code = process.exitCode === exitStatus.usage ? 'used-wrongly' : 'not-done';
    output.json({ ok: false, error: { code, message: output.faults.join('\n') } });
  }
  // After an unexpected fault a device or a server may still be open, and would keep this process alive.
  if (ended === 'broken') process.exit();
}

async function run(argv: readonly string[]): Promise<'ended' | 'broken'> {
  const program = new Command('motcua')
    .description('Một Cửa Kiosk: runs, checks and repairs a kiosk')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ writeErr: (text) => output.fault(text.trimEnd()) });
  const named = Object.hasOwn(commands, argv[2] ?? '') ? commands[argv[2] ?? ''] : undefined;
  for (const load of named ? [named] : Object.values(commands)) (await load())(program);
  try {
    await program.parseAsync([...argv]);
    return 'ended';
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what was wrong; asking for help or the version is no fault.
      finish(error.exitCode === 0 ? exitStatus.ok : exitStatus.usage);
      return 'ended';
    }
    // A file that vanished, a disk that failed, a bug: one sentence for the technician, the trace for who mends it.
    const words = process.env['MOTCUA_TRACE'] && error instanceof Error ? error.stack : sentenceOf(error);
    output.fault(`motcua ${argv[2]}: ${words}`);
    finish(exitStatus.no);
    return 'broken';
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed for an unknown reason';
}
