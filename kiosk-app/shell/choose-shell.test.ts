import { expect, test } from 'vitest';
import { chooseShell, type Surroundings } from './choose-shell.ts';

const surroundings = (
  env: NodeJS.ProcessEnv,
  programs: readonly string[],
  electron?: string,
): Surroundings => ({
  env,
  isProgram: (path) => programs.includes(path),
  electronProgram: () => electron,
});
const chromium = '/usr/bin/chromium';
const electron = '/x/electron/dist/electron';

test.each([
  [
    'Electron, when its binary is there',
    { DISPLAY: ':0' },
    [electron, chromium],
    electron,
    'electron',
    electron,
  ],
  [
    'the binary that the override names',
    { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '/e' },
    ['/e/electron'],
    undefined,
    'electron',
    '/e/electron',
  ],
  [
    'Chromium, when the override is empty of it',
    { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '/e' },
    [chromium],
    electron,
    'chromium',
    chromium,
  ],
  [
    'Chromium, when Electron was never fetched',
    { WAYLAND_DISPLAY: 'wayland-0' },
    [chromium],
    undefined,
    'chromium',
    chromium,
  ],
  [
    'the Chromium that is named',
    { DISPLAY: ':0', MOTCUA_CHROMIUM: '/opt/c' },
    ['/opt/c', chromium],
    undefined,
    'chromium',
    '/opt/c',
  ],
  ['the address without a display', {}, [electron, chromium], electron, 'address', undefined],
  ['the address with no browser', { DISPLAY: ':0' }, [], electron, 'address', undefined],
])('chooses %s', (_name, env, programs, binary, kind, program) => {
  const choice = chooseShell(surroundings(env, programs, binary));
  expect(choice.kind).toBe(kind);
  expect('program' in choice ? choice.program : undefined).toBe(program);
  expect(choice.reason).not.toBe('');
});

test('looking at this machine fetches nothing and finds one of the three', () => {
  expect(['electron', 'chromium', 'address']).toContain(chooseShell().kind);
});
