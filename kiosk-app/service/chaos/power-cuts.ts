import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileLayout } from '../store/file-layout.ts';
import { type Acknowledgement, findLosses } from './acknowledgement.ts';
import type { Outcome } from './outcome.ts';
import { type MutantName, startKiosk } from './run-kiosk.ts';

const run = promisify(execFile);
/**
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from this moment nothing reaches the disk any more. Prints the
 * moment, in microseconds of the monotonic clock.
 */
const SHUT_DOWN = `use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC); open F, "<", $ARGV[0] or die; my $how = pack("L", 2);
  my $at = clock_gettime(CLOCK_MONOTONIC); ioctl(F, 0x8004587d, $how) or die $!; printf "%.0f", $at * 1e6;`;

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
  const disk = join(folder, 'disk');
  const image = join(folder, 'image');
  const data = join(disk, 'data');
  const mount = () => run('mount', ['-o', 'loop', image, disk]);
  const unmount = () => run('umount', [disk]);
  await mkdir(disk);
  try {
    await run('truncate', ['-s', '4G', image]);
    await run('mkfs.ext4', ['-q', image]);
    await mount();
  } catch {
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
      const { stdout: cut } = await run('perl', ['-e', SHUT_DOWN, disk]);
      kiosk.child.kill('SIGKILL');
      await kiosk.over;
      const checked = said.length;
      // What was said while ext4 shut down does not count: a sync that waits for a transaction which is thrown away in
      // that moment is told that it is done (jbd2_complete_transaction finds it neither running nor committing). No
      // disk that loses its power does that.
      for (const each of kiosk.said()) (each.at < Number(cut) ? said : late).push(each);
      await unmount();
      await mount();
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
    await unmount().catch(() => run('umount', ['-l', disk]));
    await rm(folder, { recursive: true, force: true });
  }
}
