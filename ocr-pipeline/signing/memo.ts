/**
 * Remembers what the last `limit` different inputs came to. The same certificates and revocation lists come with every
 * signature of a file, and reading ASN.1 is most of the work of verifying. Pure functions of the bytes only.
 */
export function memo<T>(limit: number, read: (der: Uint8Array) => T): (der: Uint8Array) => T {
  const known = new Map<string, T>();
  return (der) => {
    // Large lists are rare and would only fill the memory.
    if (der.length > 65_536) return read(der);
    const key = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
    const value = known.has(key) ? (known.get(key) as T) : read(der);
    known.delete(key);
    known.set(key, value);
    for (const oldest of known.keys()) {
      if (known.size <= limit) break;
      known.delete(oldest);
    }
    return value;
  };
}
