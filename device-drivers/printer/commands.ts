/** ESC/POS commands and answers, by the names of Epson's reference. */

const DLE = 0x10;
const ESC = 0x1b;
const GS = 0x1d;

/** `GS a`: automatic status back on changes of on-line state (2), errors (4) and paper (8). */
const AUTOMATIC_STATUS = [GS, 0x61, 0x0e];

export const commands = {
  enableAutomaticStatus: Uint8Array.from(AUTOMATIC_STATUS),
  /** `ESC @` also switches automatic status back off; it is switched on again in the same breath. */
  initialise: Uint8Array.from([ESC, 0x40, ...AUTOMATIC_STATUS]),
  /** `DLE EOT n`, real time. n: 1 printer, 2 cause of off-line, 3 cause of error, 4 paper. */
  transmitStatus: (n: 1 | 2 | 3 | 4) => Uint8Array.from([DLE, 0x04, n]),
  /** `DLE DC4` fn 8, real time: drops everything received and not printed; acknowledged by `37 25 00`. */
  clearBuffers: Uint8Array.from([DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]),
  /** `DLE ENQ` 2, real time: go on after an error whose cause is removed, without the rest of the old job. */
  recoverAndClear: Uint8Array.from([DLE, 0x05, 0x02]),
  /** `GS ( H` fn 48: answers `37 22 d1–d4 00` once all data before it is printed. */
  reportPrinted: (processId: string) =>
    Uint8Array.from([GS, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Buffer.from(processId, 'latin1')]),
  /** `GS r` 1: paper status, answered in order, hence a barrier. */
  transmitPaperStatus: Uint8Array.from([GS, 0x72, 0x01]),
  /** `ESC t n`: the code page of letters from 80 on. */
  selectCodePage: (n: number) => Uint8Array.from([ESC, 0x74, n]),
  /** `ESC a n`. */
  align: (align: 'left' | 'centre' | 'right') =>
    Uint8Array.from([ESC, 0x61, { left: 0, centre: 1, right: 2 }[align]]),
  /** `ESC E n`. */
  bold: (bold: boolean) => Uint8Array.from([ESC, 0x45, bold ? 1 : 0]),
  lineFeed: Uint8Array.of(0x0a),
  /** `ESC J n`: feed n dots. */
  feed: (dots: number) => Uint8Array.from(feedSteps(dots).flatMap((step) => [ESC, 0x4a, step])),
  /** `GS V m` and, where the printer feeds to the knife itself, `n`. */
  cut: (mode: 0 | 1 | 65 | 66, feedDots: number) =>
    Uint8Array.from(mode >= 65 ? [GS, 0x56, mode, Math.min(feedDots, 255)] : [GS, 0x56, mode]),
} as const;

function feedSteps(dots: number): number[] {
  const whole = Math.floor(dots / 255);
  return [...Array<number>(whole).fill(255), ...(dots % 255 === 0 ? [] : [dots % 255])];
}
