import type { ReaderMode, ReaderSetup } from '@motcua/firmware-config';

/** One step on the printed sheet. */
export interface SetUpBarCode {
  readonly what: { readonly vi: string; readonly en: string };
  /** What the bar code holds, without FNC3. */
  readonly text: string;
  readonly fnc3: boolean;
}

/** The bar codes to show to the reader, in order. */
export function setUpBarCodes(setup: ReaderSetup, mode: ReaderMode): readonly SetUpBarCode[] {
  const { fnc3, prefix, suffix, first, last } = setup.barCode;
  return [...first, ...setup.modes[mode], ...last].map(({ what, command }) => ({
    what,
    text: `${prefix}${command}${suffix}`,
    fnc3,
  }));
}

/** What is written to a reader that is already on a serial port, one message per command. */
export function setUpMessages(
  setup: ReaderSetup,
  mode: ReaderMode,
  storage: 'permanent' | 'temporary',
): readonly Uint8Array[] {
  const { prefix, suffix } = setup.serial[storage];
  return setup.modes[mode].map(({ command }) =>
    Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.from(command, 'latin1'), Buffer.from(suffix, 'hex')]),
  );
}
