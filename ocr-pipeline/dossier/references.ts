import type { Container, DigestName, Digests } from './container.ts';
import { type AsicManifest, SHA256_URI } from './manifest.ts';
import { cannotTell, invalid, type Reason } from './reasons.ts';

const DIGEST_METHODS: Readonly<Record<string, DigestName>> = {
  [SHA256_URI]: 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};
const WEAK_DIGEST_METHODS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2000/09/xmldsig#sha1',
  'http://www.w3.org/2001/04/xmldsig-more#md5',
  'http://www.w3.org/2001/04/xmldsig-more#sha224',
]);
const ALL: ReadonlySet<DigestName> = new Set(Object.values(DIGEST_METHODS));
const USUAL: ReadonlySet<DigestName> = new Set(['sha256']);

/** Digests of a container's files, each file read once per kind of digest. */
export type DigestBook = (name: string, method?: string) => Promise<Digests | undefined>;

export function digestBook(container: Container): DigestBook {
  const known = new Map<string, Digests | undefined>();
  return async (name, method = SHA256_URI) => {
    const usual = method === SHA256_URI;
    const have = known.get(name);
    if (known.has(name) && (usual || have === undefined || have.of.size > 1)) return have;
    const digests = await container.digest(name, usual ? USUAL : ALL);
    known.set(name, digests);
    return digests;
  };
}

/** Is every file that the manifest names there, and as it was? */
export async function checkReferences(
  container: Container,
  digests: DigestBook,
  manifest: AsicManifest,
): Promise<Reason[]> {
  const reasons: Reason[] = [];
  for (const { uri, digestMethod, digestValue } of manifest.references) {
    const algorithm = DIGEST_METHODS[digestMethod];
    if (!container.entries.has(uri)) reasons.push(invalid('document-missing', uri));
    else if (algorithm === undefined)
      reasons.push(
        WEAK_DIGEST_METHODS.has(digestMethod)
          ? invalid('manifest-weak-digest', uri)
          : cannotTell('manifest-unknown-digest', uri),
      );
    else if ((await digests(uri, digestMethod))?.of.get(algorithm)?.toString('base64') !== digestValue)
      reasons.push(invalid('document-changed', uri));
  }
  return reasons;
}
