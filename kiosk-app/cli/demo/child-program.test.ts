import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createChildProgram } from './child-program.ts';

test('a program ends with the parent that was killed, so that the next start finds port and database free', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-child-'));
  try {
    const script = `
      import { createChildProgram } from ${JSON.stringify(join(import.meta.dirname, 'child-program.ts'))};
      createChildProgram({
        args: ['-e', "require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)"],
        logFile: 'log',
        restart: true,
      }).start();
      const { existsSync, readFileSync } = await import('node:fs');
      const look = setInterval(() => {
        if (!existsSync('pid') || readFileSync('pid', 'utf8') === '') return;
        clearInterval(look);
        console.log(readFileSync('pid', 'utf8'));
      }, 20);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    const runs = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(runs()).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(runs, { timeout: 5_000 }).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('lines that the disk of the log does not take are lost, and nothing else', async () => {
  const program = createChildProgram({
    args: ['-e', "setInterval(() => console.log('a line'), 5)"],
    logFile: '/dev/full',
    restart: false,
  });
  const faults: unknown[] = [];
  const note = (error: unknown) => faults.push(error);
  process.on('uncaughtException', note);
  try {
    program.start();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(program.running()).toBe(true);
    await program.stop();
    expect(faults).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
  }
});
