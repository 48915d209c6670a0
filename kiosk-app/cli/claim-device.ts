import { setTimeout as wait } from 'node:timers/promises';
import { problem } from '@motcua/contract';
import type { Result } from '@motcua/core';
import { claimDevice, type ReleaseDevice } from '@motcua/device-drivers';
import { standardOutput as output, sayProblem } from './output.ts';

const HELD_MS = 1_500;

/** Claims a device for a command; null, and said why, when another program of this machine has it. */
export async function claimOrSay(uri: string): Promise<ReleaseDevice | null> {
  const claim = await onceFree(() => claimDevice(uri));
  if (claim.ok) return claim.value;
  sayProblem(output, problem(claim.error.code));
  output.fault(`${uri}: is the kiosk's service running? Stop it first: systemctl stop motcua-kiosk`);
  return null;
}

/** Whoever was just killed may hold its journal and its device for a moment. */
export async function onceFree<Value, Fault extends { readonly code: string }>(
  take: () => Result<Value, Fault> | Promise<Result<Value, Fault>>,
): Promise<Result<Value, Fault>> {
  const end = performance.now() + HELD_MS;
  for (;;) {
    const taken = await take();
    if (taken.ok || !HELD.includes(taken.error.code) || performance.now() > end) return taken;
    await wait(100);
  }
}

const HELD: readonly string[] = ['journal-busy', 'device-in-use'];
