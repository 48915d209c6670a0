import { createHash, type X509Certificate } from 'node:crypto';
import { readPems, verifySignature } from '../signing/index.ts';
import { NO_EVIDENCE } from '../signing/revocation.ts';
import {
  type Container,
  type ContainerLimits,
  type DigestName,
  type Digests,
  defaultLimits,
  openContainer,
} from './container.ts';
import { type AsicManifest, readManifest, SHA256_URI } from './manifest.ts';
import { DossierMetadata } from './metadata.ts';
import {
  cannotTell,
  conclude,
  invalid,
  type Reason,
  type SignatureReport,
  type Verification,
  type VerifiedDocument,
} from './reasons.ts';

export const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
export const METADATA_FILE = 'metadata.json';
const MAX_META_BYTES = 4_194_304;
const MAX_SIGNATURES = 20;

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
/** XAdES, time-stamps, archive manifests, evidence records: valid ASiC-E, not judged here. */
const UNSUPPORTED =
  /^META-INF\/[^/]*(signatures[^/]*\.xml|\.tst|archivemanifest[^/]*\.xml|evidencerecord[^/]*)$/i;
const MANIFEST = /^META-INF\/[^/]*asicmanifest[^/]*\.xml$/i;

export interface VerifyOptions {
  /** Certificates of signers or of their authorities, PEM, one or more in each text. */
  readonly trust: readonly string[];
  /** The verifier's time. */
  readonly at: Date;
  readonly limits?: ContainerLimits;
}

/**
 * Verifies an ASiC-E container with CAdES signatures (ETSI EN 319 162-1), believing nothing in it, in bounded memory.
 * Valid means: the ZIP is unambiguous and without a hidden byte, every file in it is covered by a signature that
 * holds, every file that a manifest names is there and unchanged, and every signer leads to the trust list.
 * Stricter than the standard: a file that no signature covers makes the container invalid.
 */
export async function verifyDossier(file: string, options: VerifyOptions): Promise<Verification> {
  const opened = await openContainer(file, options.limits ?? defaultLimits);
  if (!opened.ok) return conclude('asic-e', [opened.error]);
  try {
    return await verifyContainer(opened.value, options);
  } finally {
    await opened.value.close();
  }
}

interface Signed {
  readonly manifestName: string;
  readonly manifest: AsicManifest;
  readonly report: SignatureReport;
  /** Holds cryptographically, whether trusted or not. */
  readonly holds: boolean;
}

async function verifyContainer(container: Container, options: VerifyOptions): Promise<Verification> {
  const reasons: Reason[] = [];
  if (!(await mimetypeHolds(container)))
    return conclude('asic-e', [
      invalid('container-mimetype-wrong', 'the first entry is not the ASiC-E mimetype'),
    ]);
  const unsupported = container.names.filter((name) => UNSUPPORTED.test(name));
  for (const name of unsupported) reasons.push(cannotTell('signature-format-unsupported', name));
  const manifests = container.names.filter((name) => MANIFEST.test(name) && !unsupported.includes(name));
  if (manifests.length > MAX_SIGNATURES)
    return conclude('asic-e', [invalid('container-too-many-files', `${manifests.length} manifests`)]);
  if (manifests.length === 0 && unsupported.length === 0)
    reasons.push(invalid('manifest-missing', 'no ASiCManifest in META-INF'));

  const anchors = readPems(options.trust);
  const signed: Signed[] = [];
  for (const name of manifests) {
    const one = await verifyOne(container, name, anchors, options.at);
    reasons.push(...one.reasons);
    if (one.signed !== undefined) signed.push(one.signed);
  }
  const digests = await digestAll(container, signed);
  for (const one of signed) reasons.push(...checkReferences(container, digests, one.manifest));

  const covered = new Set(signed.filter((one) => one.holds).flatMap((one) => one.report.covers));
  const apart = new Set([
    'mimetype',
    ...unsupported,
    ...manifests,
    ...signed.map((one) => one.manifest.signatureUri),
  ]);
  for (const [index, name] of container.names.entries())
    if (!covered.has(name) && !apart.has(name) && unsupported.length === 0)
      reasons.push(invalid('document-unsigned', `entry ${index + 1} is covered by no signature that holds`));

  const documents = listDocuments(signed, digests, covered);
  const metadata = covered.has(METADATA_FILE) ? await readMetadata(container) : null;
  if (metadata !== null && !metadataAgrees(metadata, documents))
    reasons.push(
      invalid('metadata-disagrees', 'metadata.json lists other documents than the container holds'),
    );
  return conclude('asic-e', reasons, { signatures: signed.map((one) => one.report), documents, metadata });
}

/** Stored, not deflated, the first thing in the file, without extra field: so that `file` and mail gateways know it. */
async function mimetypeHolds(container: Container): Promise<boolean> {
  const entry = container.entries.get('mimetype');
  if (entry === undefined || entry.relativeOffsetOfLocalHeader !== 0 || entry.compressionMethod !== 0)
    return false;
  const content = await container.read('mimetype', 200);
  return content?.toString('latin1') === MIMETYPE;
}

