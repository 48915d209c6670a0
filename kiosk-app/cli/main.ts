import { Command, CommanderError } from 'commander';
import { addDemo } from './commands/demo.ts';
import { addDevices } from './commands/devices.ts';
import { addDigitize } from './commands/digitize.ts';
import { addDoctor } from './commands/doctor.ts';
import { addOutbox } from './commands/outbox.ts';
import { addParseQr } from './commands/parse-qr.ts';
import { addPrintTest } from './commands/print-test.ts';
import { addScan } from './commands/scan.ts';
import { addSetupReader } from './commands/setup-reader.ts';
import { addStart } from './commands/start.ts';
import { addVerify } from './commands/verify.ts';
import { exitStatus } from './output.ts';
import packageJson from './package.json' with { type: 'json' };

/** The technician's command. Exit status 0: yes, done; 1: no, not done; 2: used wrongly. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('motcua')
    .description('Một Cửa Kiosk: runs, checks and repairs a kiosk')
    .version(packageJson.version)
    .exitOverride();
  for (const add of [
    addStart,
    addDemo,
    addDoctor,
    addDevices,
    addSetupReader,
    addParseQr,
    addDigitize,
    addVerify,
    addPrintTest,
    addScan,
    addOutbox,
  ])
    add(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what was wrong; asking for help or the version is no fault.
      process.exitCode = error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
      return;
    }
    throw error;
  }
}
