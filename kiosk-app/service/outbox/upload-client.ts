import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import {
  CityProblem,
  CommitAnswer,
  type DossierManifest,
  ReceiptClaims,
  UploadOffer,
} from '@motcua/contract';
import { err, ok, type Result } from '@motcua/core';
import { verifyReceipt } from '@motcua/ocr-pipeline/dossier';
import {
  askCity,
  type CityAnswer,
  type CityRequest,
  type CityRequestError,
  parseJson,
} from './city-request.ts';
import { throttle } from './throttle.ts';

export type UploadError = {
  readonly code: CityRequestError['code'] | 'city-error' | 'city-refused' | 'receipt-invalid';
  /** Trying again is of no use: the city has refused this very dossier. */
  readonly final: boolean;
  /** The city's problem code, or what exactly was odd; never content. */
  readonly detail: string;
  /** The city asked for this pause (Retry-After). */
  readonly retryAfterMs?: number;
};

export interface UploadedDossier {
  /** The signed receipt as it came: keep it. */
  readonly receipt: string;
  readonly claims: ReceiptClaims;
}

/** The bytes of the container, from wherever they lie; `SealedFile` is one. */
export interface UploadContent {
  readonly size: number;
  read(from: number, bytes: number): Readable;
}

/** Where an upload stands, as the city has acknowledged it: enough to go on after a restart without announcing anew. */
export interface UploadPosition {
  readonly url: string;
  readonly offset: number;
}

export interface UploadRequest {
  readonly dossierId: string;
  readonly manifest: DossierManifest;
  readonly content: UploadContent;
  readonly signal: AbortSignal;
  /** As `onPosition` told it last; the city is asked there first. */
  readonly resume?: UploadPosition | null;
  /** To be kept before the next chunk goes. Null: the city does not go on there, the next attempt announces anew. */
  readonly onPosition?: (position: UploadPosition | null) => void;
  readonly onProgress?: (progress: { readonly sentBytes: number; readonly totalBytes: number }) => void;
}

export interface UploadClient {
  upload(request: UploadRequest): Promise<Result<UploadedDossier, UploadError>>;
}

export interface UploadClientOptions {
  /** http or https; a path in it is kept in front of `/dossiers/…`. */
  readonly baseUrl: string;
  /** Certificates (PEM) whose receipts are believed; asked at each receipt, so that they can be replaced. */
  readonly receiptCertificates: () => readonly string[];
  /** Bytes in one PATCH. 4–8 MiB is the best compromise of throughput and what a cut costs. */
  readonly chunkBytes: number;
  readonly idleTimeoutMs: number;
  /** The kiosk's certificate for mutual TLS, and the only authorities that the city's may come from. */
  readonly tls?: (() => TlsFiles) | undefined;
  /** The signed head of the audit trail, told to the city with each dossier (`motcua-audit-head`). */
  readonly auditHead?: () => string | null;
  /**
   * Compares heads that the city has kept with the trail; another head, which the city is to have too, or null. What it
   * finds never keeps a dossier from the city.
   */
  readonly onAuditHeads?: (tokens: readonly string[]) => string | null;
  /** Bytes per second that the line may carry now. Default: no limit. */
  readonly rate?: () => number;
}

/** PEM files, read at each upload: they can be renewed while the kiosk works. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: readonly string[];
}

/** Answers that mean "later" or "a wrong address, a missing permission": nothing that this dossier could be to blame for. */
const TEMPORARY = new Set([401, 403, 404, 405, 407, 408, 409, 423, 425, 429]);
/** A line that breaks within this much will not carry more in one piece. */
const SMALLEST_CHUNK_BYTES = 262_144;
/** The city was heard, and said no: what is kept about the upload may be what it objects to. */
const ANSWERED: ReadonlySet<string> = new Set(['city-error', 'city-refused', 'city-nonsense']);

const TUS = { 'tus-resumable': '1.0.0' };

type Ask = (
  request: Omit<CityRequest, 'agent' | 'signal' | 'idleTimeoutMs'>,
) => Promise<Result<CityAnswer, UploadError>>;

/**
 * Sends a dossier to the city by the upload contract. It asks the city how much it has and goes on from there, so an
 * upload survives any number of cuts on either side, and it may be called again at any time: a dossier that the city
 * already has is answered with the same receipt. Accepted means: a receipt whose signature holds under a configured
 * certificate and which names this dossier and these bytes.
 *
 * An answer is a refusal only as a problem document: the login page of a captive network must not set a dossier aside.
 */
