import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ContentClaims, SignedContent } from '@motcua/contract';
import { err, type Logger, ok, type Result, writeFileDurable } from '@motcua/core';
import { verifyContent } from '@motcua/ocr-pipeline/dossier';
import type { AuditLog } from '../audit/audit-log.ts';
import { askCity, parseJson } from '../outbox/city-request.ts';
import { openAgent, type TlsFiles } from '../outbox/upload-client.ts';

/** Where tokens are kept, and for whom and by whom they must be signed. */
export interface KeptDocuments {
  /** Of the kiosk's own: the tokens as the city signed them, `catalogue-12.jws`. */
  readonly folder: string;
  readonly kioskId: string;
  /** PEM; configured, never learnt from the line: those of the receipts. */
  readonly certificates: readonly string[];
}

export interface CityDocumentOptions extends Omit<KeptDocuments, 'certificates'> {
  readonly certificates: () => readonly string[];
  readonly baseUrl: string;
  readonly tls?: () => TlsFiles;
  readonly logger: Logger;
  readonly idleTimeoutMs: number;
  readonly audit: AuditLog;
}

/** What sort of document it is, where the gateway has it, and what a kiosk takes for one. */
export interface DocumentSort<T> {
  readonly kind: ContentClaims['kind'];
  address(kioskId: string): string;
  readonly maxAnswerBytes: number;
  /** The error is a line for the log, without values of the document. */
  parse(content: unknown): Result<T, string>;
}

export interface Taken<T> {
  readonly version: number;
  readonly content: unknown;
  readonly value: T;
}

export type Asked = 'taken' | 'unchanged' | 'none' | 'refused' | 'failed';

/** One sort of signed document that the city has for this kiosk. */
export interface CityDocument<T> {
  /** What was taken over and still holds, the highest version first. */
  taken(): readonly Taken<T>[];
  /** Grows whenever another one was taken over. */
  revision(): number;
  /** Asks the city once. Whatever it answers, what was taken over before stays. */
  ask(signal: AbortSignal): Promise<Asked>;
}

/** One in force, one that holds from a later day, one to fall back on. */
const KEPT = 3;

/** Opens what was taken over before; asks nothing yet. */
export async function openCityDocument<T>(
  options: CityDocumentOptions,
  sort: DocumentSort<T>,
): Promise<CityDocument<T>> {
  const { audit, folder, logger } = options;
  const { kind } = sort;
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await readCityDocuments({ ...options, certificates: options.certificates() }, sort);
  for (const { file, code, detail } of kept.refused)
    logger.error({ file, code, detail }, 'a stored document of the city is not used');
  let { highest } = kept;
  let taken = kept.taken;
  let revision = 0;
  let etag: string | null = null;

  async function fetchToken(signal: AbortSignal) {
    const agent = openAgent(base, options.tls?.());
    if (agent === null) return err({ code: 'city-unreachable', detail: 'tls-files' } as const);
    try {
      return await askCity({
        method: 'GET',
        url: new URL(sort.address(options.kioskId), base),
        headers: etag === null ? {} : { 'if-none-match': etag },
        agent,
        signal,
        idleTimeoutMs: options.idleTimeoutMs,
        maxAnswerBytes: sort.maxAnswerBytes,
      });
    } finally {
      agent.destroy();
    }
  }

  function refuse(code: string, detail?: string): 'refused' {
    audit.record('content-refused', null, { kind, code });
    logger.error({ kind, code, detail }, 'a document from the city’s address was not believed');
    return 'refused';
  }

  async function ask(signal: AbortSignal): Promise<Asked> {
    const answer = await fetchToken(signal);
    if (!answer.ok) return 'failed';
    const { status, body, headers } = answer.value;
    if (status === 304) return 'unchanged';
    if (status === 404) return 'none';
    if (status !== 200) return 'failed';
    const signed = SignedContent.safeParse(parseJson(body)).data;
    if (signed === undefined) return refuse('content-malformed');
    const given = await readToken(signed.token, options.kioskId, options.certificates(), sort);
    if (!given.ok) return refuse(given.error.code, given.error.detail);
    const { version } = given.value;
    const known = taken.find((one) => one.version === version);
    if (known && !isDeepStrictEqual(known.content, given.value.content)) return refuse('content-contradicts');
    if (version < highest) return refuse('content-older');
    if (!known) {
      await writeFileDurable(join(folder, `${kind}-${version}.jws`), signed.token);
      highest = version;
      taken = [given.value, ...taken];
      revision++;
      audit.record('content-taken', null, { kind, version });
      logger.info({ kind, version }, 'the city has a new document');
      for (const old of taken.slice(KEPT))
        await rm(join(folder, `${kind}-${old.version}.jws`), { force: true });
      taken = taken.slice(0, KEPT);
    }
    etag = headers.etag ?? null;
    return known ? 'unchanged' : 'taken';
  }

  return { taken: () => taken, revision: () => revision, ask };
}

/** What the kiosk has taken over, verified anew: a file that was changed on the disk is no document. */
export async function readCityDocuments<T>(
  from: KeptDocuments,
  sort: DocumentSort<T>,
): Promise<{
  /** The highest version first. */
  readonly taken: readonly Taken<T>[];
  readonly refused: readonly { readonly file: string; readonly code: string; readonly detail?: string }[];
  /** The highest version ever taken over, whole or not: none below it is taken. */
  readonly highest: number;
}> {
  const stored = new RegExp(`^${sort.kind}-(\\d{1,10})\\.jws$`);
  const names = (await readdir(from.folder)).filter((name) => stored.test(name));
  const taken: Taken<T>[] = [];
  const refused: { file: string; code: string; detail?: string }[] = [];
  for (const file of names) {
    const token = await readFile(join(from.folder, file), 'utf8');
    const read = await readToken(token, from.kioskId, from.certificates, sort);
    if (read.ok) taken.push(read.value);
    else refused.push({ file, ...read.error });
  }
  taken.sort((first, second) => second.version - first.version);
  return { taken, refused, highest: Math.max(0, ...names.map((name) => Number(stored.exec(name)?.[1]))) };
}

async function readToken<T>(
  token: string,
  kioskId: string,
  certificates: readonly string[],
  sort: DocumentSort<T>,
): Promise<Result<Taken<T>, { readonly code: string; readonly detail?: string }>> {
  const verified = await verifyContent(token, certificates);
  if (!verified.ok) return err({ code: verified.error.code });
  const claims = ContentClaims.safeParse(verified.value).data;
  if (claims === undefined) return err({ code: 'content-malformed' });
  if (claims.kind !== sort.kind) return err({ code: 'content-of-other-kind' });
  if (claims.kioskId !== null && claims.kioskId !== kioskId) return err({ code: 'content-of-other-kiosk' });
  const parsed = sort.parse(claims.content);
  if (!parsed.ok) return err({ code: 'content-invalid', detail: parsed.error });
  return ok({ version: claims.version, content: claims.content, value: parsed.value });
}
