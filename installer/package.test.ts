import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { demoSiteConfig, loadSiteConfig } from '@motcua/firmware-config';
import { afterAll, beforeAll, expect, test } from 'vitest';

const isRoot = process.getuid?.() === 0;
let folder: string;
let deb: string;
/** The root of a machine that has only this package. */
let machine: string;

/** dpkg wants root's folders of programs, which a user's PATH may lack. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 67_108_864,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-package-'));
  deb = run(process.execPath, join(import.meta.dirname, 'build-deb.ts'), '--to', folder, '--quick').trim();
  machine = join(folder, 'machine');
  for (const name of ['info', 'updates']) mkdirSync(join(machine, 'var/lib/dpkg', name), { recursive: true });
  writeFileSync(join(machine, 'var/lib/dpkg/status'), '');
  writeFileSync(join(machine, 'var/lib/dpkg/available'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what a kiosk needs, owned by root, and nothing of the workshop', () => {
  const list = run('dpkg-deb', '-c', deb);
  for (const path of [
    'usr/bin/motcua',
    'usr/lib/motcua/node_modules/node/bin/node',
    'usr/lib/motcua/kiosk-app/service/main.ts',
    'usr/lib/motcua/kiosk-app/ui/dist/index.html',
    'usr/lib/motcua/firmware-config/catalogue/2026-07-01.json',
    'lib/systemd/system/motcua-kiosk.service',
    'lib/udev/rules.d/70-motcua.rules',
    'usr/share/polkit-1/rules.d/70-motcua-pcsc.rules',
    'usr/lib/motcua/device-drivers/id-chip/pcsc/native/build/pcsc-bridge',
    'etc/motcua/site.json',
  ])
    expect(list).toContain(` ./${path}\n`);
  const lines = list.trim().split('\n');
  const workshop =
    /\.test\.[cm]?[jt]s$|\/prebuilds\/(darwin|android|win32|linuxmusl)|\/node_modules\/(typescript|vitest|vite|electron|esbuild|@biomejs)\/|\.git\//;
  expect(lines.filter((line) => workshop.test(line))).toEqual([]);
  expect(lines.filter((line) => !line.includes(' root/root '))).toEqual([]);
  // Symbolic links show as writable to all; nothing else is.
  expect(lines.filter((line) => !line.startsWith('l') && /^.{5}w|^.{8}w/.test(line))).toEqual([]);
  expect(run('dpkg-deb', '-f', deb, 'Depends')).toContain('sane-utils');
});

test('the units are what systemd understands', () => {
  const units = ['motcua-kiosk.service', 'motcua-screen.service'].map((name) => {
    const copy = join(folder, name);
    // The programs that they start are not installed on this machine.
    const text = readFileSync(join(import.meta.dirname, 'system', name), 'utf8');
    writeFileSync(
      copy,
      text
        .replaceAll('/usr/lib/motcua/node_modules/node/bin/node', '/bin/true')
        .replace('/usr/bin/cage', '/bin/true'),
    );
    return copy;
  });
  if (!existsSync('/usr/bin/systemd-analyze')) return;
  expect(complaints(['verify', '--man=no', ...units])).not.toMatch(/motcua-(kiosk|screen)\.service:/);
});

/** What systemd-analyze says of our units; its exit status also speaks of a machine without a running systemd. */
function complaints(args: readonly string[]): string {
  return spawnSync('systemd-analyze', [...args], { encoding: 'utf8' }).stderr;
}

test('it installs, keeps a changed configuration over an update, and its service starts and answers', async () => {
  install();
  expect(loadSiteConfig(join(machine, 'etc/motcua/site.json')).ok).toBe(true);
  expect(statSync(join(machine, 'usr/bin/motcua')).mode & 0o777).toBe(0o755);
  if (isRoot) {
    expect(readFileSync(join(machine, 'etc/passwd'), 'utf8')).toMatch(/^motcua:.*nologin$/m);
    writeFileSync(join(machine, 'etc/motcua/site.json'), '{}');
    install();
    expect(readFileSync(join(machine, 'etc/motcua/site.json'), 'utf8')).toBe('{}');
  }
  const installed = join(machine, 'usr/lib/motcua');
  const kiosk = join(folder, 'kiosk');
  mkdirSync(kiosk);
  const site = demoSiteConfig({
    folder: kiosk,
    ports: { service: 0, control: 1, gateway: 1, printer: 1 },
    devices: { codeReader: 'tcp://127.0.0.1:1', scanner: `folder:${kiosk}` },
  });
  writeFileSync(join(kiosk, 'site.json'), JSON.stringify(site));
  const service = spawn(
    join(installed, 'node_modules/node/bin/node'),
    [join(installed, 'kiosk-app/service/main.ts'), '--config', join(kiosk, 'site.json')],
    { cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  service.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  try {
    const address = await addressOf(service, join(kiosk, 'run', 'address'), () => log);
    const answer = await fetch(new URL('/healthz', address), { signal: AbortSignal.timeout(10_000) });
    expect(answer.status).toBe(200);
    expect(
      (await fetch(address, { signal: AbortSignal.timeout(10_000) })).headers.get('content-type'),
    ).toMatch(/html/);
  } finally {
    service.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
});

/** With dpkg itself where it may; else the files alone. */
function install(): void {
  if (!isRoot) return void run('dpkg-deb', '-x', deb, machine);
  const etc = join(machine, 'etc');
  mkdirSync(etc, { recursive: true });
  for (const file of ['passwd', 'group']) {
    // The groups of devices that every Debian has.
    if (!existsSync(join(etc, file))) cpSync(join('/etc', file), join(etc, file));
  }
  run(
    'dpkg',
    `--root=${machine}`,
    '--force-script-chrootless',
    '--force-depends',
    '--force-confold',
    '--force-unsafe-io',
    '-i',
    deb,
  );
}

async function addressOf(service: ChildProcess, file: string, log: () => string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    if (service.exitCode !== null) throw new Error(`the service ended: ${log()}`);
    await delay(100);
  }
  throw new Error(`the service gave no address: ${log()}`);
}
