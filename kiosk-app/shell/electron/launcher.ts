import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '@motcua/core';
import { requestLaunchUrl, type ServiceAddress } from '../launch-url.ts';
import { startScreenProcess } from '../screen-process.ts';
import type { Run } from '../supervisor.ts';

export interface ElectronOptions extends ServiceAddress {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly profile: 'appliance' | 'demo';
}

/** Starts the Electron shell from its sources. The window asks for its launch address itself, when it is ready for it. */
export async function startElectron(
  options: ElectronOptions,
): Promise<Result<Run, { readonly code: string }>> {
  // Also asked here, so that a service that is not there yet costs no window.
  const launch = await requestLaunchUrl(options);
  if (!launch.ok) return launch;
  const folder = await mkdtemp(join(tmpdir(), 'motcua-screen-'));
  // Only now: the appliance's own Electron package is bundled already and must not need the bundler.
  const { bundleElectron } = await import('./bundle.ts');
  await bundleElectron(folder);
  return ok(
    startScreenProcess({
      program: options.program,
      args: [
        join(folder, 'main.cjs'),
        `--user-data-dir=${folder}`,
        ...(options.env['WAYLAND_DISPLAY'] ? ['--ozone-platform=wayland'] : []),
        // Electron refuses its sandbox to root, like Chromium: developers only.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      env: {
        ...options.env,
        MOTCUA_ORIGIN: options.origin,
        MOTCUA_TOKEN_FILE: options.tokenFile,
        MOTCUA_PROFILE: options.profile,
      },
      cleanUp: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
    }),
  );
}
