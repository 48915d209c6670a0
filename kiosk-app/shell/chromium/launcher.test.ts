import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShell } from '../start-shell.ts';
import { chromiumArguments } from './arguments.ts';
import { startChromium } from './launcher.ts';

const PROGRAM = '/usr/bin/chromium';
let folder: string;
let tokenFile: string;
let screen: ChildProcess;
let env: NodeJS.ProcessEnv;
let server: Server;
let origin: string;
let codes = 0;
let onPage: (request: IncomingMessage) => void = () => undefined;

/** The next page that the browser asks for at the address of its sign-in. */
const nextPage = () =>
  new Promise<IncomingMessage>((resolve) => {
    onPage = resolve;
  });
/** Profiles of running screens: the launcher puts them into the folder for temporary files. */
const profiles = () => readdirSync(folder).filter((name) => name.startsWith('motcua-screen-'));
const processesOf = (profile: string) =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
      } catch {
        return false;
      }
    })
    .map(Number);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-chromium-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'a-token-of-this-boot-0123456789');
  process.env['TMPDIR'] = folder;
  screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const display = await new Promise<string>((resolve) =>
    screen.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  env = { ...process.env, DISPLAY: `:${display}` };
  server = createServer((request, response) => {
    if (request.url === '/api/shell/launch-codes')
      return response.end(JSON.stringify({ url: `${origin}/session?code=${++codes}` }));
    response.setHeader('content-type', 'text/html').end('<title>kiosk</title>');
    if (request.url?.startsWith('/session')) onPage(request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  delete process.env['TMPDIR'];
  screen.kill();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('shows the service as if a person had typed its address, and leaves nothing behind', async () => {
  const page = nextPage();
  const run = unwrap(await startChromium({ origin, tokenFile, program: PROGRAM, env }));
  const request = await page;
  // The guard of the service refuses what another site started; `Strict` cookies stay away then, too.
  expect(request.headers['sec-fetch-site']).toBe('none');
  const [profile] = profiles();
  const commands = processesOf(profile!).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command).not.toContain('code=');
  await run.stop();
  expect(profiles()).toEqual([]);
  expect(processesOf(profile!)).toEqual([]);
});

test('a page that crashes is replaced by a fresh one with a fresh code', async () => {
  const first = nextPage();
  const shell = startShell({
    origin,
    tokenFile,
    profile: 'appliance',
    choice: { kind: 'chromium', program: PROGRAM, reason: 'test' },
    env,
  });
  const before = await first;
  const second = nextPage();
  const renderers = processesOf(profiles()[0]!).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer'),
  );
  expect(renderers.length).toBeGreaterThan(0);
  for (const pid of renderers) process.kill(pid, 'SIGKILL');
  const after = await second;
  expect(after.url).not.toBe(before.url);
  await shell.close();
  await shell.done;
  expect(profiles()).toEqual([]);
});

test('the sandbox is given up for root only, and only the service’s host resolves', () => {
  const settings = { userDataFolder: '/x', isRoot: false, wayland: true, host: '127.0.0.1' };
  const args = chromiumArguments(settings);
  expect(args).not.toContain('--no-sandbox');
  expect(args).toContain('--ozone-platform=wayland');
  expect(args).toContain('--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1');
  expect(chromiumArguments({ ...settings, isRoot: true })).toContain('--no-sandbox');
});
