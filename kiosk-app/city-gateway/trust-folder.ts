import { X509Certificate } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@motcua/core';

const MAX_FILES = 10_000;
const MAX_BYTES = 65_536;
/** How soon an enrolled or barred kiosk is known. Reading a thousand files at each commit would be most of its work. */
const STALE_MS = 2_000;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

interface Trusted {
  readonly pem: string;
  /** Of the certificate's subject; null for an authority, which may stand for any kiosk. */
  readonly kioskId: string | null;
}

/**
 * The certificates of a folder that may vouch for a kiosk: its own, and all authorities. A folder that is not there
 * trusts nobody.
 */
export function createTrustFolder(
  folder: string,
  clock: Clock,
): (kioskId: string) => Promise<readonly string[]> {
  let read: { readonly at: number; readonly all: Promise<readonly Trusted[]> } | undefined;
  return async (kioskId) => {
    const now = clock.now().getTime();
    // A clock that was set back must not keep a barred kiosk in.
    if (read === undefined || Math.abs(now - read.at) >= STALE_MS)
      read = { at: now, all: readTrusted(folder) };
    const current = read;
    const all = await current.all.catch((error: unknown) => {
      if (read === current) read = undefined;
      throw error;
    });
    return all.filter((one) => one.kioskId === null || one.kioskId === kioskId).map((one) => one.pem);
  };
}

/** Every `*.pem` of the folder, as it is now. */
async function readTrusted(folder: string): Promise<readonly Trusted[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: Trusted[] = [];
  for (const name of names.filter((one) => one.endsWith('.pem')).slice(0, MAX_FILES)) {
    const file = join(folder, name);
    const about = await lstat(file).catch(() => undefined);
    if (!about?.isFile() || about.size > MAX_BYTES) continue;
    for (const [pem] of (await readFile(file, 'utf8')).matchAll(BLOCK)) found.push(...describe(pem));
  }
  return found;
}

/** What is no certificate is passed over, so it can only make less trusted, not more. */
function describe(pem: string): readonly Trusted[] {
  try {
    const certificate = new X509Certificate(pem);
    const id: unknown = certificate.toLegacyObject().subject['serialNumber'];
    return [{ pem, kioskId: certificate.ca ? null : typeof id === 'string' ? id : '' }];
  } catch {
    return [];
  }
}
