// `npm run package`: builds dist/motcua-kiosk_<version>_amd64.deb from the installed tree. Options: --to FOLDER, --quick.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exec } from '@motcua/core';
import packageJson from '../package.json' with { type: 'json' };
import { stageTree } from './stage-tree.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    to: { type: 'string', default: join(root, 'dist') },
    /** Hardly compresses: for tests. */
    quick: { type: 'boolean', default: false },
  },
});

/** From `installer/` → place on the kiosk. */
const systemFiles = {
  'system/motcua-kiosk.service': 'lib/systemd/system/motcua-kiosk.service',
  'system/motcua-screen.service': 'lib/systemd/system/motcua-screen.service',
  'system/sysusers.conf': 'usr/lib/sysusers.d/motcua.conf',
  'system/70-motcua.rules': 'lib/udev/rules.d/70-motcua.rules',
  'system/motcua-screen.pam': 'etc/pam.d/motcua-screen',
  'system/70-motcua-pcsc.rules': 'usr/share/polkit-1/rules.d/70-motcua-pcsc.rules',
  'system/chromium-policy.json': 'etc/chromium/policies/managed/motcua.json',
  '../firmware-config/site.example.json': 'etc/motcua/site.json',
} as const;

const COMMAND = `#!/bin/sh
exec /usr/lib/motcua/node_modules/node/bin/node /usr/lib/motcua/kiosk-app/cli/bin/motcua.mjs "$@"
`;

const stage = mkdtempSync(join(tmpdir(), 'motcua-deb-'));
try {
  chmodSync(stage, 0o755);
  stageTree(root, join(stage, 'usr', 'lib', 'motcua'));
  for (const [from, to] of Object.entries(systemFiles)) put(to, readFileSync(join(root, 'installer', from)));
  put('usr/bin/motcua', COMMAND, 0o755);
  const conffiles = Object.values(systemFiles).filter((path) => path.startsWith('etc/'));
  put('DEBIAN/conffiles', conffiles.map((path) => `/${path}\n`).join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) {
    cpSync(join(root, 'installer', 'deb', script), join(stage, 'DEBIAN', script));
    chmodSync(join(stage, 'DEBIAN', script), 0o755);
  }
  const size = (await run('du', ['-sk', '--exclude=DEBIAN', stage])).split('\t')[0] ?? '0';
  const control = readFileSync(join(root, 'installer', 'deb', 'control'), 'utf8');
  put('DEBIAN/control', control.replace('@VERSION@', packageJson.version).replace('@SIZE@', size));
  // Whatever the builder's umask: everybody may read programs, nobody may change them.
  await run('chmod', ['-R', 'u+rwX,go+rX,go-w', stage]);
  mkdirSync(values.to, { recursive: true });
  const file = join(values.to, `motcua-kiosk_${packageJson.version}_amd64.deb`);
  // Debian 12's dpkg reads zstd; xz saves a tenth and takes minutes.
  const compression = values.quick ? ['-Zgzip', '-z1'] : ['-Zzstd', '-z12'];
  await run('dpkg-deb', ['--root-owner-group', ...compression, '--build', stage, file]);
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function put(path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  writeFileSync(join(stage, path), content, { mode });
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const result = await exec(program, args, { timeoutMs: 900_000 });
  if (result.ok) return result.value.stdout.toString('utf8');
  const detail = 'stderr' in result.error ? `: ${result.error.stderr}` : '';
  throw new Error(`${program} ${result.error.code}${detail}`);
}
