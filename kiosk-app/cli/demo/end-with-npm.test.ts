import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a program that npm has started ends with npm that was killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-npm-'));
  const module = JSON.stringify(join(import.meta.dirname, 'end-with-npm.ts'));
  await writeFile(
    join(folder, 'program.mjs'),
    `import { endWithNpm } from ${module};
     endWithNpm(process.env);
     setInterval(() => {}, 1000);
     console.log('pid ' + process.pid);`,
  );
  await writeFile(join(folder, 'package.json'), '{"scripts":{"stay":"node program.mjs"}}');
  try {
    const npm = spawn('npm', ['run', '--silent', 'stay'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(npm.stdout, 'data')) as [Buffer];
    const pid = Number(/pid (\d+)/.exec(line.toString())?.[1]);
    const runs = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(runs()).toBe(true);
    npm.kill('SIGKILL');
    await expect.poll(runs, { timeout: 5_000 }).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
