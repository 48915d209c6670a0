import { createHash, hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { err, moveFileDurable, ok, type Result, vietnamTime } from '@motcua/core';
import { ZipFile } from 'yazl';
import {
  type Authorities,
  addToCms,
  type Evidence,
  joinEvidence,
  type LevelProblem,
  NO_EVIDENCE,
  OID,
  type ReachedLevel,
  readSignature,
  type SignatureLevel,
  verifySignature,
} from '../signing/index.ts';
import { type ArchiveTimeStamp, isSignatureManifest, readArchiveTimeStamps } from './archive-manifest.ts';
import { type Container, openContainer } from './container.ts';
import { type DataObjectReference, readManifest, SHA256_URI, writeManifest } from './manifest.ts';
import { digestBook } from './references.ts';

export type RaiseError = {
  readonly code: 'dossier-unreadable' | 'dossier-not-sealed' | 'dossier-disk-full' | 'dossier-write-failed';
};

const ARCHIVE_FILE = 'META-INF/ASiCArchiveManifest.xml';
const MAX_META_BYTES = 8_388_608;
/** Trust is judged by those who verify; here only what is there counts. */
const ANY_TIME = new Date(8_640_000_000_000_000);

/**
 * Raises the seal of a dossier as far as can be reached now, by what CAdES and ASiC-E add without touching what is
 * signed: a time-stamp over the signature (B-T), certificates and revocation data (B-LT), and an archive manifest with
 * a time-stamp over every file (B-LTA). With `renew` a further archive time-stamp goes over one that is about to end.
 * The new container takes its place whole and durable; what needs nothing is left alone.
 */
export async function raiseDossier(options: {
  readonly file: string;
  /** Where the raised container goes; in place of the old one when left out. */
  readonly to?: string;
  readonly authorities: Authorities;
  readonly now: Date;
  readonly renew?: boolean;
  readonly signal?: AbortSignal;
}): Promise<Result<ReachedLevel & { readonly changed: boolean }, RaiseError>> {
  const opened = await openContainer(options.file);
  if (!opened.ok) return err({ code: 'dossier-unreadable' });
  const container = opened.value;
  try {
    const seals = await readSeals(container);
    if (seals.length === 0) return err({ code: 'dossier-not-sealed' });
    const before = await look(container, seals);
    if (before.level === 'B-LTA' && !options.renew)
      return ok({ level: before.level, problem: null, renewBefore: before.renewBefore, changed: false });
    const raised = await raise(container, before, options);
    if (raised.files.size > 0 || raised.renamed !== null) await rewrite(container, raised, options);
    return ok({
      level: raised.level,
      problem: raised.problem,
      renewBefore: raised.renewBefore,
      changed: raised.files.size > 0,
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'dossier-disk-full' });
    if (typeof code === 'string') return err({ code: 'dossier-write-failed' });
    throw error;
  } finally {
    await container.close();
  }
}

interface SealParts {
  readonly signatureFile: string;
  readonly manifest: Buffer;
  readonly cms: Uint8Array;
}

/** One for each version of the dossier: whoever adds a paper later seals again. */
async function readSeals(container: Container): Promise<readonly SealParts[]> {
  const seals: SealParts[] = [];
  for (const name of container.names.filter(isSignatureManifest)) {
    const manifest = await container.read(name, MAX_META_BYTES);
    const signatureFile = manifest && readManifest(manifest)?.signatureUri;
    const cms = signatureFile && (await container.read(signatureFile, MAX_META_BYTES));
    if (manifest && signatureFile && cms) seals.push({ manifest, signatureFile, cms });
  }
  return seals;
}

interface Standing {
  readonly seals: readonly (SealParts & { readonly level: SignatureLevel })[];
  /** Of the seal that is furthest behind. */
  readonly level: SignatureLevel;
  readonly renewBefore: Date | null;
  readonly archives: readonly ArchiveTimeStamp[];
}

const ORDER: readonly SignatureLevel[] = ['B-B', 'B-T', 'B-LT', 'B-LTA'];

async function look(container: Container, seals: readonly SealParts[]): Promise<Standing> {
  const circumstances = { anchors: [], at: ANY_TIME, evidence: NO_EVIDENCE };
  const { stamps } = await readArchiveTimeStamps(container, digestBook(container), circumstances);
  const judged = seals.map((sealed) => {
    const { timeStamps, complete } = judge(sealed);
    const stamped = timeStamps.some((one) => one.time !== null);
    const archived = stamps.some((one) => one.covers.has(sealed.signatureFile));
    const level: SignatureLevel = archived ? 'B-LTA' : !stamped ? 'B-B' : complete ? 'B-LT' : 'B-T';
    return { ...sealed, level, renewBefore: timeStamps[0]?.renewBefore ?? null };
  });
  const level = ORDER.find((one) => judged.some((sealed) => sealed.level === one)) ?? 'B-B';
  const renewBefore = stamps[0]?.outcome.renewBefore ?? judged.at(-1)?.renewBefore ?? null;
  return { seals: judged, level, renewBefore, archives: stamps };
}

function judge({ cms, manifest }: SealParts) {
  return verifySignature(
    cms,
    (digest) => createHash(digest).update(manifest).digest(),
    { anchors: [], at: ANY_TIME, evidence: NO_EVIDENCE },
    { profile: 'cades' },
  );
}

interface Raised extends ReachedLevel {
  /** New or changed files by name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The archive manifest of before, which makes room for the new one (EN 319 162-1, A.5). */
  readonly renamed: { readonly from: string; readonly to: string } | null;
}

async function raise(
  container: Container,
  before: Standing,
  options: { readonly authorities: Authorities; readonly signal?: AbortSignal },
): Promise<Raised> {
  const { authorities, signal } = options;
  const files = new Map<string, Buffer>();
  const stop = (level: SignatureLevel, problem: LevelProblem): Raised => ({
    level,
    problem,
    renewBefore: before.renewBefore,
    files,
    renamed: null,
  });
  for (const sealed of before.seals) {
    // What an archive time-stamp covers stays as it is.
    if (sealed.level === 'B-LTA') continue;
    let { cms } = sealed;
    if (sealed.level === 'B-B') {
      const value = readSignature(cms, OID.data)?.signatureValue;
      if (value === undefined) throw new Error('a seal of ours is not readable');
      const token = await authorities.timeStamps.stamp('sha256', hash('sha256', value, 'buffer'), signal);
      if (!token.ok) return stop('B-B', token.error.code);
      cms = addToCms(cms, { signatureTimeStamps: [token.value] });
      files.set(sealed.signatureFile, Buffer.from(cms));
    }
    const missing = await collect(judge({ ...sealed, cms }).evidence, authorities, signal);
    cms = addToCms(cms, asAdditions(missing.evidence));
    files.set(sealed.signatureFile, Buffer.from(cms));
    if (missing.unavailable) return stop('B-T', 'revocation-unavailable');
  }
  const renewing = before.level === 'B-LTA';
  // The time-stamp that ends is proved by its own validation data, which the new one then covers.
  const ending = before.archives[0];
  if (ending) {
    const token = await container.read(ending.tokenName, MAX_META_BYTES);
    const missing = await collect(ending.outcome.evidence, authorities, signal);
    if (token) files.set(ending.tokenName, Buffer.from(addToCms(token, asAdditions(missing.evidence))));
  }
  const count = before.archives.length;
  const renamed =
    ending?.manifestName === ARCHIVE_FILE
      ? { from: ARCHIVE_FILE, to: `META-INF/ASiCArchiveManifest${count}.xml` }
      : null;
  const tokenName = `META-INF/timestamp${count + 1}.tst`;
  const manifest = Buffer.from(
    writeManifest({ signatureUri: tokenName, references: await referencesTo(container, files, renamed) }),
  );
  const token = await authorities.timeStamps.stamp('sha256', hash('sha256', manifest, 'buffer'), signal);
  if (!token.ok) {
    if (renewing) files.clear();
    return stop(renewing ? 'B-LTA' : 'B-LT', token.error.code);
  }
  files.set(ARCHIVE_FILE, manifest);
  files.set(tokenName, Buffer.from(token.value));
  const newest = readSignature(token.value, OID.tstInfo)?.evidence.certificates;
  const ends = newest?.map((one) => one.validToDate).sort((a, b) => a.getTime() - b.getTime())[0];
  return { level: 'B-LTA', problem: null, renewBefore: ends ?? null, files, renamed };
}

async function collect(
  evidence: Evidence,
  authorities: Authorities,
  signal: AbortSignal | undefined,
): Promise<{ readonly evidence: Evidence; readonly unavailable: boolean }> {
  const { certificates } = evidence;
  const known = [...certificates, ...authorities.known];
  const collected = await authorities.revocation.collect(certificates, known, signal);
  return { evidence: joinEvidence(collected.evidence), unavailable: collected.unavailable.length > 0 };
}

function asAdditions(evidence: Evidence) {
  return {
    certificates: evidence.certificates.map((one) => one.raw),
    crls: evidence.crls,
    ocspResponses: evidence.ocspResponses,
  };
}

/** Every file of the container as it will be, but for the mimetype and the new archive manifest itself. */
async function referencesTo(
  container: Container,
  files: ReadonlyMap<string, Buffer>,
  renamed: Raised['renamed'],
): Promise<DataObjectReference[]> {
  const references: DataObjectReference[] = [];
  const root = container.names.filter(isSignatureManifest).at(-1);
  for (const name of container.names) {
    if (name === 'mimetype') continue;
    const changed = files.get(name);
    const digest = changed
      ? hash('sha256', changed, 'buffer')
      : (await container.digest(name, new Set(['sha256'])))?.of.get('sha256');
    if (digest === undefined) throw new Error('a file of the container is damaged');
    references.push({
      uri: name === renamed?.from ? renamed.to : name,
      mediaType: mediaTypeOf(name),
      digestMethod: SHA256_URI,
      digestValue: digest.toString('base64'),
      ...(name === root && { rootFile: true }),
    });
  }
  return references;
}

function mediaTypeOf(name: string): string {
  if (name.endsWith('.p7s')) return 'application/pkcs7-signature';
  if (name.endsWith('.tst')) return 'application/vnd.etsi.timestamp-token';
  if (name.endsWith('.pdf')) return 'application/pdf';
  return name.endsWith('.json') ? 'application/json' : 'application/xml';
}

async function rewrite(
  container: Container,
  raised: Raised,
  options: { readonly file: string; readonly to?: string; readonly now: Date },
): Promise<void> {
  const to = options.to ?? options.file;
  const temporary = `${to}.${process.pid}.tmp`;
  const zip = new ZipFile();
  const zipOptions = (mtime: Date) => ({ mtime, mode: 0o100_644, compress: false, forceDosTimestamp: true });
  const fresh = new Date(vietnamTime(options.now).iso.slice(0, 19));
  const fromContainer = (name: string, as: string) => {
    const entry = container.entries.get(name)!;
    zip.addReadStreamLazy(as, zipOptions(entry.getLastModDate({ forceDosFormat: true })), (done) => {
      container.stream(name).then(
        (stream) => done(null, stream),
        (error: unknown) => done(error, undefined as never),
      );
    });
  };
  try {
    for (const name of container.names) {
      if (name === raised.renamed?.from) fromContainer(name, raised.renamed.to);
      else {
        const changed = raised.files.get(name);
        if (changed === undefined) fromContainer(name, name);
        else zip.addBuffer(changed, name, zipOptions(fresh));
      }
    }
    for (const [name, bytes] of raised.files)
      if (!container.entries.has(name) || name === raised.renamed?.from)
        zip.addBuffer(bytes, name, zipOptions(fresh));
    zip.end();
    zip.on('error', (error: Error) => {
      (zip.outputStream as unknown as { destroy(error: Error): void }).destroy(error);
    });
    await pipeline(zip.outputStream, createWriteStream(temporary, { mode: 0o600, flush: true }));
    await moveFileDurable(temporary, to);
  } finally {
    await rm(temporary, { force: true });
  }
}
