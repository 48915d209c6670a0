import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unencryptedSwap } from './swap.ts';

let sysfs: string;
beforeEach(async () => {
  sysfs = await mkdtemp(join(tmpdir(), 'sysfs-'));
  await mkdir(join(sysfs, 'class/block'), { recursive: true });
});
afterEach(() => rm(sysfs, { recursive: true }));

async function device(name: string, uuid: string | null, ...on: readonly string[]) {
  const folder = join(sysfs, 'class/block', name);
  await mkdir(join(folder, 'slaves'), { recursive: true });
  if (uuid !== null) {
    await mkdir(join(folder, 'dm'));
    await writeFile(join(folder, 'dm/uuid'), `${uuid}\n`);
  }
  for (const below of on) await symlink(join(sysfs, 'class/block', below), join(folder, 'slaves', below));
}
const swaps = (...areas: readonly string[]) =>
  ['Filename\tType\tSize\tUsed\tPriority', ...areas.map((area) => `${area}\tpartition\t1\t0\t-2`), ''].join(
    '\n',
  );

it('no swap and compressed memory write nothing', () => {
  expect(unencryptedSwap({ sysfs, swaps: swaps() })).toEqual([]);
  expect(unencryptedSwap({ sysfs, swaps: swaps('/dev/zram0') })).toEqual([]);
});

it('a plain partition is named; one on dm-crypt is not, nor a volume on top of it', async () => {
  await device('sda2', null);
  await device('dm-0', 'CRYPT-LUKS2-0123', 'sda2');
  await device('dm-1', 'LVM-4567', 'dm-0');
  await device('dm-2', 'LVM-89ab', 'sda2');
  await device('dm-3', 'LVM-cdef', 'dm-0', 'sda2');
  const areas = ['/dev/sda2', '/dev/dm-0', '/dev/dm-1', '/dev/dm-2', '/dev/dm-3', '/dev/gone'];
  expect(unencryptedSwap({ sysfs, swaps: swaps(...areas) })).toEqual([
    '/dev/sda2',
    '/dev/dm-2',
    '/dev/dm-3',
    '/dev/gone',
  ]);
});

it('a file is judged by the device that it lies on', () => {
  expect(unencryptedSwap({ sysfs, swaps: swaps('/no/such\\040file') })).toEqual(['/no/such file']);
});
