import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadSiteConfig, type SiteConfig } from '@motcua/firmware-config';
import { exitStatus, finish, standardOutput as output } from './output.ts';

/** The appliance’s, where there is one, else the demo’s: of this folder or of the nearest one above it. */
export function defaultSiteFile(): string {
  const installed = '/etc/motcua/site.json';
  if (existsSync(installed)) return installed;
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    const file = join(folder, 'var', 'demo', 'site.json');
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return join(here, 'var', 'demo', 'site.json');
  }
}

/** The site that `--config` names, else the default one; null when there is none that can be read, which is said. */
export function openSite(given: string | undefined): SiteConfig | null {
  const file = given ? resolve(given) : defaultSiteFile();
  if (!given && !existsSync(file)) {
    output.fault(
      'motcua: no kiosk is set up here. Name its site file with --config, or start the demo: npm start',
    );
    finish(exitStatus.usage);
    return null;
  }
  const site = loadSiteConfig(file);
  if (site.ok) return site.value;
  output.fault(site.error.message);
  finish(exitStatus.usage);
  return null;
}
