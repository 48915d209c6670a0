import { statfsSync } from 'node:fs';
import type { Logger } from '@motcua/core';
import type { AuditLog } from '../audit/audit-log.ts';

/**
 * How much room there is: `low` is said to the technician long before anybody is hindered; at `short` no scan is begun,
 * while there is still room to digitise, seal and store what was scanned already.
 */
export type SpaceLevel = 'ok' | 'low' | 'short';

export interface SpaceBudget {
  /** Looks now; a level that has changed is logged and goes into the audit trail. */
  level(): SpaceLevel;
}

/** As many scans as that must fit in before anybody is hindered. */
const LOW_SCANS = 20;

export function createSpaceBudget(deps: {
  /** The disk's and the memory's folder. */
  readonly folders: readonly string[];
  /** Room that one scan with everything that follows from it needs, at most. */
  readonly bytesPerScan: number;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly freeBytes?: (folder: string) => number;
}): SpaceBudget {
  const { freeBytes = freeBytesOf, bytesPerScan } = deps;
  let known: SpaceLevel = 'ok';
  return {
    level: () => {
      const [disk = 0, ...memory] = deps.folders.map(freeBytes);
      // Memory is empty again after each visit: only the disk fills up over days.
      const short = [disk, ...memory].some((free) => free < bytesPerScan);
      const level = short ? 'short' : disk < LOW_SCANS * bytesPerScan ? 'low' : 'ok';
      if (level === known) return level;
      known = level;
      const megabytes = Math.floor(Math.min(disk, ...memory) / 1_048_576);
      deps.logger[level === 'ok' ? 'info' : 'warn'](
        { level, megabytes },
        'the free space has changed its level',
      );
      try {
        deps.audit.record('space-level', null, { level, megabytes });
      } catch (error) {
        // On a full disk the log has it.
        deps.logger.warn({ err: error }, 'the level of the free space could not be audited');
      }
      return level;
    },
  };
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