async function verifyOne(
  container: Container,
  name: string,
  anchors: readonly X509Certificate[],
  at: Date,
): Promise<{ readonly reasons: readonly Reason[]; readonly signed?: Signed }> {
  const bytes = await container.read(name, MAX_META_BYTES);
  const manifest = bytes === undefined ? undefined : readManifest(bytes);
  if (bytes === undefined || manifest === undefined)
    return { reasons: [invalid('manifest-malformed', `${name} is no ASiCManifest`)] };
  const uris = manifest.references.map((one) => one.uri);
  if (uris.length === 0 || new Set(uris).size !== uris.length)
    return { reasons: [invalid('manifest-malformed', `${name} names nothing, or a file twice`)] };
  const signatureFile = manifest.signatureUri;
  if (!/^META-INF\/[^/]+\.p7[sm]$/i.test(signatureFile))
    return { reasons: [cannotTell('signature-format-unsupported', `${name} refers to no .p7s`)] };
  const der = await container.read(signatureFile, MAX_META_BYTES);
  if (der === undefined)
    return { reasons: [invalid('signature-missing', `the signature of ${name} is not there or damaged`)] };
  const outcome = verifySignature(
    der,
    (digest) => createHash(digest).update(bytes).digest(),
    { anchors, at, evidence: NO_EVIDENCE },
    { profile: 'cades' },
  );
  const reasons = outcome.problems.map(({ code, weight }) => ({ code, weight, detail: signatureFile }));
  const report: SignatureReport = {
    file: signatureFile,
    signer: outcome.signer,
    signingTime: outcome.signingTime?.toISOString() ?? null,
    trust: outcome.trust,
    covers: uris,
  };
  const holds = reasons.every((one) => one.weight !== 'invalid');
  return { reasons, signed: { manifestName: name, manifest, report, holds } };
}

async function digestAll(
  container: Container,
  signed: readonly Signed[],
): Promise<ReadonlyMap<string, Digests | undefined>> {
  const references = signed.flatMap((one) => one.manifest.references);
  const algorithms = new Set<DigestName>(['sha256']);
  for (const { digestMethod } of references) {
    const known = DIGEST_METHODS[digestMethod];
    if (known !== undefined) algorithms.add(known);
  }
  const digests = new Map<string, Digests | undefined>();
  for (const { uri } of references)
    if (!digests.has(uri)) digests.set(uri, await container.digest(uri, algorithms));
  return digests;
}

function checkReferences(
  container: Container,
  digests: ReadonlyMap<string, Digests | undefined>,
  manifest: AsicManifest,
): Reason[] {
  return manifest.references.flatMap(({ uri, digestMethod, digestValue }, index) => {
    const place = `reference ${index + 1}`;
    if (!container.entries.has(uri)) return [invalid('document-missing', place)];
    const algorithm = DIGEST_METHODS[digestMethod];
    if (algorithm === undefined)
      return WEAK_DIGEST_METHODS.has(digestMethod)
        ? [invalid('manifest-weak-digest', place)]
        : [cannotTell('manifest-unknown-digest', place)];
    const actual = digests.get(uri)?.of.get(algorithm);
    return actual?.toString('base64') === digestValue ? [] : [invalid('document-changed', place)];
  });
}

function listDocuments(
  signed: readonly Signed[],
  digests: ReadonlyMap<string, Digests | undefined>,
  covered: ReadonlySet<string>,
): VerifiedDocument[] {
  const documents = new Map<string, VerifiedDocument>();
  for (const { uri, mediaType } of signed.flatMap((one) => one.manifest.references)) {
    const digest = digests.get(uri);
    const sha256 = digest?.of.get('sha256')?.toString('hex');
    if (!covered.has(uri) || uri === METADATA_FILE || digest === undefined || sha256 === undefined) continue;
    documents.set(uri, { name: uri, mediaType, size: digest.size, sha256 });
  }
  return [...documents.values()];
}

/** Null for a container that is not a dossier of this kind: then it has no metadata to be judged by. */
async function readMetadata(container: Container): Promise<DossierMetadata | null> {
  const bytes = await container.read(METADATA_FILE, MAX_META_BYTES);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return DossierMetadata.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function metadataAgrees(metadata: DossierMetadata, documents: readonly VerifiedDocument[]): boolean {
  const listed = new Map(metadata.documents.map((one) => [one.name, one]));
  const same = documents.every((one) => {
    const stated = listed.get(one.name);
    return stated?.sha256 === one.sha256 && stated.size === one.size;
  });
  const papers = new Set(metadata.papers.map((one) => one.document));
  return (
    same &&
    listed.size === documents.length &&
    metadata.documents.length === documents.length &&
    documents.every((one) => papers.has(one.name) && one.name.startsWith(`${metadata.dossierId}.`)) &&
    papers.size === documents.length
  );
}
