import { err, ok, type Result } from '@motcua/core';

export type HttpError = { readonly code: 'http-unreachable' | 'http-status' | 'http-too-long' };

export interface HttpRequest {
  readonly url: string;
  readonly post?: { readonly body: Uint8Array; readonly contentType: string };
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** One bounded request to an authority: time-out over all of it, size cap, no redirects (they could lead anywhere). */
export async function requestBytes(request: HttpRequest): Promise<Result<Uint8Array, HttpError>> {
  const { url, post, timeoutMs, maxBytes } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      redirect: 'error',
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      ...(post && {
        method: 'POST',
        body: new Uint8Array(post.body),
        headers: { 'content-type': post.contentType },
      }),
    });
    if (answer.status !== 200 || answer.body === null) {
      await answer.body?.cancel();
      return err({ code: 'http-status' });
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      // Leaving the loop cancels the body.
      if (size > maxBytes) return err({ code: 'http-too-long' });
      chunks.push(chunk);
    }
    return ok(Buffer.concat(chunks));
  } catch {
    return err({ code: 'http-unreachable' });
  }
}
