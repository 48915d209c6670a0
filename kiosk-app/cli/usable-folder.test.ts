import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCommand } from './cli-test-bench.ts';
import { makeUsableFolder } from './usable-folder.ts';

const run = promisify(execFile);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-folder-'));
});
afterEach(async () => {
  await run('umount', ['-l', join(folder, 'disk')]).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});
const use = (path: string, freeBytes = 0) => makeUsableFolder(path, { option: '--keep', freeBytes });

test('is made with the folders above it, and taken as it is when it is there', async () => {
  const keep = join(folder, 'kết quả', 'hôm nay');
  expect(await use(keep)).toBeNull();
  await writeFile(join(keep, 'other'), '');
  expect(await use(keep)).toBeNull();
  expect(await readdir(keep)).toEqual(['other']);
  await symlink(keep, join(folder, 'link'));
  expect(await use(join(folder, 'link', 'below'))).toBeNull();
});

test('a file in its place, or above it, is named', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'below'), join(file, 'far', 'below'), '/dev/null'])
    expect(await use(path)).toContain('a file is there; give --keep another folder');
});

test.each([
  '/proc/motcua',
  '/proc/motcua/deep/below',
  '/sys/motcua',
])('where none can be made, that is said at once: %s', async (path) =>
  expect(await use(path)).toContain('; give --keep another folder'));

test('a name without end, and a ring of links, are none', async () => {
  await symlink(join(folder, 'ring'), join(folder, 'ring'));
  for (const path of [join(folder, 'x'.repeat(300)), join(folder, 'ring', 'below')])
    expect(await use(path)).toContain('nothing can be written');
});

/** False where this machine may mount no disk of its own. */
async function mountDisk(options: string): Promise<boolean> {
  await mkdir(join(folder, 'disk'));
  const mount = run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', join(folder, 'disk')]);
  return mount.then(
    () => true,
    () => false,
  );
}

test('a disk that is read-only, full or too small is told apart', async ({ skip }) => {
  if (!(await mountDisk('size=2m'))) return skip('this machine cannot mount a disk of its own');
  const disk = join(folder, 'disk');
  expect(await use(disk)).toBeNull();
  expect(await use(disk, 64 * 1_048_576)).toContain('has less than 64 MiB free');
  await writeFile(join(disk, 'filling'), Buffer.alloc(2 * 1_048_576)).catch(() => undefined);
  expect(await use(disk)).toContain(`the disk of ${disk} is full`);
  expect((await readdir(disk)).filter((name) => name !== 'filling')).toEqual([]);
  await rm(join(disk, 'filling'));
  await run('mount', ['-o', 'remount,ro', disk]);
  for (const path of [disk, join(disk, 'below')]) expect(await use(path)).toContain('read-only');
});

test('a folder of somebody else is said to be one', async ({ skip }) => {
  if (process.getuid?.() !== 0) return skip('only root can be somebody else');
  const mine = join(folder, 'mine');
  await mkdir(mine, { mode: 0o700 });
  const module = join(import.meta.dirname, 'usable-folder.ts');
  const program = `import { makeUsableFolder } from ${JSON.stringify(module)};
    console.log(await makeUsableFolder(${JSON.stringify(join(mine, 'x'))}, { option: '--folder' }));`;
  await run('chmod', ['755', folder]);
  const asked = await run(process.execPath, ['--input-type=module', '-e', program], {
    uid: 65_534,
    gid: 65_534,
  });
  expect(asked.stdout).toContain(`this user may not write in ${join(mine, 'x')}`);
});

test.each(['start', 'demo'])('motcua %s says so in one sentence and ends', async (command) => {
  const { folder: home, motcua } = await openCommand();
  try {
    for (const path of ['/proc/motcua', '/proc/motcua/below', '/dev/null']) {
      const ended = await motcua([command, '--folder', path]);
      expect(ended.status).toBe(1);
      expect(ended.out).toBe('');
      expect(ended.err.trim()).toMatch(/^motcua \w+: [^\n]+; give --folder another folder$/);
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
