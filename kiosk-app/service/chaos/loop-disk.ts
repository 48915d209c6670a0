import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/**
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from this moment nothing reaches the disk any more. Prints the
 * moment, in microseconds of the monotonic clock.
 */
const SHUT_DOWN = `use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC); open F, "<", $ARGV[0] or die; my $how = pack("L", 2);
  my $at = clock_gettime(CLOCK_MONOTONIC); ioctl(F, 0x8004587d, $how) or die $!; printf "%.0f", $at * 1e6;`;

/** A disk of its own whose power can be cut. */
export interface LoopDisk {
  readonly image: string;
  /** Nothing that is not synced by now will be there again. Resolves to the moment: microseconds, monotonic clock. */
  cut(): Promise<number>;
  /** After a cut, when nobody has a file open there any more. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** A loop-mounted ext4 at `at`, its image in `folder`; null where this machine cannot mount one. */
export async function mountLoopDisk(folder: string, at: string): Promise<LoopDisk | null> {
  const image = join(folder, 'disk.img');
  const mount = () => run('mount', ['-o', 'loop', image, at]);
  await mkdir(at, { recursive: true });
  try {
    await run('truncate', ['-s', '4G', image]);
    await run('mkfs.ext4', ['-q', image]);
    await mount();
  } catch {
    await rm(image, { force: true });
    return null;
  }
  return {
    image,
    cut: async () => Number((await run('perl', ['-e', SHUT_DOWN, at])).stdout),
    restore: async () => {
      // A program that was killed lets go of its files a moment later.
      for (let tries = 1; ; tries++) {
        const left = await run('umount', [at]).catch((error: Error) => error);
        if (!(left instanceof Error)) break;
        if (tries === 50) throw left;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await mount();
    },
    close: async () => void (await run('umount', ['-l', at]).catch(() => undefined)),
  };
}
