/**
 * An ECDSA signature as a token gives it, r and s of equal length after each other (PKCS#11, CKM_ECDSA), in the form
 * that CMS and X.509 carry: DER `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, 2.2.3). Undefined when it is none.
 */
export function ecdsaToDer(raw: Uint8Array): Buffer | undefined {
  if (raw.length === 0 || raw.length % 2 !== 0 || raw.length > 132) return undefined;
  const half = raw.length / 2;
  const [r, s] = [integer(raw.subarray(0, half)), integer(raw.subarray(half))];
  const length = r.length + s.length;
  // Two integers of P-521 need a length in the long form.
  return Buffer.concat([Buffer.of(0x30), length < 0x80 ? Buffer.of(length) : Buffer.of(0x81, length), r, s]);
}

/** Positive, without leading zeros but for the one that keeps it positive. */
function integer(octets: Uint8Array): Buffer {
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from++;
  const body = Buffer.from(octets.subarray(from));
  const padded = body[0]! & 0x80 ? Buffer.concat([Buffer.of(0), body]) : body;
  return Buffer.concat([Buffer.of(0x02, padded.length), padded]);
}
