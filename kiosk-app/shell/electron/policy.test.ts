import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleElectron } from './bundle.ts';
import { isForbiddenKey, isOwnPage, mayRequest, readOrigin } from './policy.ts';

const origin = 'http://127.0.0.1:8740';

test.each([
  ['http://127.0.0.1:8740/', true],
  ['http://127.0.0.1:8740/session?code=1', true],
  ['http://127.0.0.1:8741/', false],
  ['https://127.0.0.1:8740/', false],
  ['http://127.0.0.1:8740@evil.example/', false],
  ['http://127.0.0.1.evil.example:8740/', false],
  ['http://localhost:8740/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['chrome://settings', false],
  ['about:blank', false],
  ['', false],
])('going to %s is allowed: %s', (url, allowed) => {
  expect(isOwnPage(url, origin)).toBe(allowed);
});

test('requests go to the service only; developer tools have their own pages when they are allowed', () => {
  expect(mayRequest('http://127.0.0.1:8740/api/kiosk', origin, false)).toBe(true);
  expect(mayRequest('https://update.example/', origin, true)).toBe(false);
  expect(mayRequest('devtools://devtools/inspector.html', origin, false)).toBe(false);
  expect(mayRequest('devtools://devtools/inspector.html', origin, true)).toBe(true);
});

test.each([
  ['F12', '', true],
  ['F5', '', true],
  ['r', 'control', true],
  ['+', 'control', true],
  ['I', 'control', true],
  ['p', 'meta', true],
  ['F4', 'alt', true],
  ['ArrowLeft', 'alt', true],
  ['c', 'control', false],
  ['v', 'control', false],
  ['a', '', false],
  ['Enter', '', false],
  ['Control', 'control', false],
])('key %s with %s is refused: %s', (key, modifier, refused) => {
  const keys = { control: modifier === 'control', meta: modifier === 'meta', alt: modifier === 'alt' };
  expect(isForbiddenKey({ key, ...keys })).toBe(refused);
});

test('an address of another machine is a wrong set-up', () => {
  expect(readOrigin('http://127.0.0.1:8740/x')).toBe(origin);
  for (const bad of ['http://192.168.1.2:8740', 'https://city.example', 'file:///', 'nonsense'])
    expect(() => readOrigin(bad)).toThrow();
});

test('the bundles are single CommonJS files, and the preload exposes nothing to the page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-bundle-'));
  try {
    await bundleElectron(folder);
    const main = readFileSync(join(folder, 'main.cjs'), 'utf8');
    expect(main).toContain('require("electron")');
    expect(main).toMatch(/sandbox: true/);
    const preload = readFileSync(join(folder, 'preload.cjs'), 'utf8');
    expect(preload).not.toMatch(/require\(|contextBridge|exposeInMainWorld/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
