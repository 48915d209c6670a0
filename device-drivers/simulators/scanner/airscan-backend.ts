import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * SANE's `airscan` backend (Debian package sane-airscan) with the scanners at the given eSCL addresses, at
 * `airscan:e0:name` and so on, and no discovery. Returns the environment to hand to the driver or to `scanimage`.
 */
export async function configureAirscanBackend(
  folder: string,
  scanners: Readonly<Record<string, string>>,
): Promise<{ readonly SANE_CONFIG_DIR: string }> {
  const devices = Object.entries(scanners).map(([name, url]) => `"${name}" = ${url}, eSCL\n`);
  await writeFile(join(folder, 'dll.conf'), 'airscan\n');
  await writeFile(
    join(folder, 'airscan.conf'),
    `[devices]\n${devices.join('')}[options]\ndiscovery = disable\n`,
  );
  return { SANE_CONFIG_DIR: folder };
}
