import { posix } from 'node:path';

/** One source file of the project: path from its root with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a package.json says about the packages it uses. */
export interface Manifest {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export interface Project {
  readonly files: readonly SourceFile[];
  /** By folder from the root (`kiosk-app/core`); the root's own is `.`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly topLevelFolders: readonly string[];
}

const everything = ['core', 'contract', 'firmware-config', 'device-drivers', 'ocr-pipeline', 'service'];

/** Who may import whom in production code. Tests may also use what their package.json declares. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contract: ['core'],
  'firmware-config': ['core'],
  'device-drivers': ['core', 'firmware-config'],
  'ocr-pipeline': ['core', 'firmware-config'],
  service: ['core', 'contract', 'firmware-config', 'device-drivers', 'ocr-pipeline'],
  ui: ['contract'],
  shell: ['core'],
  'city-gateway': ['core', 'contract', 'ocr-pipeline'],
  installer: ['core', 'firmware-config', 'shell'],
  cli: [...everything, 'city-gateway', 'shell'],
  e2e: [...everything, 'city-gateway', 'shell', 'cli'],
};

const topLevel = ['.ci', 'device-drivers', 'firmware-config', 'installer', 'kiosk-app', 'ocr-pipeline'];

const SCOPE = '@motcua/';
const isTest = (path: string) =>
  /(\.test\.tsx?|(^|[/-])conformance\.ts|-test-bench\.ts)$|(^|\/)virtual-usb\//.test(path);
/** Run by developers only, like tests: they may use what their workspace declares for development. */
const isDevelopment = (path: string) =>
  isTest(path) || /(^|\/)(specimens|gallery|fuzz|benchmark|chaos|compiler)\//.test(path);
const isSimulator = (path: string) => /(^|\/)simulators(\/|$)/.test(path);

/** Every place that breaks the rules of the architecture, as `path: what is wrong`; empty when all is well. */
export function findViolations(project: Project): readonly string[] {
  const folders = project.topLevelFolders
    .filter((folder) => !topLevel.includes(folder))
    .map((folder) => `${folder}/: no such top-level folder in the architecture`);
  return [...folders, ...project.files.flatMap((file) => checkFile(file, project))];
}

function checkFile(file: SourceFile, project: Project): readonly string[] {
  const folder = workspaceOf(file.path, project);
  return findImports(file.text).flatMap((found) => {
    const complaint = found.specifier.startsWith('.')
      ? checkRelative(file, folder, found.specifier, project)
      : checkPackage(file, folder, found, project);
    return complaint ? [`${file.path}: "${found.specifier}" ${complaint}`] : [];
  });
}

function checkRelative(
  file: SourceFile,
  folder: string,
  specifier: string,
  project: Project,
): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier);
  // The version of the whole; not a workspace.
  if (target === 'package.json') return undefined;
  if (workspaceOf(target, project) !== folder)
    return 'reaches another workspace by path: import it by its name';
  if (isSimulator(target) && !mayUseSimulators(file.path, folder))
    return 'is a simulator: tests, benchmarks, cli and e2e only';
  return undefined;
}

function checkPackage(file: SourceFile, folder: string, found: Import, project: Project): string | undefined {
  const { specifier } = found;
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const test = isTest(file.path);
  const own = project.manifests.get(folder);
  const root = project.manifests.get('.');
  const outside = folder === '.' || test || /(^|\/)(vite|vitest)\.config\.ts$/.test(file.path);
  const declared = [
    ...(own?.dependencies ?? []),
    ...(isDevelopment(file.path) ? (own?.devDependencies ?? []) : []),
    ...(outside ? (root?.devDependencies ?? []) : []),
  ];
  if (name !== own?.name && !declared.includes(name))
    return `is not declared in ${posix.join(folder, 'package.json')}`;
  if (!name.startsWith(SCOPE)) return undefined;
  if (isSimulator(specifier) && !mayUseSimulators(file.path, folder))
    return 'is a simulator: tests, benchmarks, cli and e2e only';
  const from = posix.basename(folder);
  const to = name.slice(SCOPE.length);
  if (from === 'ui' && !found.typeOnly)
    return 'may only be imported as `import type`: the screen holds no code of it';
  if (from !== to && !test && !mayImport[from]?.includes(to)) return `must not be imported by ${from}`;
  return undefined;
}

function mayUseSimulators(path: string, folder: string): boolean {
  return isDevelopment(path) || isSimulator(path) || ['kiosk-app/cli', 'kiosk-app/e2e'].includes(folder);
}

function workspaceOf(path: string, project: Project): string {
  let folder = posix.dirname(path);
  while (folder !== '.' && !project.manifests.has(folder)) folder = posix.dirname(folder);
  return folder;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const COMMENTS = String.raw`(?:\s|/\*[\s\S]*?\*/|//.*\n)*`;
const STATEMENT = new RegExp(
  String.raw`(?:^|[;}])[ \t]*(?:import|export)\b(\s+type\b)?(?:(?:/\*[\s\S]*?\*/|[^'"\`;])*?\bfrom)?${COMMENTS}(['"])([^'"\n]+)\2`,
  'gm',
);
/** `import()`, `require()`, `import x = require()`, `import.meta.resolve()`, `createRequire(…)()`, `new URL(…)` of a file. */
const CALL = new RegExp(
  String.raw`(?:\bimport(?:\.meta\.resolve)?|\brequire(?:\.resolve)?|\bcreateRequire\([^)]*\)|\bnew URL(?=\(\s*['"\`]\.))\s*\(${COMMENTS}(['"\`])([^'"\`\n$]+)\1`,
  'g',
);

/** Import statements, re-exports, dynamic imports and `require` of one file. */
export function findImports(text: string): readonly Import[] {
  const code = text.replace(/^\s*\/\/.*$/gm, '').replace(/^\s*\/\*[\s\S]*?\*\//gm, '');
  const clean = (specifier: string) => specifier.replace(/\?.*$/, '');
  return [
    ...[...code.matchAll(STATEMENT)].map((match) => ({
      specifier: clean(match[3]!),
      typeOnly: match[1] !== undefined,
    })),
    ...[...code.matchAll(CALL)].map((match) => ({ specifier: clean(match[2]!), typeOnly: false })),
  ];
}
