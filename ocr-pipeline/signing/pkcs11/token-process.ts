// The token process: it alone loads the library of a token's maker. One line of JSON in, one out, on descriptor 3.
import { Socket } from 'node:net';
import { err, ok, type Result, unreachable } from '@motcua/core';
import { z } from 'zod';
import { CryptokiError } from './constants.ts';
import { loadCryptoki } from './cryptoki.ts';
import { readFrames, writeFrame } from './frames.ts';
import { type TokenError, tokenErrorOf } from './token-error.ts';
import { createTokenSession, type TokenSession } from './token-session.ts';

export const TokenRequest = z.discriminatedUnion('method', [
  z.object({ id: z.int(), method: z.literal('load'), modulePath: z.string().max(4_096) }),
  z.object({ id: z.int(), method: z.literal('list') }),
  z.object({
    id: z.int(),
    method: z.literal('open'),
    choice: z.object({
      serial: z.string().max(64).optional(),
      label: z.string().max(128).optional(),
      fingerprint: z.string().max(64).optional(),
      disabledMechanisms: z.array(z.int()).max(100).optional(),
    }),
    pin: z.string().max(256).nullable(),
  }),
  z.object({ id: z.int(), method: z.literal('sign'), digest: z.base64().max(100) }),
  z.object({ id: z.int(), method: z.literal('close') }),
]);
export type TokenRequest = z.infer<typeof TokenRequest>;

const channel = new Socket({ fd: 3 });
let session: TokenSession | undefined;

function load(modulePath: string): Result<null, TokenError> {
  try {
    session = createTokenSession(loadCryptoki(modulePath));
    return ok(null);
  } catch (error) {
    if (error instanceof CryptokiError) return err(tokenErrorOf(error));
    return err({ code: 'token-module-missing', detail: 'the library cannot be loaded' });
  }
}

function answer(request: TokenRequest): Result<unknown, TokenError> {
  if (request.method === 'load') return load(request.modulePath);
  if (!session) return err({ code: 'token-module-missing', detail: 'no library is loaded' });
  switch (request.method) {
    case 'list':
      return session.list();
    case 'open':
      return session.open(definedOnly(request.choice), request.pin);
    case 'sign': {
      const signed = session.sign(Buffer.from(request.digest, 'base64'));
      return signed.ok ? ok(signed.value.toString('base64')) : signed;
    }
    case 'close':
      session.close();
      return ok(null);
    default:
      return unreachable(request);
  }
}

/** Optional fields that were left out, not `undefined`. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}

readFrames(
  channel,
  (frame) => {
    const request = TokenRequest.parse(frame);
    writeFrame(channel, { id: request.id, result: answer(request) });
  },
  () => process.exit(2),
);
// The service is gone: so is the login to the token.
channel.on('end', () => process.exit(0));
channel.on('error', () => process.exit(0));
