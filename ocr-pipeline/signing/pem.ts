import { X509Certificate } from 'node:crypto';

/** Every certificate in the given texts; what is none is passed over, so it can only make less trusted, not more. */
export function readPems(texts: readonly string[]): X509Certificate[] {
  return texts
    .flatMap((text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
    .flatMap((block) => {
      try {
        return [new X509Certificate(block)];
      } catch {
        return [];
      }
    });
}
