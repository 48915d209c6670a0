import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@motcua/core';

export type ServiceError = { readonly code: 'service-unreachable' | 'token-unreadable' | 'service-error' };

export const serviceReasons = {
  'token-unreadable': 'the service does not run here, or this user may not speak to it (try as root)',
  'service-unreachable': 'the service does not answer: is it running?',
  'service-error': 'the service refused the question',
} as const satisfies Record<ServiceError['code'], string>;

/** Asks the running service on this machine, with the token of its run folder. */
export async function askService<T>(
  runFolder: string,
  method: 'GET' | 'POST',
  path: string,
  body: object = {},
): Promise<Result<T, ServiceError>> {
  let origin: string;
  let token: string;
  try {
    origin = readFileSync(join(runFolder, 'address'), 'utf8').trim();
    token = readFileSync(join(runFolder, 'token'), 'utf8').trim();
  } catch {
    return err({ code: 'token-unreadable' });
  }
  try {
    const answer = await fetch(new URL(path, origin), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    return answer.ok ? ok((await answer.json()) as T) : err({ code: 'service-error' });
  } catch {
    return err({ code: 'service-unreachable' });
  }
}
