import type { Readable, Writable } from 'node:stream';
import { err, ok, type Result } from '@motcua/core';

export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId: string | undefined;
}

export interface DevtoolsPipe {
  call(
    method: string,
    params?: object,
    sessionId?: string,
  ): Promise<
    Result<Readonly<Record<string, unknown>>, { readonly code: 'devtools-failed' | 'devtools-timeout' }>
  >;
  close(): void;
}

const CALL_TIMEOUT_MS = 10_000;
const MAX_MESSAGE = 4_194_304;

/** Chrome DevTools Protocol over `--remote-debugging-pipe`: JSON messages, each ended by a NUL byte. */
export function openDevtoolsPipe(
  to: Writable,
  from: Readable,
  onEvent: (event: DevtoolsEvent) => void,
  timeoutMs = CALL_TIMEOUT_MS,
): DevtoolsPipe {
  type Answer = { readonly error?: unknown; readonly result?: Record<string, unknown> };
  const waiting = new Map<number, (answer: Answer | undefined) => void>();
  let last = 0;
  let rest = Buffer.alloc(0);
  const close = () => {
    for (const settle of waiting.values()) settle({ error: 'closed' });
    waiting.clear();
  };
  const receive = (message: Buffer) => {
    let parsed: Answer & {
      id?: number;
      method?: string;
      params?: Record<string, unknown>;
      sessionId?: string;
    };
    try {
      parsed = JSON.parse(message.toString('utf8'));
    } catch {
      return;
    }
    if (parsed.id !== undefined) waiting.get(parsed.id)?.(parsed);
    else if (parsed.method)
      onEvent({ method: parsed.method, params: parsed.params ?? {}, sessionId: parsed.sessionId });
  };
  from.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      receive(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_MESSAGE) rest = Buffer.alloc(0);
  });
  for (const stream of [to, from]) stream.on('error', close);
  from.on('close', close);
  return {
    close,
    call: (method, params = {}, sessionId) =>
      new Promise((resolve) => {
        const id = ++last;
        const settle = (answer: Answer | undefined) => {
          clearTimeout(timer);
          waiting.delete(id);
          if (!answer) resolve(err({ code: 'devtools-timeout' }));
          else if (answer.error || !answer.result) resolve(err({ code: 'devtools-failed' }));
          else resolve(ok(answer.result));
        };
        const timer = setTimeout(() => settle(undefined), timeoutMs);
        waiting.set(id, settle);
        to.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
      }),
  };
}
