// Packages the Electron shell as .deb and AppImage by electron-builder.yml. electron-builder fetches Electron's binary
// from its makers: on a machine that cannot reach them, ELECTRON_OVERRIDE_DIST_PATH must name an unpacked one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleElectron } from '@motcua/shell/electron-bundle';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const folder = join(root, 'kiosk-app', 'shell', 'dist');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundleElectron(folder);
const { version } = packageJson;
writeFileSync(
  join(folder, 'package.json'),
  `${JSON.stringify({ name: 'motcua-screen', version, main: 'main.cjs', description: 'Screen of the kiosk' })}\n`,
);
const distribution = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'electron-builder'),
  ['--linux', '--publish', 'never', ...(distribution ? [`-c.electronDist=${distribution}`] : [])],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
