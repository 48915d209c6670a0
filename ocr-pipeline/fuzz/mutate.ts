const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/**
 * One broken copy of `seed`: bits flipped, the end cut off, numbers that lie (lengths, sizes, offsets), pieces moved,
 * repeated, or taken from `other`. `random` gives uniform numbers in [0, 1).
 */
export function mutate(seed: Buffer, other: Buffer, random: () => number): Buffer {
  let data = Buffer.from(seed);
  const rounds = 1 + Math.floor(random() * 4);
  for (let round = 0; round < rounds && data.length > 0; round += 1) data = mutateOnce(data, other, random);
  return data;
}

function mutateOnce(data: Buffer, other: Buffer, random: () => number): Buffer<ArrayBuffer> {
  const below = (limit: number) => Math.floor(random() * limit);
  // Headers and directories stand at the ends: half of all changes go there.
  const place = () => {
    const where = random();
    const near = Math.min(data.length, 512);
    if (where < 0.35) return below(near);
    return where < 0.5 ? data.length - 1 - below(near) : below(data.length);
  };
  const at = place();
  const out = Buffer.from(data);
  switch (below(8)) {
    case 0:
      out[at]! ^= 1 << below(8);
      return out;
    case 1:
      out[at] = below(256);
      return out;
    case 2:
      return out.subarray(0, at);
    case 3: {
      const value = random() < 0.6 ? INTERESTING[below(INTERESTING.length)]! : below(2 ** 32);
      const size = ([1, 2, 4] as const)[below(3)]!;
      if (at + size > out.length) return out;
      const fitting = value % 2 ** (8 * size);
      if (random() < 0.5) out.writeUIntBE(fitting, at, size);
      else out.writeUIntLE(fitting, at, size);
      return out;
    }
    case 4: {
      // Decimal numbers: PDF, JSON, texts.
      const text = out.toString('latin1');
      const numbers = [...text.slice(at, at + 4_096).matchAll(/\d+/g)];
      const number = numbers[below(Math.max(1, numbers.length))];
      if (number === undefined) return out;
      const start = at + number.index;
      const lie = String(INTERESTING[below(INTERESTING.length)]);
      return Buffer.from(text.slice(0, start) + lie + text.slice(start + number[0].length), 'latin1');
    }
    case 5: {
      const from = below(other.length + 1);
      return Buffer.concat([
        out.subarray(0, at),
        other.subarray(from, from + below(2_000)),
        out.subarray(at),
      ]);
    }
    case 6:
      return Buffer.concat([out.subarray(0, at), out.subarray(Math.min(out.length, at + below(2_000)))]);
    default: {
      const piece = out.subarray(at, at + 1 + below(64));
      const times = 1 + below(40);
      return Buffer.concat([
        out.subarray(0, at),
        ...Array.from({ length: times }, () => piece),
        out.subarray(at),
      ]);
    }
  }
}
