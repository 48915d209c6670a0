import { createWriteStream } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from '@motcua/core';
import { connectTo } from './connect.ts';
import { MAX_XML_BYTES } from './xml.ts';

/** How a request can go wrong. `http-broken`: the scanner answered, but not with whole HTTP that can be used. */
export type HttpError =
  | {
      readonly code:
        | 'http-unreachable'
        | 'http-broken'
        | 'http-too-long'
        | 'http-stopped'
        /** Its certificate is not the one that is expected. */
        | 'http-untrusted';
    }
  | { readonly code: 'http-file'; readonly cause: unknown };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty when the body went into a file. */
  readonly body: Buffer;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Always on the scanner's own host: an address that the scanner names gives its path only. */
  readonly path: string;
  readonly body?: string;
  /** Where the body of a 200 goes; it must not exist. */
  readonly file?: string;
  readonly signal: AbortSignal;
  readonly onData?: () => void;
}

const MAX_HEADER_BYTES = 16_384;
/** An A3 page of 600 dpi, not packed, is 210 MB. */
const MAX_PAGE_BYTES = 268_435_456;

/**
 * One request to the scanner on a connection of its own; `certificate`: see `connectTo`. Redirects are answers like any other. Nothing is unpacked
 * (`Content-Encoding`): a small answer cannot become a large one, and a packed page is no image.
 */
export async function callScanner(
  base: URL,
  certificate: string | null,
  call: HttpCall,
): Promise<Result<HttpAnswer, HttpError>> {
  const socket = await connectTo(base, certificate, call.signal);
  if (!socket.ok) return socket;
  const response = await send(base, socket.value, call);
  if (!response.ok) return response;
  const { statusCode: status = 0, headers } = response.value;
  const { file } = call;
  const body = await (file !== undefined && status === 200
    ? writeBody(response.value, file, call)
    : readBody(response.value, call));
  return body.ok ? ok({ status, headers, body: body.value }) : body;
}

function send(base: URL, socket: Socket, call: HttpCall): Promise<Result<IncomingMessage, HttpError>> {
  return new Promise((resolve) => {
    const outgoing = request({
      createConnection: () => socket,
      path: call.path,
      method: call.method,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal: call.signal,
      headers: {
        Host: base.host,
        'Accept-Encoding': 'identity',
        ...(call.body === undefined
          ? {}
          : { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(call.body) }),
      },
    });
    outgoing.on('response', (response) => resolve(ok(response)));
    // Also after the response: its stream then says the same, and that one is listened to.
    outgoing.on('error', (error) => resolve(err(errorOf(error, call.signal))));
    outgoing.end(call.body);
  });
}

async function readBody(response: IncomingMessage, call: HttpCall): Promise<Result<Buffer, HttpError>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes > MAX_XML_BYTES) return err({ code: 'http-too-long' });
      chunks.push(chunk);
    }
  } catch {
    return err({ code: call.signal.aborted ? 'http-stopped' : 'http-broken' });
  }
  return ok(Buffer.concat(chunks));
}

async function writeBody(
  response: IncomingMessage,
  file: string,
  call: HttpCall,
): Promise<Result<Buffer, HttpError>> {
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      call.onData?.();
      done(bytes > MAX_PAGE_BYTES ? new Error('page too long') : null, chunk);
    },
  });
  const target = createWriteStream(file, { flags: 'wx' });
  let fault: unknown;
  target.on('error', (error) => {
    fault = error;
  });
  try {
    await pipeline(response, counted, target);
  } catch {
    if (call.signal.aborted) return err({ code: 'http-stopped' });
    if (isFileFault(fault)) return err({ code: 'http-file', cause: fault });
    return err({ code: bytes > MAX_PAGE_BYTES ? 'http-too-long' : 'http-broken' });
  }
  return ok(Buffer.alloc(0));
}

/** The pipeline also destroys the file's stream with the network's error; a file's own has a system call. */
function isFileFault(fault: unknown): boolean {
  return (
    fault instanceof Error &&
    'syscall' in fault &&
    typeof fault.syscall === 'string' &&
    ['open', 'write', 'close'].includes(fault.syscall)
  );
}

function errorOf(error: NodeJS.ErrnoException, signal: AbortSignal): HttpError {
  if (signal.aborted) return { code: 'http-stopped' };
  // `HPE_…`: what came was no HTTP. A connection closed without an answer is a scanner that went away.
  return { code: error.code?.startsWith('HPE_') ? 'http-broken' : 'http-unreachable' };
}
