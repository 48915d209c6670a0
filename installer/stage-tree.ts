import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type Lock, packageClosure } from './package-closure.ts';

/** Workspaces of an installed kiosk. The screen comes as built files, `installer` and `e2e` stay behind. */
const workspaces = [
  'kiosk-app/core',
  'kiosk-app/contract',
  'kiosk-app/service',
  'kiosk-app/shell',
  'kiosk-app/city-gateway',
  'kiosk-app/cli',
  'device-drivers',
  'ocr-pipeline',
  'firmware-config',
];

/**
 * Electron has a package of its own, with its window bundled; the pinned Node is copied without its installer. A kiosk's own
 * gateway, the demonstration's, keeps its bytes on the disk: the client of object stores stays behind.
 */
const leaveOut = ['electron', 'esbuild', 'node', '@aws-sdk/client-s3'];

const SKIPPED_SOURCES = /(\.test\.tsx?|\.tsbuildinfo)$|\/(node_modules|dist|captures|fixtures)$/;
/** Native modules bring binaries for every system; tests, source maps and type declarations serve nobody on a kiosk. */
const SKIPPED_PACKAGE_FILES =
  /\/(node_modules|tests?|__tests__)$|\.(map|d\.ts|d\.mts|d\.cts)$|\.test\.[cm]?[jt]s$|\/prebuilds\/(?!linux-x64(\/|\.node$|$))[^/]+$/;

/** Lays the tree of an installed kiosk out below `target` (`…/usr/lib/motcua`). The screen must be built already. */
export function stageTree(root: string, target: string): void {
  const screen = join(root, 'kiosk-app', 'ui', 'dist');
  if (!existsSync(join(screen, 'index.html')))
    throw new Error('the screen is not built: run `npm run build` first');
  for (const workspace of workspaces) {
    copy(join(root, workspace), join(target, workspace), SKIPPED_SOURCES);
    const link = join(target, 'node_modules', '@motcua', basename(workspace));
    mkdirSync(dirname(link), { recursive: true });
    // Sources stay outside node_modules: only there does Node strip types.
    symlinkSync(relative(dirname(link), join(target, workspace)), link);
  }
  copy(screen, join(target, 'kiosk-app', 'ui', 'dist'), /\.map$/);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  for (const folder of packageClosure(lock, workspaces, leaveOut)) {
    // The lock names the binaries of all systems; npm installed this one's.
    if (existsSync(join(root, folder))) copy(join(root, folder), join(target, folder), SKIPPED_PACKAGE_FILES);
  }
  const node = join(target, 'node_modules', 'node', 'bin', 'node');
  mkdirSync(dirname(node), { recursive: true });
  cpSync(join(root, 'node_modules', 'node', 'bin', 'node'), node, { dereference: true });
  writeFileSync(
    join(target, 'package.json'),
    `${JSON.stringify({ name: 'motcua', private: true, type: 'module' })}\n`,
  );
}

function copy(from: string, to: string, skipped: RegExp): void {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => path === from || !skipped.test(path),
  });
}
