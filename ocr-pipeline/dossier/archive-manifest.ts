import { createHash } from 'node:crypto';
import { type Circumstances, type TimeStampOutcome, verifyTimeStamp } from '../signing/index.ts';
import type { Container } from './container.ts';
import { type AsicManifest, readManifest } from './manifest.ts';
import { invalid, type Reason } from './reasons.ts';
import { checkReferences, type DigestBook } from './references.ts';

/** ASiCArchiveManifest (EN 319 162-1, 4.4.3.2 and A.5): a time-stamp over files, signatures among them. */
export function isArchiveManifest(name: string): boolean {
  return /^META-INF\/[^/]*asicarchivemanifest[^/]*\.xml$/i.test(name);
}

/** ASiCManifest: the files that one signature covers. */
export function isSignatureManifest(name: string): boolean {
  return /^META-INF\/[^/]*asicmanifest[^/]*\.xml$/i.test(name) && !isArchiveManifest(name);
}

export interface ArchiveTimeStamp {
  readonly manifestName: string;
  readonly tokenName: string;
  /** Files whose digests it holds and which are as they were. */
  readonly covers: ReadonlySet<string>;
  readonly outcome: TimeStampOutcome;
  /** Holds, and its authority leads to the trust list. */
  readonly trusted: boolean;
}

const MAX_META_BYTES = 8_388_608;
const MAX_ARCHIVES = 50;

/** Verifies archive time-stamps from the newest, which is proved by nothing, to the oldest, which the newer ones prove. */
export async function readArchiveTimeStamps(
  container: Container,
  digests: DigestBook,
  circumstances: Circumstances,
): Promise<{ readonly stamps: readonly ArchiveTimeStamp[]; readonly reasons: readonly Reason[] }> {
  const reasons: Reason[] = [];
  const waiting: { name: string; bytes: Buffer; manifest: AsicManifest }[] = [];
  for (const name of container.names.filter(isArchiveManifest).slice(0, MAX_ARCHIVES)) {
    const bytes = await container.read(name, MAX_META_BYTES);
    const manifest = bytes === undefined ? undefined : readManifest(bytes);
    const uris = manifest?.references.map((one) => one.uri) ?? [];
    const sound = uris.length > 0 && new Set(uris).size === uris.length;
    if (bytes && manifest && sound && /^META-INF\/[^/]+\.tst$/i.test(manifest.signatureUri))
      waiting.push({ name, bytes, manifest });
    else reasons.push(invalid('archive-manifest-malformed', name));
  }
  const names = (manifest: AsicManifest, uri: string) => manifest.references.some((one) => one.uri === uri);
  // An archive manifest that another names is older than that one.
  waiting.sort((a, b) => (names(a.manifest, b.name) ? -1 : names(b.manifest, a.name) ? 1 : 0));
  const stamps: ArchiveTimeStamp[] = [];
  for (const { name, bytes, manifest } of waiting) {
    const tokenName = manifest.signatureUri;
    const token = await container.read(tokenName, MAX_META_BYTES);
    if (token === undefined) {
      reasons.push(invalid('signature-missing', tokenName));
      continue;
    }
    const wrong = await checkReferences(container, digests, manifest);
    reasons.push(...wrong);
    const proof = stamps
      .filter((one) => one.trusted && one.covers.has(tokenName) && one.covers.has(name))
      .flatMap((one) => one.outcome.time ?? [])
      .sort((a, b) => a.getTime() - b.getTime())[0];
    const imprinted = (digest: string) => createHash(digest).update(bytes).digest();
    const outcome = verifyTimeStamp(token, imprinted, circumstances, proof ?? null);
    reasons.push(...outcome.problems.map(({ code, weight }) => ({ code, weight, detail: tokenName })));
    const changed = new Set(wrong.map((one) => one.detail));
    stamps.push({
      manifestName: name,
      tokenName,
      covers: new Set(
        outcome.time === null
          ? []
          : manifest.references.map((one) => one.uri).filter((uri) => !changed.has(uri)),
      ),
      outcome,
      trusted: outcome.time !== null && outcome.problems.every(({ weight }) => weight === 'warning'),
    });
  }
  return { stamps, reasons };
}
