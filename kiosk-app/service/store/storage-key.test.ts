import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorageKey, STORAGE_CREDENTIAL } from './storage-key.ts';

let folder: string;
let keyFolder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-'));
  keyFolder = join(folder, 'keys');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openKey = (options: { credentialsFolder?: string; mayCreate?: boolean } = {}) =>
  openStorageKey({ keyFolder, credentialsFolder: undefined, mayCreate: true, ...options });

describe('the key of the storage', () => {
  it('is made once, for its owner alone, and has a key of its own for each purpose', async () => {
    const first = await openKey();
    expect((await stat(join(keyFolder, 'storage-key'))).mode & 0o777).toBe(0o600);
    const again = await openKey({ mayCreate: false });
    expect(again.derive('database')).toEqual(first.derive('database'));
    expect(first.derive('database')).not.toEqual(first.derive('data-keys'));
    expect(first.origin).toBe('file');
  });

  it('comes from systemd’s credential where there is one', async () => {
    const credentialsFolder = join(folder, 'credentials');
    await mkdir(credentialsFolder);
    await writeFile(join(credentialsFolder, STORAGE_CREDENTIAL), Buffer.alloc(32, 9));
    const key = await openKey({ credentialsFolder });
    expect(key.origin).toBe('credential');
    // The very bytes decide: the same credential on another disk opens the same data.
    keyFolder = join(folder, 'other');
    expect((await openKey({ credentialsFolder })).derive('database')).toEqual(key.derive('database'));
    await writeFile(join(credentialsFolder, STORAGE_CREDENTIAL), 'short');
    await expect(openKey({ credentialsFolder })).rejects.toThrow('storage-key-damaged');
  });

  it('is refused when others may read it, when it is a link, and when it is cut', async () => {
    await openKey();
    const file = join(keyFolder, 'storage-key');
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(file, mode);
      await expect(openKey()).rejects.toThrow('storage-key-exposed');
    }
    await rm(file);
    await writeFile(file, Buffer.alloc(31), { mode: 0o600 });
    await expect(openKey()).rejects.toThrow('storage-key-damaged');
    await rm(file);
    await symlink('/dev/zero', file);
    await expect(openKey()).rejects.toThrow('storage-key-damaged');
  });

  it('is never made anew where data is encrypted already, and another one is not taken for a damaged disk', async () => {
    await expect(openKey({ mayCreate: false })).rejects.toThrow('storage-key-missing');
    await openKey();
    await writeFile(join(keyFolder, 'storage-key'), Buffer.alloc(32, 1));
    await expect(openKey({ mayCreate: false })).rejects.toThrow('storage-key-differs');
  });
});
