import { createHash, type X509Certificate } from 'node:crypto';
import {
  type Circumstances,
  type Evidence,
  joinEvidence,
  NO_EVIDENCE,
  OID,
  readPems,
  readSignature,
  type SignatureLevel,
  type SignatureOutcome,
  verifySignature,
} from '../signing/index.ts';
import { type ArchiveTimeStamp, isSignatureManifest, readArchiveTimeStamps } from './archive-manifest.ts';
import { type Container, type ContainerLimits, defaultLimits, openContainer } from './container.ts';
import { type AsicManifest, readManifest } from './manifest.ts';
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
import { checkReferences, type DigestBook, digestBook } from './references.ts';
import { signatureReport } from './signature-report.ts';
import { MAX_PDF_BYTES, reportPdf } from './verify-pdf-document.ts';

export const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
export const METADATA_FILE = 'metadata.json';
export const MAX_META_BYTES = 8_388_608;
const MAX_SIGNATURES = 20;

/** XAdES, time-stamps without a manifest, evidence records: valid ASiC-E, not judged here. */
const UNSUPPORTED = /^META-INF\/[^/]*(signatures[^/]*\.xml|evidencerecord[^/]*)$/i;
/** `metadata.json`, and `metadata-2.json` of a later version. */
const METADATA = /^metadata(?:-([1-9]\d{0,2}))?\.json$/;

export interface VerifyOptions {
  /** Certificates of signers or of their authorities, PEM, one or more in each text. */
  readonly trust: readonly string[];
  /** The verifier's time. */
  readonly at: Date;
  /** Revocation lists and other evidence at hand. */
  readonly evidence?: Evidence;
  readonly limits?: ContainerLimits;
}

/**
 * Verifies an ASiC-E container with CAdES signatures (ETSI EN 319 162-1), believing nothing in it, in bounded memory.
 * Valid means: the ZIP is unambiguous and without a hidden byte, every file in it is covered by a signature that
 * holds, every file that a manifest names is there and unchanged, every signer leads to the trust list and was not
 * revoked, and the same holds for time-stamps and for signatures inside PDFs.
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
  /** Times of trusted time-stamps over this signature and everything that it covers. */
  readonly proofs: readonly Date[];
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
  const manifests = container.names.filter(
    (name) => isSignatureManifest(name) && !unsupported.includes(name),
  );
  if (manifests.length > MAX_SIGNATURES)
    return conclude('asic-e', [invalid('container-too-many-files', `${manifests.length} manifests`)]);
  if (manifests.length === 0 && unsupported.length === 0)
    reasons.push(invalid('manifest-missing', 'no ASiCManifest in META-INF'));

  const circumstances: Circumstances = {
    anchors: anchorsOf(options.trust),
    at: options.at,
    evidence: joinEvidence(options.evidence ?? NO_EVIDENCE, await evidenceIn(container)),
  };
  const digests = digestBook(container);
  const archived = await readArchiveTimeStamps(container, digests, circumstances);
  reasons.push(...archived.reasons);
  const signed: Signed[] = [];
  for (const name of manifests) {
    const one = await verifyOne(container, name, archived.stamps, circumstances);
    reasons.push(...one.reasons);
    if (one.signed !== undefined) signed.push(one.signed);
  }
  for (const one of signed) reasons.push(...(await checkReferences(container, digests, one.manifest)));

  const covered = new Set(signed.filter((one) => one.holds).flatMap((one) => one.report.covers));
  const apart = new Set([
    'mimetype',
    ...unsupported,
    ...manifests,
    ...signed.map((one) => one.manifest.signatureUri),
    ...archived.stamps.flatMap((one) => [one.manifestName, one.tokenName]),
  ]);
  for (const name of container.names)
    if (!covered.has(name) && !apart.has(name) && unsupported.length === 0)
      reasons.push(invalid('document-unsigned', name));

  const { documents, reasons: inside } = await readDocuments(
    container,
    signed,
    digests,
    covered,
    circumstances,
  );
  reasons.push(...inside);
  const newest = newestMetadata([...covered]);
  const metadata = newest === undefined ? null : await readMetadata(container, newest);
  if (metadata !== null && !metadataAgrees(metadata, documents))
    reasons.push(
      invalid('metadata-disagrees', 'metadata.json lists other documents than the container holds'),
    );
  reasons.push(...container.irregular);
  return conclude('asic-e', distinct(reasons), {
    signatures: signed.map((one) => one.report),
    documents,
    metadata,
  });
}

/**
 * What all signatures and time-stamps bring along: an archive time-stamp is often proved by what stands in the signature
 * that it covers. It is material only; each piece is believed by its own signature.
 */
async function evidenceIn(container: Container): Promise<Evidence> {
  const found: Evidence[] = [];
  for (const name of container.names
    .filter((one) => /^META-INF\/[^/]+\.(p7s|p7m|tst)$/i.test(one))
    .slice(0, 50)) {
    const der = await container.read(name, MAX_META_BYTES);
    const type = name.toLowerCase().endsWith('.tst') ? OID.tstInfo : OID.data;
    const read = der && readSignature(der, type);
    if (!read) continue;
    found.push(read.evidence);
    for (const token of read.timeStamps)
      found.push(readSignature(token, OID.tstInfo)?.evidence ?? NO_EVIDENCE);
  }
  return joinEvidence(...found);
}

