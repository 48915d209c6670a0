#!/usr/bin/env node
// The machine's own Node may be older than the kiosk needs: then this hands over to the pinned one beside it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Compiled modules from one call to the next; in the user's own folder, for whoever can write there runs code here.
  const { enableCompileCache } = await import('node:module');
  // The processes that a command starts find it by the variable.
  process.env.NODE_COMPILE_CACHE ??= join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'motcua');
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { main } = await import('../main.ts');
  await main(process.argv);
} else {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    process.stderr.write('motcua needs Node 24: run "npm ci" first, which installs it.\n');
    process.exit(2);
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  // Killed outright, this process must not leave the other one behind at the printer: the kernel then ends it as well.
  const setpriv = '/usr/bin/setpriv';
  const [program, ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', node] : [node];
  const child = spawnSync(program, [...args, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(child.status ?? 1);
}
