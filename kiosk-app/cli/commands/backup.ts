import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { openSite } from '../site-file.ts';

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('Copies the database of the running kiosk; the copy opens only with this kiosk’s key')
    .option('--config <file>', 'site file of the kiosk; default: the appliance’s, else the demo’s')
    .option('--json', 'print JSON: {file}')
    .action(async (options: { config?: string; json?: boolean }) => {
      const site = openSite(options.config);
      if (!site) return;
      const answer = await askService<{ file: string }>(site.runFolder, 'POST', '/api/backups');
      if (!answer.ok) output.fault(`motcua backup: ${serviceReasons[answer.error.code]}`);
      else if (options.json) output.json({ file: answer.value.file });
      else output.line(answer.value.file);
      finish(answer.ok ? exitStatus.ok : exitStatus.no);
    });
}
