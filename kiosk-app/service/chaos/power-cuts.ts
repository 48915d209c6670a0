import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileLayout } from '../store/file-layout.ts';
import { type Acknowledgement, findLosses } from './acknowledgement.ts';
import { mountLoopDisk } from './loop-disk.ts';
import type { Outcome } from './outcome.ts';
import { type MutantName, startKiosk } from './run-kiosk.ts';

/**
 * Cuts the power of a disk of its own (a loop-mounted ext4) at random moments while the kiosk works, and looks after
 * each cut for everything that was ever acknowledged. Null where this machine cannot mount one.
 */
export async function cutPower(options: {
  readonly cuts: number;
  readonly random: () => number;
  readonly mutant?: MutantName;
  /** Stop at the first loss: enough to know that a mutant was noticed. */
  readonly untilLoss?: boolean;
  readonly onFault?: (faults: number) => void;
}): Promise<Outcome | null> {
  const folder = await mkdtemp(join(tmpdir(), 'power-'));
  const mounted = join(folder, 'disk');
  const data = join(mounted, 'data');
  const disk = await mountLoopDisk(folder, mounted);
  if (!disk) {
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  const said: Acknowledgement[] = [];
  const late: Acknowledgement[] = [];
  const losses: string[] = [];
  let faults = 0;
  try {
    await mkdir(data);
    while (faults < options.cuts && !(options.untilLoss && losses.length > 0)) {
      const kiosk = startKiosk([data], { mutant: options.mutant });
      const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
      while (kiosk.said().length < 2 && kiosk.child.exitCode === null) await pause();
      const until = performance.now() + options.random() * 900;
      while (performance.now() < until && kiosk.child.exitCode === null) await pause();
      if (kiosk.child.exitCode !== null) throw new Error(`the kiosk ended by itself: ${kiosk.errors()}`);
      const cut = await disk.cut();
      kiosk.child.kill('SIGKILL');
      await kiosk.over;
      const checked = said.length;
      // What was said while ext4 shut down does not count: a sync that waits for a transaction which is thrown away in
      // that moment is told that it is done (jbd2_complete_transaction finds it neither running nor committing). No
      // disk that loses its power does that.
      for (const each of kiosk.said()) (each.at < cut ? said : late).push(each);
      await disk.restore();
      faults++;
      options.onFault?.(faults);
      // Memory is gone too.
      await rm(createFileLayout(data).working, { recursive: true, force: true });
      // A database that cannot be opened any more is the greatest loss of all.
      losses.push(...(await findLosses(data, said, checked).catch((error: Error) => [error.message])));
      if (losses.length > 20) break;
    }
    // Whatever a later cut did to what an earlier one had spared.
    if (losses.length === 0) losses.push(...(await findLosses(data, said)));
    const lateLosses = await findLosses(data, late).catch(() => []);
    if (lateLosses.length > 0)
      console.log(`of ${late.length} things said while the power went, not there: ${lateLosses.join('; ')}`);
    return { faults, acknowledged: said.filter(({ kind }) => kind !== 'begin').length, losses };
  } finally {
    await rm(createFileLayout(data).working, { recursive: true, force: true }).catch(() => undefined);
    await disk.close();
    await rm(folder, { recursive: true, force: true });
  }
}
