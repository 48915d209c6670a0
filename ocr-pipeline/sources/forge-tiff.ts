/** Pictures of a TIFF file made for tests: 8-bit grey, or 1 bit a pixel where 0 is black. */
export interface ForgedTiffPage {
  readonly width: number;
  readonly height: number;
  /** Row by row, 0–255. */
  readonly data: Uint8Array;
  readonly bilevel?: boolean;
  readonly horizontal?: number;
  readonly vertical?: number;
  /** A small version of another page. */
  readonly preview?: boolean;
}

/** An uncompressed little-endian TIFF with one directory a page; for tests, which need files that no program writes. */
export function forgeTiff(pages: readonly ForgedTiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let length = 8;
  let linkAt: readonly [part: number, at: number] = [0, 4];
  const push = (part: Buffer) => {
    const padded = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
    parts.push(padded);
    length += padded.length;
    return length - padded.length;
  };
  for (const page of pages) {
    const pixels = push(page.bilevel ? packBits(page) : Buffer.from(page.data));
    const resolutions = Buffer.alloc(16);
    [page.horizontal ?? 200, page.vertical ?? 200].forEach((value, at) => {
      resolutions.writeUInt32LE(Math.round(value * 10), at * 8);
      resolutions.writeUInt32LE(10, at * 8 + 4);
    });
    const resolution = push(resolutions);
    const entries: readonly (readonly [tag: number, type: number, value: number])[] = [
      [254, 4, page.preview ? 1 : 0],
      [256, 4, page.width],
      [257, 4, page.height],
      [258, 3, page.bilevel ? 1 : 8],
      [259, 3, 1],
      [262, 3, 1],
      [273, 4, pixels],
      [277, 3, 1],
      [278, 4, page.height],
      [279, 4, page.bilevel ? Math.ceil(page.width / 8) * page.height : page.data.length],
      [282, 5, resolution],
      [283, 5, resolution + 8],
      [296, 3, 2],
    ];
    const directory = Buffer.alloc(2 + entries.length * 12 + 4);
    directory.writeUInt16LE(entries.length, 0);
    for (const [at, [tag, type, value]] of entries.entries()) {
      directory.writeUInt16LE(tag, 2 + at * 12);
      directory.writeUInt16LE(type, 4 + at * 12);
      directory.writeUInt32LE(1, 6 + at * 12);
      directory.writeUInt32LE(value, 10 + at * 12);
    }
    const offset = push(directory);
    parts[linkAt[0]]!.writeUInt32LE(offset, linkAt[1]);
    linkAt = [parts.length - 1, 2 + entries.length * 12];
  }
  return Buffer.concat(parts);
}

function packBits({ width, height, data }: ForgedTiffPage): Buffer {
  const stride = Math.ceil(width / 8);
  const packed = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (data[y * width + x]! >= 128) packed[y * stride + (x >> 3)]! |= 0x80 >> (x & 7);
  return packed;
}
