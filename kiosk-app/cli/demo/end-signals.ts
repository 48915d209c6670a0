const PARENT_LOOK_MS = 200;

/**
 * Calls `end` whenever this process is asked to end. Ctrl-C comes twice through npm, from the terminal and from npm:
 * neither may kill what is being put in order. An npm that is killed outright cannot ask; it is missed.
 */
export function onEndSignals(end: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  if (!['start', 'demo', 'npx'].includes(process.env['npm_lifecycle_event'] ?? '')) return;
  const npm = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(looking);
    end();
  }, PARENT_LOOK_MS);
  looking.unref();
}
