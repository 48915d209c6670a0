import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SwapFacts {
  /** Text of `/proc/swaps`; default: this machine's. */
  readonly swaps?: string;
  /** Default: `/sys`. */
  readonly sysfs?: string;
}

/**
 * Swap areas that write memory to a disk as it is: what a kiosk keeps in memory so that it never lies on a disk would
 * lie there. Compressed memory (zram) is none, and nothing that lies on dm-crypt, however deep.
 */
export function unencryptedSwap(facts: SwapFacts = {}): readonly string[] {
  const sysfs = facts.sysfs ?? '/sys';
  const swaps = facts.swaps ?? (existsSync('/proc/swaps') ? readFileSync('/proc/swaps', 'utf8') : '');
  const areas = swaps
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(/\s+/)[0] || [])
    // Spaces in names are octal there.
    .map((area) => area.replaceAll('\\040', ' '));
  return areas.filter((area) => !/^\/dev\/zram\d+$/.test(area) && !isEncrypted(blockDevice(area, sysfs)));
}

/** The folder in sysfs of the device itself, or of the device that a swap file lies on; null: not to be told. */
function blockDevice(area: string, sysfs: string): string | null {
  const name = /^\/dev\/(.+)$/.exec(area)?.[1];
  try {
    if (name !== undefined) return realpathSync(join(sysfs, 'class', 'block', name.replace(/^.*\//, '')));
    const { dev } = statSync(area);
    // Linux's encoding of a device number.
    const major = (dev >> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
    return realpathSync(join(sysfs, 'dev', 'block', `${major}:${minor}`));
  } catch {
    return null;
  }
}

/** dm-crypt itself, or something (LVM, RAID) all of whose parts lie on it. */
function isEncrypted(device: string | null): boolean {
  if (device === null) return false;
  const uuid = join(device, 'dm', 'uuid');
  if (existsSync(uuid) && readFileSync(uuid, 'utf8').startsWith('CRYPT-')) return true;
  const slaves = join(device, 'slaves');
  const below = existsSync(slaves) ? readdirSync(slaves) : [];
  return below.length > 0 && below.every((name) => isEncrypted(realpathSync(join(slaves, name))));
}
