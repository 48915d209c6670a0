/** Advance of every glyph, in thousandths of the font size. */
export const GLYPH_ADVANCE = 500;

/**
 * A TrueType font of two empty glyphs: `.notdef` and one that stands for every character. It shows nothing and
 * gives the invisible text its widths. Only the tables that PDF asks of an embedded CIDFontType2 (ISO 32000-1, 9.9).
 */
export function buildGlyphlessFont(): Uint8Array {
  const tables: readonly (readonly [tag: string, data: Buffer])[] = [
    ['glyf', Buffer.alloc(4)],
    ['head', headTable()],
    ['hhea', hheaTable()],
    ['hmtx', words(GLYPH_ADVANCE, 0, GLYPH_ADVANCE, 0)],
    ['loca', words(0, 0, 0)],
    ['maxp', maxpTable()],
  ];
  const directory = Buffer.alloc(12 + 16 * tables.length);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(tables.length, 4);
  const power = Math.floor(Math.log2(tables.length));
  directory.writeUInt16BE(16 * 2 ** power, 6);
  directory.writeUInt16BE(power, 8);
  directory.writeUInt16BE(16 * tables.length - 16 * 2 ** power, 10);
  let offset = directory.length;
  const padded = tables.map(([tag, data], index) => {
    const at = 12 + 16 * index;
    directory.write(tag, at, 'latin1');
    directory.writeUInt32BE(checksum(data), at + 4);
    directory.writeUInt32BE(offset, at + 8);
    directory.writeUInt32BE(data.length, at + 12);
    const whole = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    offset += whole.length;
    return whole;
  });
  const font = Buffer.concat([directory, ...padded]);
  const head = font.readUInt32BE(12 + 16 + 8);
  font.writeUInt32BE((0xb1b0afba - checksum(font)) >>> 0, head + 8);
  return font;
}

function words(...values: readonly number[]): Buffer {
  const data = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    data.writeUInt16BE(value & 0xffff, index * 2);
  });
  return data;
}

function headTable(): Buffer {
  const data = Buffer.alloc(54);
  data.writeUInt32BE(0x00010000, 0);
  data.writeUInt32BE(0x00010000, 4);
  data.writeUInt32BE(0x5f0f3cf5, 12);
  data.writeUInt16BE(0b11, 16);
  data.writeUInt16BE(1000, 18);
  data.writeInt16BE(-200, 38);
  data.writeInt16BE(GLYPH_ADVANCE, 40);
  data.writeInt16BE(800, 42);
  data.writeUInt16BE(3, 46);
  data.writeInt16BE(2, 48);
  return data;
}

function hheaTable(): Buffer {
  const data = Buffer.alloc(36);
  data.writeUInt32BE(0x00010000, 0);
  data.writeInt16BE(800, 4);
  data.writeInt16BE(-200, 6);
  data.writeUInt16BE(GLYPH_ADVANCE, 10);
  data.writeInt16BE(1, 18);
  data.writeUInt16BE(2, 34);
  return data;
}

function maxpTable(): Buffer {
  const data = Buffer.alloc(32);
  data.writeUInt32BE(0x00010000, 0);
  data.writeUInt16BE(2, 4);
  data.writeUInt16BE(2, 14);
  return data;
}

function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) {
    const rest = Math.min(4, data.length - at);
    sum = (sum + data.readUIntBE(at, rest) * 256 ** (4 - rest)) >>> 0;
  }
  return sum;
}
