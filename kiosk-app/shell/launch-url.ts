import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '@motcua/core';

export interface ServiceAddress {
  /** `http://127.0.0.1:8740` */
  readonly origin: string;
  /** File (0600) in which the service keeps the token of this boot. */
  readonly tokenFile: string;
}

export type LaunchError = {
  readonly code: 'launch-no-token' | 'launch-service-absent' | 'launch-refused' | 'launch-nonsense';
};

const TIMEOUT_MS = 5_000;
const MAX_ANSWER = 4_096;

/**
 * Asks the service for an address that signs one browser in: it works once, within a minute. The token itself never
 * reaches a browser, a command line or a log.
 */
export async function requestLaunchUrl(service: ServiceAddress): Promise<Result<string, LaunchError>> {
  let token: string;
  try {
    token = (await readFile(service.tokenFile, 'utf8')).trim();
  } catch {
    return err({ code: 'launch-no-token' });
  }
  if (!/^[\x21-\x7e]{16,512}$/.test(token)) return err({ code: 'launch-no-token' });
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(new URL('/api/shell/launch-codes', service.origin), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await readCapped(answer, MAX_ANSWER);
  } catch {
    return err({ code: 'launch-service-absent' });
  }
  if (!answer.ok) return err({ code: 'launch-refused' });
  return readUrl(text, service.origin);
}

function readUrl(text: string, origin: string): Result<string, LaunchError> {
  try {
    const { url } = JSON.parse(text) as { url?: unknown };
    const absolute = new URL(String(url), origin);
    // Whatever answers on that port must not send the screen elsewhere.
    if (typeof url === 'string' && absolute.origin === new URL(origin).origin) return ok(absolute.href);
  } catch {
    // Falls through: the answer is not what the service would say.
  }
  return err({ code: 'launch-nonsense' });
}

async function readCapped(answer: Response, cap: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > cap) throw new RangeError('answer too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
