import { expect, test } from 'vitest';
import { type Lock, packageClosure } from './package-closure.ts';

const lock: Lock = {
  packages: {
    'kiosk-app/service': {
      dependencies: { a: '1', '@motcua/core': '1' },
      optionalDependencies: { native: '1' },
    },
    'kiosk-app/core': { dependencies: { log: '1' } },
    'node_modules/@motcua/core': { link: true, resolved: 'kiosk-app/core' },
    'node_modules/a': { dependencies: { b: '1', a: '1' }, peerDependencies: { peer: '1', absent: '1' } },
    'node_modules/b': { dependencies: { a: '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
    'node_modules/c': {},
    'node_modules/peer': {},
    'node_modules/native': {},
    'node_modules/log': {},
    'node_modules/unused': {},
  },
};

test('follows dependencies as Node does, nearest first, rings included', () => {
  expect(packageClosure(lock, ['kiosk-app/service', 'kiosk-app/core'])).toEqual([
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/log',
    'node_modules/native',
    'node_modules/peer',
  ]);
});

test('what is left out takes its own dependencies with it', () => {
  expect(packageClosure(lock, ['kiosk-app/service'], ['a'])).toEqual(['node_modules/native']);
});

test('an unknown workspace is a mistake in the build, not an empty package', () => {
  expect(() => packageClosure(lock, ['kiosk-app/none'])).toThrow('kiosk-app/none');
});
