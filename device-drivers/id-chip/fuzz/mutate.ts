import { concat } from '../bytes.ts';
import { encodeTlv, readTlvs } from '../tlv.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

/** Mulberry32: the same seed gives the same inputs. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MAX_LENGTH = 65_536;
/** Lengths and tags that parsers trip over. */
const LIES = [
  '80',
  '81ff',
  '82ffff',
  '83ffffff',
  '84ffffffff',
  '84000000ff',
  '00',
  'ff',
  '1f8000',
  '7f',
  '30',
  '31',
];

/**
 * A broken copy of one of `seeds`: bits and bytes changed, lengths that lie, pieces cut, moved, repeated or nested. Half
 * of the time deep inside, with the lengths around it put right, so that not all is refused at the door.
 */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  if (random() < 0.03) return Uint8Array.from({ length: below(200) }, () => below(256));
  const pick = () => seeds[below(seeds.length)]!;
  const seed = pick();
  const spoil = (bytes: Uint8Array) => {
    let data = Buffer.from(bytes);
    // One change mostly; many leave nothing to read.
    for (let rounds = random() < 0.7 ? 1 : 1 + below(4); rounds > 0; rounds -= 1)
      data = Buffer.from(change(data, pick(), random).subarray(0, MAX_LENGTH));
    return data;
  };
  return random() < 0.5 ? spoil(seed) : inside(seed, spoil, random);
}

/** Goes down to some object and changes its value; the objects around it keep their form. */
function inside(bytes: Uint8Array, spoil: (bytes: Uint8Array) => Uint8Array, random: Random): Uint8Array {
  const level = readTlvs(bytes);
  if (!level.ok || level.value.length === 0 || random() < 0.15) return spoil(bytes);
  const at = Math.floor(random() * level.value.length);
  return concat(
    ...level.value.map(({ tag, value, raw }, index) =>
      index === at ? encodeTlv(tag, inside(value, spoil, random)) : raw,
    ),
  );
}

function change(data: Buffer, other: Uint8Array, random: Random): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const at = below(data.length + 1);
  const [before, after] = [data.subarray(0, at), data.subarray(at)];
  switch (below(8)) {
    case 0:
      if (at < data.length) data[at]! ^= 1 << below(8);
      return data;
    case 1:
      if (at < data.length) data[at] = below(256);
      return data;
    case 2:
      return before;
    case 3: {
      const lie = Buffer.from(LIES[below(LIES.length)]!, 'hex');
      return Buffer.concat([before, lie, after.subarray(random() < 0.5 ? lie.length : 0)]);
    }
    case 4: {
      const from = below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + below(300)), after]);
    }
    case 5:
      return Buffer.concat([before, after.subarray(below(40))]);
    case 6: {
      const piece = after.subarray(0, 1 + below(40));
      return Buffer.concat([before, ...Array(1 + below(200)).fill(piece), after]);
    }
    default:
      // Brackets within brackets.
      return Buffer.concat([before, Buffer.alloc(2 * (1 + below(300)), '3080', 'hex'), after]);
  }
}
