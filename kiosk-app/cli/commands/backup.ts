import { resolve } from 'node:path';
import { loadSiteConfig } from '@motcua/firmware-config';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { defaultSiteFile } from '../site-file.ts';

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('Copies the database of the running kiosk; the copy opens only with this kiosk’s key')
    .option('--config <file>', 'site file of the kiosk; default: the appliance’s, else the demo’s')
    .action(async (options: { config?: string }) => {
      const site = loadSiteConfig(options.config ? resolve(options.config) : defaultSiteFile());
      if (!site.ok) {
        output.fault(site.error.message);
        return finish(exitStatus.usage);
      }
      const answer = await askService<{ file: string }>(site.value.runFolder, 'POST', '/api/backups');
      if (answer.ok) output.line(answer.value.file);
      else output.fault(`motcua backup: ${serviceReasons[answer.error.code]}`);
      finish(answer.ok ? exitStatus.ok : exitStatus.no);
    });
}
