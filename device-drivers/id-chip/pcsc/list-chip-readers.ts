import type { ChipReaderCondition } from './chip-reader.ts';
import { chooseReader } from './choose-reader.ts';
import { openChipReader } from './open-chip-reader.ts';

const SETTLE_MS = 3_000;

export interface ChipReaders {
  readonly condition: ChipReaderCondition;
  /** Full names; the one that a reading would take first. */
  readonly names: readonly string[];
}

/** What the PC/SC service of this machine knows now. `wanted`: part of a name; without it the contactless one is first. */
export async function listChipReaders(wanted: string | null = null): Promise<ChipReaders> {
  const reader = openChipReader(`pcsc:${wanted ?? ''}`, { socket: process.env['PCSCLITE_CSOCK_NAME'] });
  await reader.settled(SETTLE_MS);
  const names = reader.readers();
  const condition = reader.condition();
  await reader.close();
  const first = chooseReader(
    names.map((name) => ({ name, card: 'none', events: 0 })),
    wanted,
  )?.name;
  return {
    condition,
    names: [...names].sort((one, other) => Number(other === first) - Number(one === first)),
  };
}

/** Without the numbers of the socket, which change, and without the serial number in brackets. */
export const stableName = (name: string) => name.replace(/( \[[^\]]*\])?( \([^)]*\))?( \d\d)* *$/, '');
