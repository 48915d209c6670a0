/**
 * absent: not there. starting: not asked yet. attention: works, but somebody should come (paper near its end).
 * blocked: a person can help (cover, paper, jam). failed: a technician must.
 */
export type DeviceState = 'absent' | 'starting' | 'ready' | 'busy' | 'attention' | 'blocked' | 'failed';

export interface DeviceStatus {
  readonly state: DeviceState;
  /** A problem code with a sentence in the catalogue; null when all is well. */
  readonly cause: string | null;
}

/** What a driver says of its device; `starting` and `busy` are the supervisor's own. */
export interface DeviceReading {
  readonly state: Exclude<DeviceState, 'starting' | 'busy'>;
  readonly cause: string | null;
}
