import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Clock, err, moveFileDurable, ok, type Result, vietnamTime } from '@motcua/core';
import { ZipFile } from 'yazl';
import type { Seal } from '../signing/index.ts';
import { SHA256_URI, writeManifest } from './manifest.ts';
import { DossierDescription, DossierMetadata } from './metadata.ts';
import type { Reason, Verification } from './reasons.ts';
import { METADATA_FILE, MIMETYPE, verifyDossier } from './verify-dossier.ts';

export interface DossierDocument {
  /** `<dossier id>.<sequence>.pdf`, sequence from 1. */
  readonly name: string;
  readonly file: string;
  readonly mediaType: string;
}

export interface BuiltDossier {
  readonly file: string;
  /** Of the container, lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes of the container. */
  readonly size: number;
  readonly documents: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

export type DossierError = {
  readonly code:
    | 'dossier-metadata-refused'
    | 'dossier-document-missing'
    | 'dossier-disk-full'
    | 'dossier-write-failed'
    | 'dossier-self-check-failed';
  /** A place (`papers.0.code`, a document's name, a reason of the verifier), never a value. */
  readonly detail: string;
};

const MANIFEST_FILE = 'META-INF/ASiCManifest.xml';
const SIGNATURE_FILE = 'META-INF/signature.p7s';

/**
 * Makes a sealed dossier: an ASiC-E container with CAdES (ETSI EN 319 162-1) of the documents and `metadata.json`.
 * The file appears at `to` whole and durable or not at all, after our own verifier has accepted it, so that nothing is
 * queued which the city would refuse. The same input, key and time give the same bytes but for the signature.
 */
export async function buildDossier(options: {
  readonly documents: readonly DossierDocument[];
  readonly metadata: DossierDescription;
  readonly seal: Seal;
  /** Certificates (PEM) of those who have signed the documents, for the check of what was made. */
  readonly signers?: readonly string[];
  readonly clock: Clock;
  readonly to: string;
}): Promise<Result<BuiltDossier, DossierError>> {
  const { seal, to } = options;
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    const described = await describeDossier(options);
    if (!described.ok) return described;
    const files = described.value;
    const manifest = Buffer.from(
      writeManifest({
        signatureUri: SIGNATURE_FILE,
        references: files.map((one) => ({
          uri: one.name,
          mediaType: one.mediaType,
          digestMethod: SHA256_URI,
          digestValue: Buffer.from(one.sha256, 'hex').toString('base64'),
        })),
      }),
    );
    const signature = Buffer.from(await seal.sign(manifest));
    await writeZip(temporary, files, manifest, signature, options.clock.now());
    const trust = [seal.certificatePem, ...(options.signers ?? [])];
    const checked = await verifyDossier(temporary, { trust, at: options.clock.now() });
    const wrong = wrongWithOwn(checked);
    if (wrong !== undefined) return err({ code: 'dossier-self-check-failed', detail: wrong.code });
    const whole = await measureFile(temporary);
    await moveFileDurable(temporary, to);
    const documents = files
      .filter((one) => one.name !== METADATA_FILE)
      .map(({ name, size, sha256 }) => ({ name, size, sha256 }));
    return ok({ file: to, ...whole, documents });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return err({ code: 'dossier-disk-full', detail: dirname(to) });
    // Failures of the operating system carry a code; everything else is a bug and is thrown.
    if (typeof code === 'string') return err({ code: 'dossier-write-failed', detail: code });
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * What is wrong with a container that this machine has made itself, whose signers' certificates the verifier was given.
 * Whom else the city trusts, such as time-stamp authorities, is not known here and no fault.
 */
export function wrongWithOwn(seen: Verification): Reason | undefined {
  return seen.reasons.find(({ code, weight }) => weight === 'invalid' || code === 'signer-untrusted');
}

interface Member {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha256: string;
  readonly content: { readonly file: string } | { readonly bytes: Buffer };
}

async function describeDossier(options: {
  readonly documents: readonly DossierDocument[];
  readonly metadata: DossierDescription;
  readonly clock: Clock;
}): Promise<Result<Member[], DossierError>> {
  const description = DossierDescription.safeParse(options.metadata);
  if (!description.success)
    return err({
      code: 'dossier-metadata-refused',
      detail: description.error.issues[0]?.path.join('.') ?? '',
    });
  const members: Member[] = [];
  for (const { name, file, mediaType } of options.documents) {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile() || found.size === 0) return err({ code: 'dossier-document-missing', detail: name });
    members.push({ name, mediaType, ...(await measureFile(file)), content: { file } });
  }
  const metadata = DossierMetadata.safeParse({
    version: 1,
    ...description.data,
    sealedAt: vietnamTime(options.clock.now()).iso,
    documents: members.map(({ name, mediaType, size, sha256 }) => ({ name, mediaType, size, sha256 })),
  });
  if (!metadata.success)
    return err({ code: 'dossier-metadata-refused', detail: metadata.error.issues[0]?.path.join('.') ?? '' });
  const bytes = Buffer.from(`${JSON.stringify(metadata.data, null, 2)}\n`);
  members.push({
    name: METADATA_FILE,
    mediaType: 'application/json',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    content: { bytes },
  });
  return ok(members);
}

async function writeZip(
  to: string,
  files: readonly Member[],
  manifest: Buffer,
  signature: Buffer,
  time: Date,
): Promise<void> {
  const zip = new ZipFile();
  // ZIP's times have no zone: the wall clock of the centre, whatever this machine's zone.
  const mtime = new Date(vietnamTime(time).iso.slice(0, 19));
  const options = { mtime, mode: 0o100_644, compress: false, forceDosTimestamp: true };
  // Stored throughout: PDFs of page images do not shrink, and a stored file can be found in a damaged container.
  zip.addBuffer(Buffer.from(MIMETYPE), 'mimetype', options);
  for (const { name, content } of files)
    if ('file' in content)
      zip.addReadStreamLazy(name, options, (done) => done(null, createReadStream(content.file)));
    else zip.addBuffer(content.bytes, name, options);
  zip.addBuffer(manifest, MANIFEST_FILE, options);
  zip.addBuffer(signature, SIGNATURE_FILE, options);
  zip.end();
  // A document that cannot be read ends the stream instead of leaving it open for ever.
  zip.on('error', (error: Error) => {
    (zip.outputStream as unknown as { destroy(error: Error): void }).destroy(error);
  });
  await pipeline(zip.outputStream, createWriteStream(to, { mode: 0o600, flush: true }));
}

/** Size and SHA-256 of a file, read in constant memory. */
export async function measureFile(file: string): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    size += (chunk as Buffer).length;
    hash.update(chunk as Buffer);
  }
  return { size, sha256: hash.digest('hex') };
}
