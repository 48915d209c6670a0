import { expect, test } from 'vitest';
import { findImports, findViolations, type Manifest } from './import-rules.ts';

const manifest = (name: string, dependencies: string[] = [], devDependencies: string[] = []): Manifest => ({
  name: `@motcua/${name}`,
  dependencies,
  devDependencies,
});

const manifests = new Map<string, Manifest>([
  ['.', manifest('root', [], ['vitest', 'fast-check'])],
  ['kiosk-app/core', manifest('core', ['pino'])],
  ['kiosk-app/contract', manifest('contract', ['@motcua/core', 'zod'])],
  ['kiosk-app/ui', manifest('ui', ['@motcua/contract', 'react'])],
  ['kiosk-app/shell', manifest('shell', ['@motcua/core', '@motcua/service'])],
  ['kiosk-app/cli', manifest('cli', ['@motcua/device-drivers', '@motcua/service'])],
  [
    'kiosk-app/service',
    manifest('service', ['@motcua/core', '@motcua/device-drivers'], ['@motcua/city-gateway']),
  ],
  ['device-drivers', manifest('device-drivers', ['@motcua/core'], ['playwright-core'])],
]);

const check = (path: string, text: string, topLevelFolders: readonly string[] = []) =>
  findViolations({ files: [{ path, text }], manifests, topLevelFolders });

test.each([
  ['kiosk-app/core/a.ts', "import { pino } from 'pino';\nimport { b } from './b.ts';\nimport 'node:fs';"],
  ['kiosk-app/core/a.test.ts', "import fc from 'fast-check';\nimport { test } from 'vitest';"],
  ['kiosk-app/ui/kiosk/a.tsx', "import type { KioskView } from '@motcua/contract';\nimport './a.css';"],
  ['kiosk-app/service/a.ts', "import { ok } from '@motcua/core';"],
  ['kiosk-app/service/a.test.ts', "import { s } from '@motcua/device-drivers/simulators';"],
  ['kiosk-app/service/a.test.ts', "import { g } from '@motcua/city-gateway';"],
  ['kiosk-app/service/a-test-bench.ts', "import { s } from '@motcua/device-drivers/simulators';"],
  ['device-drivers/specimens/a.ts', "import { chromium } from 'playwright-core';"],
  ['kiosk-app/cli/a.ts', "import { s } from '@motcua/device-drivers/simulators';"],
  ['device-drivers/scanner/conformance.ts', "import { s } from '../simulators/scanner/a.ts';"],
  ['ocr-pipeline/benchmark/a.ts', "import { s } from '../simulators/a.ts';"],
  ['device-drivers/simulators/a.ts', "import { s } from './scanner/a.ts';"],
  ['vitest.config.ts', "import { defineConfig } from 'vitest/config';"],
  ['kiosk-app/core/a.ts', "// import { x } from '@motcua/service';\n/** import { y } from 'left-pad' */"],
])('%s may say %s', (path, text) => {
  expect(check(path, text)).toEqual([]);
});

test.each([
  ['kiosk-app/core/a.ts', "import { x } from '@motcua/service';", 'not declared'],
  ['kiosk-app/core/a.ts', "import { z } from 'zod';", 'not declared in kiosk-app/core/package.json'],
  ['device-drivers/printer/a.ts', "import { chromium } from 'playwright-core';", 'not declared'],
  ['kiosk-app/core/a.ts', "import fc from 'fast-check';", 'not declared'],
  ['kiosk-app/core/a.ts', "import { x } from '../contract/b.ts';", 'reaches another workspace'],
  ['kiosk-app/core/a.test.ts', "export * from '../../device-drivers/index.ts';", 'reaches another workspace'],
  [
    'kiosk-app/shell/a.ts',
    "import {\n  x,\n  y,\n} from '@motcua/service';",
    'must not be imported by shell',
  ],
  ['kiosk-app/service/a.ts', "import { g } from '@motcua/city-gateway';", 'not declared'],
  [
    'kiosk-app/service/a.ts',
    "const s = await import('@motcua/device-drivers/simulators');",
    'is a simulator',
  ],
  ['device-drivers/printer/a.ts', "export { s } from '../simulators/printer/a.ts';", 'is a simulator'],
  [
    'kiosk-app/ui/a.tsx',
    "import { KioskView } from '@motcua/contract';",
    'only be imported as `import type`',
  ],
  ['kiosk-app/ui/a.tsx', "import { type KioskView } from '@motcua/contract';", '`import type`'],
  ['kiosk-app/ui/a.tsx', "import '@motcua/contract';", '`import type`'],
  ['kiosk-app/ui/a.tsx', "const c = require('@motcua/contract');", '`import type`'],
])('%s must not say %s', (path, text, complaint) => {
  const violations = check(path, text);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toContain(complaint);
  expect(violations[0]).toContain(path);
});

test.each([
  "import { ok } from '@motcua/core'; import { x } from '@motcua/service';",
  "const a = 1; export * from '@motcua/service';",
  "import { x } /* from 'a' */ from '@motcua/service';",
  "import { x } from // the service\n  '@motcua/service';",
  'await import(`@motcua/service`);',
  "await import(/* webpack */ '@motcua/service');",
  "import service = require('@motcua/service');",
  "createRequire(import.meta.url)('@motcua/service');",
  "import.meta.resolve('@motcua/service');",
])('is not fooled by %s', (text) => {
  expect(check('kiosk-app/core/a.ts', text)).toContainEqual(expect.stringContaining('@motcua/service'));
});

test('a worker of another workspace is one, too', () => {
  const text = "new Worker(new URL('../../device-drivers/a.ts', import.meta.url));";
  expect(check('kiosk-app/core/a.ts', text)).toEqual([expect.stringContaining('another workspace')]);
});

test('a sixth top-level folder is refused', () => {
  expect(check('kiosk-app/core/a.ts', '', ['kiosk-app', '.ci'])).toEqual([]);
  expect(check('kiosk-app/core/a.ts', '', ['tools'])).toEqual([expect.stringContaining('tools/')]);
});

test('every form of import is seen', () => {
  const text = `import a from "a";
import type { B } from 'b';
export { c } from 'c';
export * as d from 'd';
import 'e';
const f = await import('f');
import g, { type H } from 'g?url';
export const i = 'from "x"';`;
  expect(findImports(text).map((found) => `${found.specifier}${found.typeOnly ? ' (type)' : ''}`)).toEqual([
    'a',
    'b (type)',
    'c',
    'd',
    'e',
    'g',
    'f',
  ]);
});
