import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeKeepFolder } from './keep-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-keep-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('is made with the folders above it, and taken as it is when it is there', async () => {
  const keep = join(folder, 'kết quả', 'hôm nay');
  expect(await makeKeepFolder(keep)).toBeNull();
  await writeFile(join(keep, 'other'), '');
  expect(await makeKeepFolder(keep)).toBeNull();
  expect(await readdir(keep)).toEqual(['other']);
});

test('a file in its place, or above it, is named', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await makeKeepFolder(file)).toContain('a file is there');
  expect(await makeKeepFolder(join(file, 'below'))).toContain('a file is there');
});

test('where no folder can be made, that is said at once', async () => {
  expect(await makeKeepFolder('/proc/motcua')).toContain('another folder');
});
