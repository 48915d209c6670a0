import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const SESSION_COOKIE = 'motcua_session';

/** Pages and pictures of this origin only; no inline code, no frames, no string that becomes code. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export interface GuardOptions {
  /** `127.0.0.1:8740`, and the same with `localhost`. */
  readonly hosts: () => readonly string[];
  readonly token: string;
  readonly onRefused: (code: string) => void;
}

type Refusal = { readonly status: 401 | 403 | 415 | 421; readonly code: string };

/**
 * Keeps other pages of the same browser and other programs away from the loopback service: exact Host (DNS rebinding),
 * Origin and Sec-Fetch-Site (other sites' requests), JSON only (form posts), session token (other local users).
 */
export function createGuard(options: GuardOptions) {
  return async function guard(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    const refusal = originRefusal(request, options) ?? tokenRefusal(request, options);
    if (!refusal) return undefined;
    options.onRefused(refusal.code);
    return reply.code(refusal.status).send({ code: refusal.code });
  };
}

function originRefusal(request: FastifyRequest, options: GuardOptions): Refusal | null {
  const { host, origin, 'sec-fetch-site': site, 'content-type': type } = request.headers;
  const hosts = options.hosts();
  if (!host || !hosts.includes(host)) return { status: 421, code: 'host-unknown' };
  if (origin !== undefined && !hosts.some((known) => origin === `http://${known}`))
    return { status: 403, code: 'origin-foreign' };
  const sameSite = site === undefined || site === 'same-origin' || site === 'none';
  if (!sameSite) return { status: 403, code: 'site-foreign' };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && !/^application\/json(;|$)/.test(type ?? '')) return { status: 415, code: 'json-only' };
  return null;
}

function tokenRefusal(request: FastifyRequest, options: GuardOptions): Refusal | null {
  // The route that will answer, not the address as it was written: `/%61pi/kiosk` leads to the same route.
  const isApi = [request.routeOptions.url, request.url].some((path) => path?.startsWith('/api/'));
  if (!isApi) return null;
  // Programs on this machine that may read the token's file (the shell, the technician's command) use the header.
  const bearer = request.headers.authorization?.match(/^Bearer ([\w-]{1,200})$/)?.[1];
  const given = bearer ?? request.cookies[SESSION_COOKIE] ?? '';
  return sameToken(given, options.token) ? null : { status: 401, code: 'session-missing' };
}

function sameToken(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
