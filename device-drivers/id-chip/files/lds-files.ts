/** The application of ICAO 9303-10 on the chip. */
export const LDS_APPLICATION = Uint8Array.of(0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01);

/** The files that are read. DG3 (fingerprints) is closed to everyone but the issuer's own readers. */
export type LdsFile = 'COM' | 'SOD' | 'DG1' | 'DG2' | 'DG13' | 'DG14' | 'DG15';

/** File identifiers, 9303-10, table of the LDS. EF.CardAccess lies in the master file. */
export const fileIds: Readonly<Record<LdsFile | 'CardAccess', number>> = {
  CardAccess: 0x011c,
  COM: 0x011e,
  SOD: 0x011d,
  DG1: 0x0101,
  DG2: 0x0102,
  DG13: 0x010d,
  DG14: 0x010e,
  DG15: 0x010f,
};

/** Template tags, the first byte of each file. */
export const fileTags: Readonly<Record<LdsFile, number>> = {
  COM: 0x60,
  SOD: 0x77,
  DG1: 0x61,
  DG2: 0x75,
  DG13: 0x6d,
  DG14: 0x6e,
  DG15: 0x6f,
};
