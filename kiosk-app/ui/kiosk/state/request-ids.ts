const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Makes ULIDs: 10 characters of milliseconds since 1970, 16 of randomness, Crockford base 32.
 * `random` fills the array it is given, as `crypto.getRandomValues` does.
 */
export function createRequestIds(now: () => number, random: (bytes: Uint8Array) => void): () => string {
  return () => {
    const bytes = new Uint8Array(16);
    random(bytes);
    let time = now();
    let id = '';
    for (let place = 0; place < 10; place++) {
      id = ALPHABET[time % 32] + id;
      time = Math.floor(time / 32);
    }
    for (const byte of bytes) id += ALPHABET[byte & 31];
    return id;
  };
}
