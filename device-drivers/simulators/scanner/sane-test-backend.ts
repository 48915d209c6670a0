import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * SANE's own `test` backend as the only scanner, at `sane:test:0`: a real `scanimage` scans patterns from it.
 * Returns the environment to hand to the driver. `folder` takes the configuration.
 */
export async function configureSaneTestBackend(
  folder: string,
): Promise<{ readonly SANE_CONFIG_DIR: string }> {
  await writeFile(join(folder, 'dll.conf'), 'test\n');
  await writeFile(join(folder, 'test.conf'), 'number_of_devices 1\ngeometry_max 300\n');
  return { SANE_CONFIG_DIR: folder };
}
