import { listDevices } from '@motcua/device-drivers';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('Lists the scanners, readers and printers that this machine sees')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const devices = await listDevices();
      if (options.json) output.json({ devices });
      else if (devices.length === 0)
        output.line(
          'No device found. Check cables and power; "motcua doctor" says what else may be missing.',
        );
      else
        for (const device of devices) output.line(`${device.role.padEnd(17)} ${device.uri}  ${device.name}`);
      finish(devices.length > 0 ? exitStatus.ok : exitStatus.no);
    });
}
