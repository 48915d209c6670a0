import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderSetUpSheet, setUpBarCodes, setUpMessages, writeToSerialReader } from '@motcua/device-drivers';
import { listProfiles, loadProfile, type ReaderMode } from '@motcua/firmware-config';
import type { Command } from 'commander';
import { claimOrSay } from '../claim-device.ts';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

interface Options {
  readonly model: string;
  readonly mode: string;
  readonly pdf?: string;
  readonly serial?: string;
  readonly temporary?: boolean;
}

const isMode = (mode: string): mode is ReaderMode => mode === 'usb-com' || mode === 'hid-pos';

export function addSetupReader(program: Command): void {
  program
    .command('setup-reader')
    .description(
      'Puts a code reader into a mode that keeps Vietnamese letters: a sheet of bar codes, or by serial port',
    )
    .requiredOption('--model <maker>', listProfiles('reader-setups').join(', '))
    .option('--mode <mode>', 'usb-com or hid-pos', 'usb-com')
    .option('--pdf <file>', 'where the sheet goes (A4); without it the commands are only shown')
    .option('--serial <device>', 'send the commands to a reader on this port: /dev/ttyACM0')
    .option('--temporary', 'with --serial: until the reader loses power')
    .action(async (options: Options) => {
      const setup = loadProfile('reader-setups', options.model);
      if (!setup.ok || !isMode(options.mode)) {
        output.fault(setup.ok ? 'motcua setup-reader: --mode usb-com or hid-pos' : setup.error.message);
        return finish(exitStatus.usage);
      }
      const messages = setUpMessages(
        setup.value,
        options.mode,
        options.temporary ? 'temporary' : 'permanent',
      );
      if (options.pdf) {
        const sheet = await renderSetUpSheet(setup.value, options.mode);
        try {
          writeFileSync(options.pdf, sheet);
        } catch {
          output.fault(`motcua setup-reader: ${resolve(options.pdf)} cannot be written`);
          return finish(exitStatus.no);
        }
        output.line(
          `${resolve(options.pdf)}: print it at 100 % and show its codes to the reader from top to bottom.`,
        );
      }
      if (options.serial) {
        const release = await claimOrSay(`serial:${options.serial}`);
        if (!release) return finish(exitStatus.no);
        const sent = await writeToSerialReader(options.serial, messages);
        await release();
        if (!sent.ok) {
          output.fault(`${options.serial}: ${sent.error.message}`);
          return finish(exitStatus.no);
        }
        for (const { answer } of sent.value)
          output.line(
            answer.length > 0
              ? `the reader answered ${Buffer.from(answer).toString('hex')}`
              : 'sent; the reader did not answer',
          );
        output.line('Unplug the reader, plug it in again, and look with "motcua devices".');
      }
      if (!options.pdf && !options.serial) {
        for (const { what, text, fnc3 } of setUpBarCodes(setup.value, options.mode))
          output.line(`bar code  ${fnc3 ? '<FNC3>' : ''}${text}   ${what.en}`);
        for (const message of messages) output.line(`serial    ${Buffer.from(message).toString('hex')}`);
        output.line(`Source: ${setup.value.source}`);
      }
      finish(exitStatus.ok);
    });
}
