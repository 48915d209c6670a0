import type { Timers } from '../../timers.ts';
import type { ReportReader } from './hid-line.ts';
import { type HidLayout, parseReport, type ReportPart } from './report.ts';

const MAX_CODE_BYTES = 4_096;
/** Parts of one code follow each other within milliseconds; a longer silence means that the rest was lost. */
const PART_TIMEOUT_MS = 500;

/**
 * Joins the reports of a HID POS reader to whole codes, as bytes. A code of which a part is bad, whose end was lost or
 * that never ends is dropped as a whole. A part lost from the middle cannot be seen: reports carry no number.
 */
export function createReportJoiner(options: {
  readonly layout: HidLayout;
  readonly timers: Timers;
  readonly onCode: (code: Uint8Array) => void;
  readonly onDropped: (bytes: number) => void;
}): ReportReader {
  let parts: ReportPart[] = [];
  let held = 0;
  /** The code at hand is spoilt: what still comes of it is counted and thrown away. */
  let spoilt = false;
  let cancelTimeout = () => {};

  const drop = () => {
    if (spoilt || held > 0) options.onDropped(held);
    parts = [];
    held = 0;
    spoilt = false;
  };
  const take = (part: ReportPart) => {
    // Another kind of code begins: the end of the one before was lost.
    if (!spoilt && parts.length > 0 && parts[0]?.kind !== part.kind) drop();
    parts.push(part);
    held += part.data.length;
    if (held > MAX_CODE_BYTES) spoilt = true;
    if (spoilt) parts = [];
    if (!part.last) return;
    if (spoilt) return drop();
    const code = withoutLineEnd(Buffer.concat(parts.map(({ data }) => data)));
    parts = [];
    held = 0;
    if (code.length > 0) options.onCode(code);
  };

  return {
    push: (report) => {
      cancelTimeout();
      const part = parseReport(report, options.layout);
      if (part) take(part);
      else {
        spoilt = true;
        parts = [];
        held += report.length;
      }
      if (spoilt || parts.length > 0) cancelTimeout = options.timers.after(PART_TIMEOUT_MS, drop);
    },
    reset: () => {
      cancelTimeout();
      parts = [];
      held = 0;
      spoilt = false;
    },
  };
}

/** Many readers are set to end each code with CR or CR LF, in this mode too. */
function withoutLineEnd(code: Uint8Array): Uint8Array {
  let end = code.length;
  while (end > 0 && (code[end - 1] === 0x0d || code[end - 1] === 0x0a)) end -= 1;
  return code.subarray(0, end);
}
