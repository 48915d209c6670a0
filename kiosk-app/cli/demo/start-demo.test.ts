import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock-folder.ts';
import { startDemo } from './start-demo.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a second demo in the same folder is refused, and the first one keeps its window and its data', async () => {
  const demo = await startDemo({ folder });
  try {
    await writeFile(join(folder, 'kept'), 'x');
    await expect(startDemo({ folder, fresh: true })).rejects.toThrow('is running in');
    expect(await demo.launchUrl()).toContain(demo.origin);
    expect((await fetch(`${demo.origin}/healthz`)).ok).toBe(true);
  } finally {
    await demo.close();
  }
});

test('a port that another program holds is named, and the folder is free again', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  try {
    await expect(startDemo({ folder, port })).rejects.toThrow(`port ${port} is in use`);
    const lock = await lockFolder(folder);
    expect(lock).not.toBeNull();
    await lock?.release();
  } finally {
    other.close();
  }
});
