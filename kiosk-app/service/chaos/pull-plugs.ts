import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './outcome.ts';

const program = join(import.meta.dirname, '..', '..', 'e2e', 'chaos', 'main.ts');

interface Campaign {
  readonly pulls: Outcome & {
    readonly pulled: Readonly<Record<'service' | 'gateway' | 'everything' | 'power', number>>;
  };
  readonly kills: Omit<Outcome, 'acknowledged'> & { readonly visits: number };
}

/** The part of the campaign that needs screens, devices and a city: a program of the end-to-end tests. */
export async function pullPlugs(plugs: number, seed: number): Promise<Campaign> {
  const args = [program, '--json', '--plugs', String(plugs), '--seed', String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (said === '') throw new Error(`the plugs’ campaign ended with ${status}`);
  return JSON.parse(said) as Campaign;
}