export function createUploadClient(options: UploadClientOptions): UploadClient {
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  // What a bad line has made smaller stays small for the next dossier, and grows with success.
  const chunk = { bytes: options.chunkBytes };
  return {
    upload: async (request) => {
      const agent = openAgent(base, options.tls?.());
      if (!agent) return fail('city-unreachable', 'tls-files');
      const ask: Ask = async (exchange) => {
        const { idleTimeoutMs } = options;
        const answer = await askCity({ ...exchange, agent, signal: request.signal, idleTimeoutMs });
        if (!answer.ok) return err({ ...answer.error, final: false });
        return judge(answer.value);
      };
      try {
        return await uploadOnce(base, { ...options, chunk }, request, ask);
      } finally {
        agent.destroy();
      }
    },
  };
}

/** Null when a file of the certificate cannot be read: nothing is sent without it. */
export function openAgent(base: URL, tls: TlsFiles | undefined): Agent | null {
  const common = { keepAlive: true, maxSockets: 1 };
  if (base.protocol !== 'https:') return new Agent(common);
  if (!tls) return new TlsAgent(common);
  try {
    const [cert, key, ...ca] = [tls.certificate, tls.key, ...tls.authorities].map((file) =>
      readFileSync(file),
    );
    return new TlsAgent({ ...common, cert, key, ca, minVersion: 'TLSv1.2' });
  } catch {
    return null;
  }
}

interface ChunkSize {
  bytes: number;
}

async function uploadOnce(
  base: URL,
  options: SendOptions,
  request: UploadRequest,
  ask: Ask,
): Promise<Result<UploadedDossier, UploadError>> {
  const { dossierId, manifest } = request;
  if (request.content.size !== manifest.size) return fail('dossier-unreadable', 'size');
  const dossierUrl = new URL(`dossiers/${encodeURIComponent(dossierId)}`, base);
  const sent =
    (await resumeUpload(base, options, request, ask)) ??
    (await announceAndSend(base, dossierUrl, options, request, ask));
  if (!sent.ok) return sent;
  const committed = await ask({ method: 'POST', url: new URL(`${dossierUrl.href}/commit`), headers: {} });
  if (!committed.ok) return committed;
  const answer = CommitAnswer.safeParse(parseJson(committed.value.body)).data;
  if (answer === undefined) return fail('city-nonsense', 'commit');
  return checkReceipt(answer.receipt, options.receiptCertificates(), manifest);
}

type SendOptions = UploadClientOptions & { readonly chunk: ChunkSize };

/** Null: nothing was kept, or the city does not know the upload there any more, and it must be announced. */
async function resumeUpload(
  base: URL,
  options: SendOptions,
  request: UploadRequest,
  ask: Ask,
): Promise<Result<void, UploadError> | null> {
  const { manifest, resume } = request;
  // Kept under another configuration: papers go to the city that is configured now.
  if (!resume || !URL.canParse(resume.url) || new URL(resume.url).origin !== base.origin) return null;
  const url = new URL(resume.url);
  const offset = await askOffset(url, manifest.size, ask);
  if (offset.ok) return sendBytes(url, offset.value, options, request, ask);
  if (!ANSWERED.has(offset.error.code)) return offset;
  request.onPosition?.(null);
  return null;
}

async function announceAndSend(
  base: URL,
  dossierUrl: URL,
  options: SendOptions,
  request: UploadRequest,
  ask: Ask,
): Promise<Result<void, UploadError>> {
  const announce = (head: string | null | undefined) =>
    ask({
      method: 'PUT',
      url: dossierUrl,
      headers: { 'content-type': 'application/json', ...(head && { 'motcua-audit-head': head }) },
      body: JSON.stringify(request.manifest),
    });
  const offered = await announce(options.auditHead?.());
  if (!offered.ok) return offered;
  const offer = UploadOffer.safeParse(parseJson(offered.value.body)).data;
  if (offer === undefined) return fail('city-nonsense', 'offer');
  const witness = offer.auditHeads && options.onAuditHeads?.(offer.auditHeads);
  if (witness) await announce(witness);
  if (offer.state === 'accepted') return ok(undefined);
  const url = URL.canParse(offer.uploadUrl, dossierUrl.href)
    ? new URL(offer.uploadUrl, dossierUrl)
    : undefined;
  // Papers go to the configured city, wherever an answer points.
  if (url?.origin !== base.origin) return fail('city-nonsense', 'upload-url');
  const offset = await askOffset(url, request.manifest.size, ask);
  return offset.ok ? sendBytes(url, offset.value, options, request, ask) : offset;
}

