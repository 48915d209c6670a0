export const modulo = (value: bigint, p: bigint) => ((value % p) + p) % p;

/** Extended Euclid; p is prime. */
export function inverse(value: bigint, p: bigint): bigint {
  let [rest, next] = [p, modulo(value, p)];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const times = rest / next;
    [rest, next] = [next, rest - times * next];
    [factor, nextFactor] = [nextFactor, factor - times * nextFactor];
  }
  return modulo(factor, p);
}

export function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  let square = modulo(base, p);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** Tonelli and Shanks; undefined for a non-residue. All these curves but secp224r1 take the short way. */
export function squareRoot(value: bigint, p: bigint): bigint | undefined {
  const square = modulo(value, p);
  if (square === 0n) return 0n;
  if (power(square, (p - 1n) / 2n, p) !== 1n) return undefined;
  if (p % 4n === 3n) return power(square, (p + 1n) / 4n, p);
  let odd = p - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; odd /= 2n) twos += 1;
  let other = 2n;
  while (power(other, (p - 1n) / 2n, p) === 1n) other += 1n;
  let [m, c, t, r] = [twos, power(other, odd, p), power(square, odd, p), power(square, (odd + 1n) / 2n, p)];
  while (t !== 1n) {
    let i = 0;
    for (let s = t; s !== 1n; s = (s * s) % p) i += 1;
    const b = power(c, 1n << BigInt(m - i - 1), p);
    [m, c, t, r] = [i, (b * b) % p, (t * b * b) % p, (r * b) % p];
  }
  return r;
}
