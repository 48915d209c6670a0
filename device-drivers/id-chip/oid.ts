import { concat } from './bytes.ts';

const MAX_BYTES = 32;

/** The content of an OBJECT IDENTIFIER as dotted numbers; undefined when it is none, or absurdly long. */
export function decodeOid(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > MAX_BYTES || (content.at(-1)! & 0x80) !== 0) return undefined;
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) return undefined;
    if ((byte & 0x80) !== 0) continue;
    arcs.push(value);
    value = 0;
  }
  const first = arcs[0]!;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...arcs.slice(1)].join('.');
}

/** Content only, without tag and length. */
export function encodeOid(dotted: string): Uint8Array {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return concat(...[root * 40 + second, ...rest].map(base128));
}

function base128(arc: number): Uint8Array {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift((rest % 128) | 0x80);
  return Uint8Array.from(digits);
}
