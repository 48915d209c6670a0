import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The appliance’s, where there is one, else the demo’s. */
export function defaultSiteFile(): string {
  const installed = '/etc/motcua/site.json';
  return existsSync(installed) ? installed : join(process.cwd(), 'var', 'demo', 'site.json');
}
