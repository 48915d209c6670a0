import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { err, ok, type Result } from '@motcua/core';
import { requestLaunchUrl, type ServiceAddress } from '../launch-url.ts';
import { startScreenProcess } from '../screen-process.ts';
import type { Run } from '../supervisor.ts';
import { chromiumArguments } from './arguments.ts';
import { type DevtoolsPipe, openDevtoolsPipe } from './devtools-pipe.ts';

export interface ChromiumOptions extends ServiceAddress {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** How often the page is asked whether it still answers. */
  readonly heartbeatMs?: number;
}

const HEARTBEAT_MS = 15_000;

/**
 * Starts Chromium with a profile of its own that is deleted at the end, signs it in and watches the page: a crashed or
 * hung page ends the run, because Chromium alone would show its error forever.
 */
export async function startChromium(
  options: ChromiumOptions,
): Promise<Result<Run, { readonly code: string }>> {
  const launch = await requestLaunchUrl(options);
  if (!launch.ok) return launch;
  const userDataFolder = await mkdtemp(join(tmpdir(), 'motcua-screen-'));
  const screen = startScreenProcess({
    program: options.program,
    args: chromiumArguments({
      userDataFolder,
      isRoot: process.getuid?.() === 0,
      wayland: Boolean(options.env['WAYLAND_DISPLAY']),
      host: new URL(options.origin).hostname,
    }),
    env: options.env,
    pipes: true,
    cleanUp: () => rm(userDataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  });
  const [, , , to, from] = screen.child.stdio;
  let broken = false;
  const breakOff = () => {
    broken = true;
    void screen.stop();
  };
  const pipe = openDevtoolsPipe(to as Writable, from as Readable, (event) => {
    if (event.method === 'Target.targetCrashed' || event.method === 'Inspector.targetCrashed') breakOff();
  });
  const sessionId = await openPage(pipe, launch.value);
  if (sessionId === undefined) {
    await screen.stop();
    return err({ code: 'chromium-not-answering' });
  }
  const heartbeat = setInterval(async () => {
    const alive = await pipe.call('Runtime.evaluate', { expression: '1' }, sessionId);
    if (!alive.ok) breakOff();
  }, options.heartbeatMs ?? HEARTBEAT_MS);
  const ended = screen.ended.then((end) => {
    clearInterval(heartbeat);
    pipe.close();
    return broken ? ({ reason: 'died' } as const) : end;
  });
  return ok({ ended, stop: screen.stop });
}

/** Shows the address in the window that Chromium opened; answers the page's session. */
async function openPage(pipe: DevtoolsPipe, url: string): Promise<string | undefined> {
  const found = await pipe.call('Target.setDiscoverTargets', { discover: true });
  const targets = found.ok ? await pipe.call('Target.getTargets') : found;
  if (!targets.ok) return undefined;
  const list = targets.value['targetInfos'] as { readonly targetId: string; readonly type: string }[];
  const page = list.find((target) => target.type === 'page');
  if (!page) return undefined;
  const attached = await pipe.call('Target.attachToTarget', { targetId: page.targetId, flatten: true });
  if (!attached.ok) return undefined;
  const sessionId = String(attached.value['sessionId']);
  await pipe.call('Inspector.enable', {}, sessionId);
  // The address holds a one-time code: through the pipe it stays out of the command line, which all users can read.
  const shown = await pipe.call('Page.navigate', { url }, sessionId);
  return shown.ok && !shown.value['errorText'] ? sessionId : undefined;
}
