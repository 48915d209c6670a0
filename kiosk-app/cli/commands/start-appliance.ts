import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadSiteConfig } from '@motcua/firmware-config';
import { exitStatus, finish, standardOutput as output } from '../output.ts';

/** Runs the service of a site file in the foreground. On the appliance the systemd unit does the same. */
export async function runAppliance(config: string): Promise<void> {
  const site = loadSiteConfig(config);
  if (!site.ok) {
    output.fault(site.error.message);
    return finish(exitStatus.usage);
  }
  const main = join(import.meta.dirname, '..', '..', 'service', 'main.ts');
  const child = spawn(process.execPath, [main, '--config', config], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  finish(status === 0 ? exitStatus.ok : exitStatus.no);
}