function distinct(reasons: readonly Reason[]): Reason[] {
  const key = (one: Reason) => `${one.code} ${one.weight} ${one.detail}`;
  return reasons.filter((one, index) => reasons.findIndex((other) => key(other) === key(one)) === index);
}

export function anchorsOf(trust: readonly string[]): readonly X509Certificate[] {
  return readPems(trust);
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
  archives: readonly ArchiveTimeStamp[],
  circumstances: Circumstances,
): Promise<{ readonly reasons: readonly Reason[]; readonly signed?: Signed }> {
  const bytes = await container.read(name, MAX_META_BYTES);
  const manifest = bytes === undefined ? undefined : readManifest(bytes);
  if (bytes === undefined || manifest === undefined)
    return { reasons: [invalid('manifest-malformed', name)] };
  const uris = manifest.references.map((one) => one.uri);
  if (uris.length === 0 || new Set(uris).size !== uris.length)
    return { reasons: [invalid('manifest-malformed', name)] };
  const signatureFile = manifest.signatureUri;
  if (!/^META-INF\/[^/]+\.p7[sm]$/i.test(signatureFile))
    return { reasons: [cannotTell('signature-format-unsupported', name)] };
  const der = await container.read(signatureFile, MAX_META_BYTES);
  if (der === undefined) return { reasons: [invalid('signature-missing', signatureFile)] };
  // A time-stamp proves this signature only when it stands over all of it: signature, manifest and documents.
  const over = archives.filter((one) => [signatureFile, name, ...uris].every((uri) => one.covers.has(uri)));
  const proofs = over.flatMap((one) => (one.trusted && one.outcome.time ? [one.outcome.time] : []));
  const outcome = verifySignature(
    der,
    (digest) => createHash(digest).update(bytes).digest(),
    {
      ...circumstances,
      evidence: joinEvidence(circumstances.evidence, ...over.map((one) => one.outcome.evidence)),
    },
    { profile: 'cades', proofs },
  );
  const reasons = outcome.problems.map(({ code, weight }) => ({ code, weight, detail: signatureFile }));
  const holds = reasons.every((one) => one.weight !== 'invalid');
  const level = holds ? levelOf(outcome, over) : null;
  const report = signatureReport(outcome, {
    file: signatureFile,
    level,
    covers: uris,
    further: over.map((one) => one.outcome),
  });
  return { reasons, signed: { manifestName: name, manifest, report, proofs, holds } };
}

function levelOf(outcome: SignatureOutcome, over: readonly ArchiveTimeStamp[]): SignatureLevel {
  if (outcome.timeStamps.every((one) => one.time === null) && over.length === 0) return 'B-B';
  if (!outcome.complete) return 'B-T';
  return over.length > 0 ? 'B-LTA' : 'B-LT';
}

async function readDocuments(
  container: Container,
  signed: readonly Signed[],
  digests: DigestBook,
  covered: ReadonlySet<string>,
  circumstances: Circumstances,
): Promise<{ readonly documents: VerifiedDocument[]; readonly reasons: Reason[] }> {
  const documents = new Map<string, VerifiedDocument>();
  const reasons: Reason[] = [];
  for (const one of signed)
    for (const { uri, mediaType } of one.manifest.references) {
      if (!covered.has(uri) || isDescription(uri) || documents.has(uri)) continue;
      const digest = await digests(uri);
      const sha256 = digest?.of.get('sha256')?.toString('hex');
      if (digest === undefined || sha256 === undefined) continue;
      const bytes = isPdf(uri, mediaType) ? await container.read(uri, MAX_PDF_BYTES) : undefined;
      // What proves the dossier proves the papers in it.
      const inside = bytes === undefined ? null : reportPdf(bytes, circumstances, uri, one.proofs);
      reasons.push(...(inside?.reasons ?? []));
      documents.set(uri, {
        name: uri,
        mediaType,
        size: digest.size,
        sha256,
        signatures: inside?.signatures ?? [],
      });
    }
  return { documents: [...documents.values()], reasons };
}

function isPdf(uri: string, mediaType: string | null): boolean {
  return mediaType === 'application/pdf' || uri.toLowerCase().endsWith('.pdf');
}

/** Not a paper: what describes the dossier or lists its files. */
function isDescription(uri: string): boolean {
  return METADATA.test(uri) || uri.startsWith('META-INF/');
}

/** Papers and descriptions; everything but the mimetype and what stands in META-INF. */
export function isFileOfDossier(name: string): boolean {
  return name !== 'mimetype' && !name.startsWith('META-INF/');
}

/** Of the newest version: what a later one says replaces what stood there before. */
export function newestMetadata(names: readonly string[]): string | undefined {
  const version = (name: string) => Number(METADATA.exec(name)?.[1] ?? 1);
  return names.filter((name) => METADATA.test(name)).sort((a, b) => version(b) - version(a))[0];
}

/** Null for a container that is not a dossier of this kind: then it has no metadata to be judged by. */
async function readMetadata(container: Container, name: string): Promise<DossierMetadata | null> {
  const bytes = await container.read(name, MAX_META_BYTES);
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