async function sendBytes(
  url: URL,
  start: number,
  options: SendOptions,
  request: UploadRequest,
  ask: Ask,
): Promise<Result<void, UploadError>> {
  const { size } = request.manifest;
  const { chunk, rate = () => Number.POSITIVE_INFINITY } = options;
  const least = Math.min(SMALLEST_CHUNK_BYTES, options.chunkBytes);
  let offset: Result<number, UploadError> = ok(start);
  while (offset.ok) {
    const from = offset.value;
    request.onPosition?.({ url: url.href, offset: from });
    if (from === size) return ok(undefined);
    const bytes = Math.min(chunk.bytes, size - from);
    let sent = from;
    const patched = await ask({
      method: 'PATCH',
      url,
      headers: {
        ...TUS,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(from),
      },
      body: { bytes, stream: () => throttle(request.content.read(from, bytes), rate) },
      onSent: (more) => {
        sent += more;
        request.onProgress?.({ sentBytes: sent, totalBytes: size });
      },
    });
    if (!patched.ok) {
      chunk.bytes = Math.max(least, Math.floor(chunk.bytes / 2));
      if (ANSWERED.has(patched.error.code)) request.onPosition?.(null);
      if (patched.error.final || patched.error.code === 'upload-cancelled') return patched;
      // Cut in the middle: if some of it arrived the line is alive, and waiting for the next attempt would waste it.
      offset = await askOffset(url, size, ask);
      if (!offset.ok || offset.value <= from) return patched;
      continue;
    }
    const next = Number(patched.value.headers['upload-offset']);
    if (!Number.isSafeInteger(next) || next <= from || next > size) return fail('city-nonsense', 'offset');
    chunk.bytes = Math.min(options.chunkBytes, chunk.bytes * 2);
    offset = ok(next);
  }
  return offset;
}

async function askOffset(url: URL, size: number, ask: Ask): Promise<Result<number, UploadError>> {
  const answer = await ask({ method: 'HEAD', url, headers: TUS });
  if (!answer.ok) return answer;
  const [offset, length] = ['upload-offset', 'upload-length'].map((name) => {
    const value = answer.value.headers[name];
    return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  });
  if (offset === undefined || length !== size || offset > size) return fail('city-nonsense', 'offset');
  return ok(offset);
}

async function checkReceipt(
  receipt: string,
  certificates: readonly string[],
  manifest: DossierManifest,
): Promise<Result<UploadedDossier, UploadError>> {
  const verified = await verifyReceipt(receipt, certificates);
  if (!verified.ok) return fail('receipt-invalid', verified.error.code);
  const claims = ReceiptClaims.safeParse(verified.value.claims).data;
  if (claims === undefined) return fail('receipt-invalid', 'receipt-claims');
  if (claims.dossierId !== manifest.dossierId || claims.sha256 !== manifest.sha256)
    return fail('receipt-invalid', 'receipt-of-other-dossier');
  return ok({ receipt, claims });
}

function judge(answer: CityAnswer): Result<CityAnswer, UploadError> {
  const { status } = answer;
  if (status >= 200 && status < 300) return ok(answer);
  if (status >= 300 && status < 400) return fail('city-nonsense', 'redirect');
  const problem = CityProblem.safeParse(parseJson(answer.body)).data;
  const detail = problem !== undefined && /^[a-z0-9-]+$/.test(problem.code) ? problem.code : `http-${status}`;
  if (status >= 500 || TEMPORARY.has(status)) {
    const retryAfterMs = retryAfter(answer.headers['retry-after']);
    return err({ code: 'city-error', final: false, detail, ...(retryAfterMs > 0 && { retryAfterMs }) });
  }
  if (problem?.status !== status) return fail('city-nonsense', `http-${status}`);
  return err({ code: 'city-refused', final: true, detail });
}

/** RFC 9110, 10.2.3: seconds; a date would need a right clock and is not heeded. An hour at most. */
function retryAfter(header: string | undefined): number {
  return header && /^\d{1,9}$/.test(header) ? Math.min(3_600_000, Number(header) * 1_000) : 0;
}

function fail(
  code: UploadError['code'],
  detail: string,
): { readonly ok: false; readonly error: UploadError } {
  return err({ code, final: false, detail });
}
