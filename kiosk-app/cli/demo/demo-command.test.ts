import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bin, openCommand } from '../cli-test-bench.ts';

const { folder, motcua } = await openCommand();
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Processes whose command line names `path`. */
function running(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').includes(path);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('the demo, told to end or unable to go on', () => {
  it('demo --json prints its one object for a visit that fails, too', async () => {
    const keep = join(folder, 'a-file');
    await writeFile(keep, 'no folder');
    const { status, out } = await motcua(['demo', '--json', '--keep', keep]);
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      accepted: false,
      dossierCode: null,
      artefacts: { dossier: null, pdfs: [] },
      problem: expect.stringContaining(keep),
    });
  });

  it('demo says of each page why it cannot be read, and ends when none can', async () => {
    const pages = join(folder, 'pages');
    await mkdir(pages);
    await writeFile(join(pages, '1.png'), 'no picture');
    const run = ['demo', '--json', '--pages', pages, '--keep', join(folder, 'kept'), '--folder'];
    const { status, out } = await motcua([...run, join(folder, 'kiosk')]);
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      accepted: false,
      ticketNumber: expect.stringMatching(/\d/),
      pages: [{ file: join(pages, '1.png'), text: '', problem: expect.stringContaining('not a picture') }],
      problem: expect.stringContaining('1.png'),
    });
  });

  it.each([
    'SIGTERM',
    'SIGKILL',
  ] as const)('npm start that gets %s leaves nothing running', async (signal) => {
    const at = join(folder, `start-${signal}`);
    const npm = spawn(
      'npm',
      ['start', '--ignore-scripts', '--', '--no-shell', '--port', '0', '--folder', at],
      { stdio: ['ignore', 'pipe', 'ignore'], detached: true },
    );
    try {
      let said = '';
      for await (const chunk of npm.stdout) {
        said += String(chunk);
        if (said.includes('Ctrl-C')) break;
      }
      expect(running(at)).not.toEqual([]);
      npm.kill(signal);
      await expect.poll(() => running(at), { timeout: 15_000, interval: 200 }).toEqual([]);
    } finally {
      for (const pid of running(at)) process.kill(pid, 'SIGKILL');
    }
  });

  it.each([
    'SIGINT',
    'SIGTERM',
  ] as const)('a demo that gets %s in a visit puts everything away', async (signal) => {
    const at = join(folder, `demo-${signal}`);
    const args = [bin, 'demo', '--json', '--folder', at, '--keep', join(folder, `kept-${signal}`)];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_CONFIG_HOME: folder },
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
      if (!child.killed && / ms {2}language/.test(err)) child.kill(signal);
    });
    const [status] = await once(child, 'close');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ accepted: false, problem: 'interrupted' });
    expect(running(at)).toEqual([]);
    expect(err).not.toContain('finish');
    // The plain pages, and what the browser has kept of them.
    expect((await readdir(at)).filter((name) => ['run', 'browser', 'sheets'].includes(name))).toEqual([]);
  });
});
