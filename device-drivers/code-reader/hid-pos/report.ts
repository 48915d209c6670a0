/** USB HID Usage Tables 1.4, page 8C: bar-code scanners. */
export const BARCODE_USAGE_PAGE = 0x8c;

const REPORT_ID = 0x02;
export const REPORT_BYTES = 64;
const MAX_DATA_BYTES = 56;
const MORE_FOLLOWS = 0x01;

/**
 * Byte 0 is the report id, byte 1 the length, bit 0 of the last byte says that more follows. Between them there are two ways:
 * AIM id in 2–4, data in 5–60, symbology in 61 (Honeywell, Zebra); or data in 2–57, symbology in 62 (Newland's guides).
 */
export type HidLayout = 'aim-first' | 'data-first';
const LAYOUTS: Readonly<Record<HidLayout, { readonly dataAt: number; readonly symbologyAt: number }>> = {
  'aim-first': { dataAt: 5, symbologyAt: 61 },
  'data-first': { dataAt: 2, symbologyAt: 62 },
};

/** One part of a code. A code longer than 56 bytes comes in several, cut anywhere, also inside a letter. */
export interface ReportPart {
  /** AIM id and symbology: the same in each part of one code. */
  readonly kind: string;
  readonly data: Uint8Array;
  readonly last: boolean;
}

/** Without the reserved byte before the flags: by the device's own report descriptor. */
const SHORT_REPORT_BYTES = REPORT_BYTES - 1;

/** Reads one input report of a HID POS reader; null when it is none, or states more data than it can hold. */
export function parseReport(report: Uint8Array, layout: HidLayout = 'aim-first'): ReportPart | null {
  const { dataAt, symbologyAt } = LAYOUTS[layout];
  const length = report[1] ?? 0;
  const whole = report.length === REPORT_BYTES || report.length === SHORT_REPORT_BYTES;
  if (!whole || report[0] !== REPORT_ID || length > MAX_DATA_BYTES) return null;
  return {
    kind: Buffer.from([...report.subarray(2, dataAt), report[symbologyAt] ?? 0]).toString('hex'),
    data: report.slice(dataAt, dataAt + length),
    last: ((report.at(-1) ?? 0) & MORE_FOLLOWS) === 0,
  };
}
