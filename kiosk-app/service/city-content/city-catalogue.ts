import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ContentClaims, SignedContent } from '@motcua/contract';
import { err, type Logger, ok, type Result, writeFileDurable } from '@motcua/core';
import { type Catalogue, parseCatalogue } from '@motcua/firmware-config';
import { verifyContent } from '@motcua/ocr-pipeline/dossier';
import type { AuditLog } from '../audit/audit-log.ts';
import { askCity } from '../outbox/city-request.ts';
import { openAgent, type TlsFiles } from '../outbox/upload-client.ts';

export interface CityCatalogueOptions {
  readonly baseUrl: string;
  readonly tls?: () => TlsFiles;
  /** Certificates (PEM) whose signature is believed, those of the receipts: configured, never learnt from the line. */
  readonly certificates: () => readonly string[];
  /** Of the kiosk's own: the tokens as the city signed them, `catalogue-12.jws`. */
  readonly folder: string;
  readonly kioskId: string;
  readonly logger: Logger;
  readonly idleTimeoutMs: number;
}

export interface CityCatalogue {
  /** The highest version that holds on this day (`YYYY-MM-DD`); null when the city has given none. */
  onDay(day: string): Catalogue | null;
  /** Grows whenever another catalogue may be in force. */
  revision(): number;
  /** Asks the city once. Whatever it answers, what was taken over before stays. */
  ask(signal: AbortSignal): Promise<'taken' | 'unchanged' | 'none' | 'refused' | 'failed'>;
  /** Now, and then at intervals between half of `everyMs` and the whole, until the returned function is called. */
  askRegularly(everyMs: number, random: () => number): () => void;
}

interface Taken {
  readonly version: number;
  readonly content: unknown;
  readonly catalogue: Catalogue;
}

const STORED = /^catalogue-(\d{1,10})\.jws$/;
const MAX_ANSWER_BYTES = 8_500_000;
/** One in force, one that holds from a later day, one to fall back on. */
const KEPT = 3;

/** Opens what was taken over before; asks nothing yet. */
export async function openCityCatalogue(
  options: CityCatalogueOptions & { readonly audit: AuditLog },
): Promise<CityCatalogue> {
  const { audit, folder, logger } = options;
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await readCityCatalogues({ ...options, certificates: options.certificates() });
  for (const { file, code } of kept.refused)
    logger.error({ file, code }, 'a stored catalogue of the city is not used');
  let { highest } = kept;
  let taken = kept.taken;
  let revision = 0;
  let etag: string | null = null;

  function keep(one: Taken): void {
    taken = [...taken, one].sort((first, second) => second.version - first.version);
    revision++;
  }

  async function fetchToken(signal: AbortSignal) {
    const agent = openAgent(base, options.tls?.());
    if (agent === null) return err({ code: 'city-unreachable', detail: 'tls-files' } as const);
    try {
      return await askCity({
        method: 'GET',
        url: new URL('content/catalogue', base),
        headers: etag === null ? {} : { 'if-none-match': etag },
        agent,
        signal,
        idleTimeoutMs: options.idleTimeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      });
    } finally {
      agent.destroy();
    }
  }

  function refuse(code: string): 'refused' {
    audit.record('content-refused', null, { kind: 'catalogue', code });
    logger.error({ code }, 'a catalogue from the city’s address was not believed');
    return 'refused';
  }

  async function ask(signal: AbortSignal) {
    const answer = await fetchToken(signal);
    if (!answer.ok) return 'failed';
    const { status, body, headers } = answer.value;
    if (status === 304) return 'unchanged';
    if (status === 404) return 'none';
    if (status !== 200) return 'failed';
    const signed = SignedContent.safeParse(parseJson(body)).data;
    if (signed === undefined) return refuse('content-malformed');
    const given = await readToken(signed.token, options.kioskId, options.certificates());
    if (!given.ok) return refuse(given.error);
    const { version } = given.value;
    const known = taken.find((one) => one.version === version);
    if (known && !isDeepStrictEqual(known.content, given.value.content)) return refuse('content-contradicts');
    if (version < highest) return refuse('content-older');
    if (!known) {
      await writeFileDurable(join(folder, `catalogue-${version}.jws`), signed.token);
      highest = version;
      keep(given.value);
      audit.record('content-taken', null, { kind: 'catalogue', version });
      logger.info({ version, validFrom: given.value.catalogue.validFrom }, 'the city has a new catalogue');
      for (const old of taken.slice(KEPT))
        await rm(join(folder, `catalogue-${old.version}.jws`), { force: true });
      taken = taken.slice(0, KEPT);
    }
    etag = headers.etag ?? null;
    return known ? 'unchanged' : 'taken';
  }

  return {
    onDay: (day) => taken.find((one) => one.catalogue.validFrom <= day)?.catalogue ?? null,
    revision: () => revision,
    ask,
    askRegularly: (everyMs, random) => {
      const stop = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const next = () => {
        if (stop.signal.aborted) return;
        timer = setTimeout(run, everyMs / 2 + (everyMs / 2) * random());
        timer.unref();
      };
      const run = () => {
        ask(stop.signal)
          .catch((error: unknown) =>
            logger.error({ err: error }, 'the catalogue of the city was not taken over'),
          )
          .finally(next);
      };
      run();
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    },
  };
}

/** What the kiosk has taken over, verified anew: a file that was changed on the disk is no catalogue. */
export async function readCityCatalogues(from: {
  readonly folder: string;
  readonly kioskId: string;
  readonly certificates: readonly string[];
}): Promise<{
  /** The highest version first. */
  readonly taken: readonly Taken[];
  readonly refused: readonly { readonly file: string; readonly code: string }[];
  /** The highest version ever taken over, whole or not: none below it is taken. */
  readonly highest: number;
}> {
  const names = (await readdir(from.folder)).filter((name) => STORED.test(name));
  const taken: Taken[] = [];
  const refused: { readonly file: string; readonly code: string }[] = [];
  for (const file of names) {
    const token = await readFile(join(from.folder, file), 'utf8');
    const stored = await readToken(token, from.kioskId, from.certificates);
    if (stored.ok) taken.push(stored.value);
    else refused.push({ file, code: stored.error });
  }
  taken.sort((first, second) => second.version - first.version);
  return { taken, refused, highest: Math.max(0, ...names.map((name) => Number(STORED.exec(name)?.[1]))) };
}

async function readToken(
  token: string,
  kioskId: string,
  certificates: readonly string[],
): Promise<Result<Taken, string>> {
  const verified = await verifyContent(token, certificates);
  if (!verified.ok) return err(verified.error.code);
  const claims = ContentClaims.safeParse(verified.value).data;
  if (claims === undefined) return err('content-malformed');
  if (claims.kind !== 'catalogue') return err('content-of-other-kind');
  if (claims.kioskId !== null && claims.kioskId !== kioskId) return err('content-of-other-kiosk');
  const catalogue = parseCatalogue(claims.content, 'catalogue of the city');
  if (!catalogue.ok) return err('content-invalid');
  return ok({ version: claims.version, content: claims.content, catalogue: catalogue.value });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
