// `npm run check:imports`: holds the tree against the rules of import-rules.ts.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findViolations, type Manifest } from './import-rules.ts';

const root = join(import.meta.dirname, '..', '..');
const list = (pattern: string) =>
  globSync(pattern, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|artefacts|\.git)$/.test(path),
  });

function readManifest(path: string): Manifest {
  const json = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
    name: string;
    dependencies?: object;
    optionalDependencies?: object;
    devDependencies?: object;
  };
  return {
    name: json.name,
    dependencies: Object.keys({ ...json.dependencies, ...json.optionalDependencies }),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
}

// What git does not track is no part of the project: the names here are the ignored ones of .gitignore.
const ignored = ['.git', 'node_modules', 'dist', '.cache', 'var', 'artefacts'];

const violations = findViolations({
  files: list('**/*.{ts,tsx,mts,js,mjs,cjs}')
    // Its examples of bad imports are text, not imports.
    .filter((path) => path !== 'installer/scripts/import-rules.test.ts')
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  manifests: new Map(list('**/package.json').map((path) => [dirname(path), readManifest(path)])),
  topLevelFolders: readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !ignored.includes(entry.name))
    .map((entry) => entry.name),
});
for (const violation of violations) console.error(violation);
if (violations.length > 0) console.error(`${violations.length} imports break the rules of the architecture`);
process.exitCode = violations.length > 0 ? 1 : 0;
