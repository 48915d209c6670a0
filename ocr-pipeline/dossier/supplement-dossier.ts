import { hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Clock, err, moveFileDurable, ok, type Result, vietnamTime } from '@motcua/core';
import { ZipFile } from 'yazl';
import type { Seal } from '../signing/index.ts';
import { isSignatureManifest } from './archive-manifest.ts';
import { type BuiltDossier, type DossierDocument, type DossierError, measureFile } from './build-dossier.ts';
import { type Container, openContainer } from './container.ts';
import { SHA256_URI, writeManifest } from './manifest.ts';
import { DossierDescription, DossierMetadata } from './metadata.ts';
import { isFileOfDossier, verifyDossier } from './verify-dossier.ts';

/**
 * Adds papers to a sealed dossier: a new version in which every byte of the old one still stands under its own seal, and
 * over everything, old and new, a new seal with `metadata-N.json`. The description names the papers of both.
 */
export async function supplementDossier(options: {
  readonly previous: string;
  /** Only the new ones; their sequence numbers go on. */
  readonly documents: readonly DossierDocument[];
  readonly metadata: DossierDescription;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly to: string;
}): Promise<Result<BuiltDossier, DossierError>> {
  const { seal, clock, to } = options;
  const opened = await openContainer(options.previous);
  if (!opened.ok) return err({ code: 'dossier-document-missing', detail: 'the previous version' });
  const container = opened.value;
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    const before = await verifyDossier(options.previous, { trust: [seal.certificatePem], at: clock.now() });
    if (before.verdict === 'invalid' || before.metadata?.dossierId !== options.metadata.dossierId)
      return err({ code: 'dossier-self-check-failed', detail: before.reasons[0]?.code ?? 'another dossier' });
    const version = container.names.filter(isSignatureManifest).length + 1;
    const description = DossierDescription.safeParse(options.metadata);
    const added: { name: string; mediaType: string; size: number; sha256: string; file: string }[] = [];
    for (const { name, file, mediaType } of options.documents) {
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile() || found.size === 0 || container.entries.has(name))
        return err({ code: 'dossier-document-missing', detail: name });
      added.push({ name, mediaType, file, ...(await measureFile(file)) });
    }
    const metadata = DossierMetadata.safeParse({
      version: 1,
      ...description.data,
      sealedAt: vietnamTime(clock.now()).iso,
      documents: [
        ...before.documents.map(({ name, mediaType, size, sha256 }) => ({ name, mediaType, size, sha256 })),
        ...added.map(({ name, mediaType, size, sha256 }) => ({ name, mediaType, size, sha256 })),
      ],
    });
    if (!description.success || !metadata.success) {
      const issues = (description.error ?? metadata.error)?.issues;
      return err({ code: 'dossier-metadata-refused', detail: issues?.[0]?.path.join('.') ?? '' });
    }
    const described = {
      name: `metadata-${version}.json`,
      mediaType: 'application/json',
      bytes: Buffer.from(`${JSON.stringify(metadata.data, null, 2)}\n`),
    };
    const signatureUri = `META-INF/signature${version}.p7s`;
    const references = [
      ...(await referencesToOld(container)),
      ...added.map((one) => reference(one.name, one.mediaType, Buffer.from(one.sha256, 'hex'))),
      reference(described.name, described.mediaType, hash('sha256', described.bytes, 'buffer')),
    ];
    const manifest = Buffer.from(writeManifest({ signatureUri, references }));
    const signature = Buffer.from(await seal.sign(manifest));
    await write(temporary, container, clock.now(), [
      ...added,
      described,
      { name: `META-INF/ASiCManifest${version}.xml`, bytes: manifest },
      { name: signatureUri, bytes: signature },
    ]);
    const checked = await verifyDossier(temporary, { trust: [seal.certificatePem], at: clock.now() });
    const wrong = checked.reasons.find(({ weight }) => weight === 'invalid');
    if (wrong !== undefined) return err({ code: 'dossier-self-check-failed', detail: wrong.code });
    const whole = await measureFile(temporary);
    await moveFileDurable(temporary, to);
    const documents = checked.documents.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
    return ok({ file: to, ...whole, documents });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'dossier-disk-full', detail: to });
    if (typeof code === 'string') return err({ code: 'dossier-write-failed', detail: code });
    throw error;
  } finally {
    await container.close();
    await rm(temporary, { force: true });
  }
}

function reference(uri: string, mediaType: string | null, digest: Buffer) {
  return { uri, mediaType, digestMethod: SHA256_URI, digestValue: digest.toString('base64') };
}

/**
 * Papers, descriptions and manifests of all versions before. Not their signatures and time-stamps: those may still take
 * in what raises their level.
 */
async function referencesToOld(container: Container) {
  const names = container.names.filter((name) => isFileOfDossier(name) || isSignatureManifest(name));
  const references: ReturnType<typeof reference>[] = [];
  for (const name of names) {
    const digest = (await container.digest(name, new Set(['sha256'])))?.of.get('sha256');
    if (digest === undefined) throw new Error('a file that verified cannot be read');
    const mediaType = name.endsWith('.pdf')
      ? 'application/pdf'
      : name.endsWith('.json')
        ? 'application/json'
        : 'application/xml';
    references.push(reference(name, mediaType, digest));
  }
  return references;
}

async function write(
  to: string,
  old: Container,
  time: Date,
  added: readonly { readonly name: string; readonly file?: string; readonly bytes?: Buffer }[],
): Promise<void> {
  const zip = new ZipFile();
  const options = (mtime: Date) => ({ mtime, mode: 0o100_644, compress: false, forceDosTimestamp: true });
  for (const name of old.names) {
    const mtime = old.entries.get(name)!.getLastModDate({ forceDosFormat: true });
    zip.addReadStreamLazy(name, options(mtime), (done) => {
      old.stream(name).then(
        (stream) => done(null, stream),
        (error: unknown) => done(error, undefined as never),
      );
    });
  }
  const fresh = options(new Date(vietnamTime(time).iso.slice(0, 19)));
  for (const { name, file, bytes } of added)
    if (bytes !== undefined) zip.addBuffer(bytes, name, fresh);
    else if (file !== undefined)
      zip.addReadStreamLazy(name, fresh, (done) => done(null, createReadStream(file)));
  zip.end();
  zip.on('error', (error: Error) => {
    (zip.outputStream as unknown as { destroy(error: Error): void }).destroy(error);
  });
  await pipeline(zip.outputStream, createWriteStream(to, { mode: 0o600, flush: true }));
}
