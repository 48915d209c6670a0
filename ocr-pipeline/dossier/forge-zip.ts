import { crc32, deflateRawSync } from 'node:zlib';

/** For tests: writes ZIPs byte by byte, so that any field of any header can lie. */
export interface Forged {
  readonly name: string;
  readonly data: Buffer;
  readonly deflate?: boolean;
  /** What the headers say instead of the truth. */
  readonly local?: Partial<Fields>;
  readonly central?: Partial<Fields>;
  /** Bytes between this entry and the next. */
  readonly gap?: Buffer;
}

interface Fields {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

export function forgeZip(
  entries: readonly Forged[],
  around: { readonly before?: Buffer; readonly after?: Buffer; readonly comment?: string } = {},
): Buffer {
  const parts: Buffer[] = [around.before ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let offset = parts[0]!.length;
  for (const entry of entries) {
    const packed = entry.deflate ? deflateRawSync(entry.data) : entry.data;
    const truth: Fields = {
      name: entry.name,
      flags: 0x800,
      method: entry.deflate ? 8 : 0,
      crc: crc32(entry.data),
      packed: packed.length,
      size: entry.data.length,
    };
    const local = header(0x04034b50, { ...truth, ...entry.local });
    const piece = Buffer.concat([local, packed, entry.gap ?? Buffer.alloc(0)]);
    directory.push(header(0x02014b50, { ...truth, ...entry.central }, offset));
    parts.push(piece);
    offset += piece.length;
  }
  const comment = Buffer.from(around.comment ?? '');
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, central, end, comment, around.after ?? Buffer.alloc(0)]);
}

function header(signature: number, fields: Fields, offset?: number): Buffer {
  const name = Buffer.from(fields.name);
  const central = offset !== undefined;
  const head = Buffer.alloc(central ? 46 : 30);
  head.writeUInt32LE(signature, 0);
  const at = central ? 6 : 4;
  if (central) head.writeUInt16LE(20, 4);
  head.writeUInt16LE(20, at);
  head.writeUInt16LE(fields.flags, at + 2);
  head.writeUInt16LE(fields.method, at + 4);
  head.writeUInt16LE(0x5b48, at + 8);
  head.writeUInt32LE(fields.crc, at + 10);
  head.writeUInt32LE(fields.packed, at + 14);
  head.writeUInt32LE(fields.size, at + 18);
  head.writeUInt16LE(name.length, at + 22);
  if (central) head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
}
