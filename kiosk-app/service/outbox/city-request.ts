import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { err, ok, type Result } from '@motcua/core';

/** One HTTP exchange with the city that always ends: every wait has a limit, every answer a cap. */
export interface CityRequest {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'PATCH' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | { readonly bytes: number; readonly stream: () => Readable };
  readonly agent: Agent;
  readonly signal: AbortSignal;
  /** Longest silence; also the longest time that a whole answer may take once it has begun. */
  readonly idleTimeoutMs: number;
  readonly onSent?: (bytes: number) => void;
  /** Default 64 KiB. */
  readonly maxAnswerBytes?: number;
}

export interface CityAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type CityRequestError = {
  readonly code:
    | 'city-unreachable'
    | 'city-timeout'
    | 'city-nonsense'
    | 'dossier-unreadable'
    | 'upload-cancelled';
  readonly detail: string;
};

const MAX_ANSWER_BYTES = 65_536;
/**
 * The operating system takes some megabytes at once and sends them on a slow line for minutes, during which nothing is
 * heard: the answer to a body may take as long as the body needs at this speed, and the idle time-out on top.
 */
const SLOWEST_BYTES_PER_MS = 16;

export function askCity(ask: CityRequest): Promise<Result<CityAnswer, CityRequestError>> {
  const { body, signal, idleTimeoutMs } = ask;
  if (signal.aborted) return Promise.resolve(err({ code: 'upload-cancelled', detail: 'before the request' }));
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.bytes;
  return new Promise((resolve) => {
    const send = ask.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(ask.url, {
      method: ask.method,
      agent: ask.agent,
      headers: { ...ask.headers, ...(body === undefined ? {} : { 'content-length': length }) },
    });
    let timer: NodeJS.Timeout;
    const waitAtMost = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(err({ code: 'city-timeout', detail: ask.method })), milliseconds);
    };
    const finish = (result: Result<CityAnswer, CityRequestError>) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
      if (!result.ok) request.destroy();
    };
    const onAbort = () => finish(err({ code: 'upload-cancelled', detail: ask.method }));
    signal.addEventListener('abort', onAbort, { once: true });
    waitAtMost(idleTimeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) =>
      finish(err({ code: 'city-unreachable', detail: error.code ?? error.name })),
    );
    request.on('response', (response) => {
      waitAtMost(idleTimeoutMs);
      readAnswer(response, ask.maxAnswerBytes ?? MAX_ANSWER_BYTES, finish);
    });
    if (body === undefined || typeof body === 'string') {
      request.end(body);
      return;
    }
    const content = body.stream();
    content.on('data', (chunk) => {
      ask.onSent?.(chunk.length);
      waitAtMost(idleTimeoutMs);
    });
    content.on('end', () => waitAtMost(idleTimeoutMs + length / SLOWEST_BYTES_PER_MS));
    content.on('error', (error: NodeJS.ErrnoException) =>
      finish(err({ code: 'dossier-unreadable', detail: error.code ?? error.name })),
    );
    // What goes wrong is told by the events of the content and of the request.
    pipeline(content, request, () => undefined);
  });
}

function readAnswer(
  response: IncomingMessage,
  maxBytes: number,
  finish: (result: Result<CityAnswer, CityRequestError>) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) finish(err({ code: 'city-nonsense', detail: 'answer-too-long' }));
    else chunks.push(chunk);
  });
  response.on('error', () => finish(err({ code: 'city-unreachable', detail: 'answer-cut' })));
  response.on('end', () =>
    finish(
      ok({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    ),
  );
}

/** Undefined when it is none: what a city’s address answers may be anything. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
