import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type ShellChoice =
  | { readonly kind: 'electron' | 'chromium'; readonly program: string; readonly reason: string }
  | { readonly kind: 'address'; readonly reason: string };

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  isProgram(path: string): boolean;
  /** Electron's binary as npm's package would have fetched it; undefined when it was not. */
  electronProgram(): string | undefined;
}

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable'];

/** Electron when its binary is really there (nothing is ever fetched), else Chromium, else only the address. */
export function chooseShell(surroundings: Surroundings = thisMachine()): ShellChoice {
  const { env, isProgram } = surroundings;
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY'])
    return { kind: 'address', reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are empty)' };
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const electron = override ? join(override, 'electron') : surroundings.electronProgram();
  if (electron && isProgram(electron))
    return { kind: 'electron', program: electron, reason: 'Electron is installed' };
  const chromium = findChromium(surroundings);
  if (chromium)
    return {
      kind: 'chromium',
      program: chromium,
      reason: 'Electron has no binary here, Chromium is installed',
    };
  return { kind: 'address', reason: 'neither Electron nor Chromium is installed' };
}

/** The system's Chromium, or the one that `MOTCUA_CHROMIUM` names. */
export function findChromium({ env, isProgram }: Surroundings = thisMachine()): string | undefined {
  const named = env['MOTCUA_CHROMIUM'];
  return (named ? [named] : CHROMIUM_PATHS).find(isProgram);
}

function thisMachine(): Surroundings {
  return {
    env: process.env,
    isProgram: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    // Asking the package itself (`import 'electron'`) would start its download.
    electronProgram: () => {
      try {
        const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
        return join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
      } catch {
        return undefined;
      }
    },
  };
}
