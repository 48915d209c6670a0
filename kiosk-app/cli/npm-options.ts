/** What npm took for itself: `npm run demo --json --pages DIR` without `--` reaches a script only as its environment. */
export function optionsSwallowedByNpm(
  env: NodeJS.ProcessEnv,
  leftOver: readonly string[],
): {
  readonly json: boolean;
  readonly fresh: boolean;
  readonly folders: Readonly<Record<'pages' | 'keep' | 'folder', string | undefined>>;
} | null {
  const names = ['pages', 'keep', 'folder'] as const;
  // A name that npm does not know becomes `true`, and its value is left over as a plain word.
  const bare = names.filter((name) => env[`npm_config_${name}`] === 'true');
  if (leftOver.length !== bare.length || bare.length > 1) return null;
  const folder = (name: (typeof names)[number]) => {
    const given = env[`npm_config_${name}`];
    return given === 'true' ? leftOver[0] : given || undefined;
  };
  return {
    json: env['npm_config_json'] === 'true',
    fresh: env['npm_config_fresh'] === 'true',
    folders: { pages: folder('pages'), keep: folder('keep'), folder: folder('folder') },
  };
}

/** Where the user stood: npm runs scripts in the project's own folder. Relative paths of options start there. */
export function folderOfCall(env: NodeJS.ProcessEnv): string {
  const byScript = ['start', 'demo'].includes(env['npm_lifecycle_event'] ?? '');
  return (byScript && env['INIT_CWD']) || process.cwd();
}
