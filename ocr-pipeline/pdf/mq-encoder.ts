/** Table E.1 of ITU-T T.88: Qe, next state after MPS, after LPS, switch. Four numbers a state. */
const STATES = [
  [0x5601, 1, 1, 1],
  [0x3401, 2, 6, 0],
  [0x1801, 3, 9, 0],
  [0x0ac1, 4, 12, 0],
  [0x0521, 5, 29, 0],
  [0x0221, 38, 33, 0],
  [0x5601, 7, 6, 1],
  [0x5401, 8, 14, 0],
  [0x4801, 9, 14, 0],
  [0x3801, 10, 14, 0],
  [0x3001, 11, 17, 0],
  [0x2401, 12, 18, 0],
  [0x1c01, 13, 20, 0],
  [0x1601, 29, 21, 0],
  [0x5601, 15, 14, 1],
  [0x5401, 16, 14, 0],
  [0x5101, 17, 15, 0],
  [0x4801, 18, 16, 0],
  [0x3801, 19, 17, 0],
  [0x3401, 20, 18, 0],
  [0x3001, 21, 19, 0],
  [0x2801, 22, 19, 0],
  [0x2401, 23, 20, 0],
  [0x2201, 24, 21, 0],
  [0x1c01, 25, 22, 0],
  [0x1801, 26, 23, 0],
  [0x1601, 27, 24, 0],
  [0x1401, 28, 25, 0],
  [0x1201, 29, 26, 0],
  [0x1101, 30, 27, 0],
  [0x0ac1, 31, 28, 0],
  [0x09c1, 32, 29, 0],
  [0x08a1, 33, 30, 0],
  [0x0521, 34, 31, 0],
  [0x0441, 35, 32, 0],
  [0x02a1, 36, 33, 0],
  [0x0221, 37, 34, 0],
  [0x0141, 38, 35, 0],
  [0x0111, 39, 36, 0],
  [0x0085, 40, 37, 0],
  [0x0049, 41, 38, 0],
  [0x0025, 42, 39, 0],
  [0x0015, 43, 40, 0],
  [0x0009, 44, 41, 0],
  [0x0005, 45, 42, 0],
  [0x0001, 45, 43, 0],
  [0x5601, 46, 46, 0],
] as const;
const QE = Uint16Array.from(STATES, ([qe]) => qe);
const AFTER_MPS = Uint8Array.from(STATES, ([, mps]) => mps);
const AFTER_LPS = Uint8Array.from(STATES, ([, , lps]) => lps);
const SWITCH = Uint8Array.from(STATES, ([, , , flag]) => flag);

export interface MqEncoder {
  /** Codes one binary decision in one of the contexts. */
  encode(context: number, bit: number): void;
  /** Ends the code and returns it. */
  flush(): Uint8Array;
}

/** The adaptive binary arithmetic coder of JBIG2 (ITU-T T.88, annex E.2; names as there). */
export function createMqEncoder(contexts: number): MqEncoder {
  const state = new Uint8Array(contexts);
  const mps = new Uint8Array(contexts);
  let out = new Uint8Array(1 << 14);
  // out[0] stands for the byte before the first one.
  let bp = 0;
  let a = 0x8000;
  let c = 0;
  let ct = 12;

  const push = (byte: number) => {
    bp += 1;
    if (bp === out.length) {
      const larger = new Uint8Array(out.length * 2);
      larger.set(out);
      out = larger;
    }
    out[bp] = byte;
  };
  const byteOut = () => {
    if (out[bp] !== 0xff && c >= 0x8000000) {
      out[bp]! += 1;
      if (out[bp] === 0xff) c &= 0x7ffffff;
    }
    if (out[bp] === 0xff) {
      push((c >>> 20) & 0xff);
      c &= 0xfffff;
      ct = 7;
    } else {
      push((c >>> 19) & 0xff);
      c &= 0x7ffff;
      ct = 8;
    }
  };
  const renormalise = () => {
    do {
      a = (a << 1) & 0xffff;
      c = (c << 1) >>> 0;
      ct -= 1;
      if (ct === 0) byteOut();
    } while ((a & 0x8000) === 0);
  };

  return {
    encode(context, bit) {
      const at = state[context]!;
      const qe = QE[at]!;
      a -= qe;
      if (bit === mps[context]) {
        if ((a & 0x8000) !== 0) {
          c += qe;
          return;
        }
        if (a < qe) a = qe;
        else c += qe;
        state[context] = AFTER_MPS[at]!;
      } else {
        if (a < qe) c += qe;
        else a = qe;
        if (SWITCH[at] === 1) mps[context]! ^= 1;
        state[context] = AFTER_LPS[at]!;
      }
      renormalise();
    },
    flush() {
      const upper = c + a;
      c |= 0xffff;
      if (c >= upper) c -= 0x8000;
      c = (c << ct) >>> 0;
      byteOut();
      c = (c << ct) >>> 0;
      byteOut();
      if (out[bp] !== 0xff) push(0xff);
      push(0xac);
      return out.subarray(1, bp + 1);
    },
  };
}
