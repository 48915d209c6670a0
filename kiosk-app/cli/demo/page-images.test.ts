import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageImages } from './page-images.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-pages-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('pages come in the order of their numbers, whatever their letters', async () => {
  for (const name of ['trang 10.jpg', 'trang 2.PNG', 'Trang 1 có dấu.tiff', 'ghi chú.txt'])
    await writeFile(join(folder, name), 'x');
  expect((await pageImages(folder)).map((file) => basename(file))).toEqual([
    'Trang 1 có dấu.tiff',
    'trang 2.PNG',
    'trang 10.jpg',
  ]);
});

test('what only bears the name of a picture is left out: folders, dead links, hidden files', async () => {
  await mkdir(join(folder, 'folder.png'));
  await symlink('/no/such/page', join(folder, 'dead.jpg'));
  await writeFile(join(folder, '._1.jpg'), 'x');
  await writeFile(join(folder, '1.jpg'), 'x');
  await symlink(join(folder, '1.jpg'), join(folder, '2.jpg'));
  expect((await pageImages(folder)).map((file) => basename(file))).toEqual(['1.jpg', '2.jpg']);
});

test('an absent folder holds no page', async () => {
  expect(await pageImages(join(folder, 'absent'))).toEqual([]);
});
