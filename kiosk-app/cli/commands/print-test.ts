import { problem } from '@motcua/contract';
import { systemClock, systemIds } from '@motcua/core';
import {
  defaultPrinterProfile,
  encodeSlip,
  openThermalPrinter,
  parsePrinterUri,
  renderSlip,
} from '@motcua/device-drivers';
import { ticketSlip } from '@motcua/service/slips';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';

export function addPrintTest(program: Command): void {
  program
    .command('print-test')
    .description('Prints a test ticket and says whether the printer confirmed it')
    .requiredOption('--device <uri>', 'tcp://host:port')
    .option('--json', 'print JSON')
    .action(async (options: { device: string; json?: boolean }) => {
      const address = parsePrinterUri(options.device);
      if (!address.ok) {
        output.fault(address.error.message);
        return finish(exitStatus.usage);
      }
      const printer = openThermalPrinter(options.device);
      const { widthDots, dpi } = defaultPrinterProfile;
      const slip = ticketSlip({
        language: 'vi',
        wardName: { vi: 'In thử', en: 'Test print' },
        number: 'T000',
        service: { vi: 'Thử máy in: ắ ằ ẳ ẵ ặ Đ ợ ữ', en: 'Printer test' },
        issuedAt: systemClock.now(),
        peopleAhead: 0,
        ticketId: systemIds(systemClock).next(),
        copy: false,
      });
      const printed = await printer.print(
        encodeSlip(await renderSlip(slip, { widthDots, dpi }), defaultPrinterProfile),
      );
      await printer.close();
      if (!printed.ok) sayProblem(output, problem(printed.error.code));
      if (options.json)
        output.json(
          printed.ok
            ? { printed: true, certainty: printed.value.certainty }
            : {
                printed: false,
                mayHavePrinted: printed.error.mayHavePrinted,
                problem: problem(printed.error.code),
              },
        );
      else if (printed.ok) output.line(`printed (${printed.value.certainty})`);
      finish(printed.ok ? exitStatus.ok : exitStatus.no);
    });
}
