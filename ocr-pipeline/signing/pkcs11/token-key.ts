import { hash, X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { digestOf } from '../algorithms.ts';
import type { SigningKey } from '../signing-key.ts';
import { startTokenClient, type TokenModule } from './token-client.ts';
import type { TokenError } from './token-error.ts';
import type { KeyChoice, OpenedKey, TokenFacts } from './token-session.ts';

/** A key in a token: signs as any other, until it is closed or the token is pulled. */
export interface TokenKey extends SigningKey {
  sign(data: Uint8Array): Promise<Result<Uint8Array, TokenError>>;
  /** Logs out and ends the token process. */
  close(): Promise<void>;
  /** Of the token process. */
  readonly pid: number | undefined;
}

const MAX_CHAIN = 5;

/** The tokens that are plugged in now, with what they show without a PIN. */
export async function listTokens(module: TokenModule): Promise<Result<readonly TokenFacts[], TokenError>> {
  const client = await startTokenClient(module);
  if (!client.ok) return client;
  const listed = await client.value.request({ method: 'list' });
  await client.value.end();
  return listed as Result<readonly TokenFacts[], TokenError>;
}

/**
 * Logs in to a token and opens one of its keys, in a process of its own: a library that hangs or crashes costs this
 * signature, not the service. The PIN goes to that process only and is kept there while the key is open, if at all.
 */
export async function openTokenKey(
  module: TokenModule,
  choice: KeyChoice,
  pin: string | null,
): Promise<Result<TokenKey, TokenError>> {
  const client = await startTokenClient(module);
  if (!client.ok) return client;
  const { request, end, pid } = client.value;
  const opened = await request({ method: 'open', choice, pin });
  if (!opened.ok) {
    await end();
    return opened;
  }
  const { certificate: der, others, algorithm } = opened.value as OpenedKey;
  const certificate = new X509Certificate(Buffer.from(der, 'base64'));
  return ok({
    chain: chainOf(certificate, others),
    algorithm,
    pid,
    sign: async (message) => {
      const digest = hash(digestOf(algorithm), message, 'base64');
      const signed = await request({ method: 'sign', digest });
      if (!signed.ok) return signed;
      return typeof signed.value === 'string'
        ? ok(Buffer.from(signed.value, 'base64'))
        : err({ code: 'token-failed', detail: 'no signature in the answer' });
    },
    close: end,
  });
}

function chainOf(leaf: X509Certificate, others: readonly string[]): [X509Certificate, ...X509Certificate[]] {
  const known = others.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf];
  for (let current = leaf; chain.length < MAX_CHAIN; ) {
    const issuer = known.find((one) => one.ca && current.checkIssued(one) && current.verify(one.publicKey));
    if (issuer === undefined || chain.includes(issuer)) break;
    chain.push(issuer);
    current = issuer;
  }
  return chain;
}
