import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveFileDurable, writeFileDurable } from './durable-file.ts';
import { exec } from './exec.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durable-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a durable file', () => {
  it('replaces what was there, is readable by its owner alone, and leaves nothing beside it', async () => {
    const file = join(folder, 'token');
    await writeFileDurable(file, 'old');
    await writeFileDurable(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['token']);
  });

  it('may have a name as long as the disk takes', async () => {
    const name = 'Đ'.repeat(127);
    await writeFileDurable(join(folder, name), 'bytes');
    expect(await readdir(folder)).toEqual([name]);
    await expect(writeFileDurable(join(folder, `${name}đơn`), 'x')).rejects.toMatchObject({
      code: 'ENAMETOOLONG',
    });
    expect(await readdir(folder)).toEqual([name]);
  });

  it('leaves the old content and no half file when the place cannot be taken', async () => {
    const taken = join(folder, 'taken');
    await mkdir(join(taken, 'in the way'), { recursive: true });
    await expect(writeFileDurable(taken, 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
    await expect(writeFileDurable(join(folder, 'no', 'such'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('moves a finished file to its lasting place', async () => {
    await writeFile(join(folder, 'page.part'), 'bytes');
    await moveFileDurable(join(folder, 'page.part'), join(folder, 'page.png'));
    expect(await readdir(folder)).toEqual(['page.png']);
    expect(await readFile(join(folder, 'page.png'), 'utf8')).toBe('bytes');
  });

  it.skipIf(!existsSync('/usr/bin/strace'))(
    'syncs the bytes before it renames and the folder after it',
    async () => {
      const script = `import { writeFileDurable } from ${JSON.stringify(join(import.meta.dirname, 'durable-file.ts'))};
      await writeFileDurable(process.argv[1], 'bytes');`;
      const traced = await exec(
        'strace',
        [
          '-f',
          '-qq',
          '-e',
          'trace=fsync,fdatasync,rename,renameat,renameat2',
          process.execPath,
          '--input-type=module',
          '-e',
          script,
          join(folder, 'a'),
        ],
        { timeoutMs: 30_000, maxOutputBytes: 10_000_000 },
      );
      if (!traced.ok) throw new Error(traced.error.code);
      const calls = [...traced.value.stderr.matchAll(/\b(fsync|fdatasync|rename(?:at2?)?)\(/g)].map(
        (match) => match[1],
      );
      expect(calls.map((call) => (call?.startsWith('rename') ? 'rename' : 'sync'))).toEqual([
        'sync',
        'rename',
        'sync',
      ]);
    },
  );
});
