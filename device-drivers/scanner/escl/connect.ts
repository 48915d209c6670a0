import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { err, ok, type Result } from '@motcua/core';

export type ConnectError = { readonly code: 'http-unreachable' | 'http-untrusted' | 'http-stopped' };

/**
 * A connection to the scanner. Over `https` nothing is sent before its certificate is known: `certificate` (SHA-256) is
 * the only one that is taken, since scanners sign their own; without it, one that the system's authorities vouch for.
 */
export function connectTo(
  base: URL,
  certificate: string | null,
  signal: AbortSignal,
): Promise<Result<Socket, ConnectError>> {
  if (signal.aborted) return Promise.resolve(err({ code: 'http-stopped' }));
  const host = base.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket =
      base.protocol === 'https:'
        ? openTls(base, host, certificate === null)
        : connectTcp({ host, port: Number(base.port) || 80 });
    const end = (result: Result<Socket, ConnectError>) => {
      signal.removeEventListener('abort', onAbort);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const onAbort = () => end(err({ code: 'http-stopped' }));
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays: a request that is sent over the connection hears of its faults by itself.
    socket.on('error', (error) =>
      end(err({ code: isMistrust(error) ? 'http-untrusted' : 'http-unreachable' })),
    );
    socket.once(base.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      const isWrong = certificate !== null && fingerprintOf(socket as TLSSocket) !== certificate;
      end(isWrong ? err({ code: 'http-untrusted' }) : ok(socket));
    });
  });
}

/** The certificate that a scanner shows now, for the technician to compare with the scanner's own panel or page. */
export function readCertificate(base: URL, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = openTls(base, base.hostname.replace(/^\[|\]$/g, ''), false);
    const end = (fingerprint: string | null) => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.setTimeout(timeoutMs, () => end(null));
    socket.on('error', () => end(null));
    socket.once('secureConnect', () => end(fingerprintOf(socket)));
  });
}

const openTls = (base: URL, host: string, rejectUnauthorized: boolean): TLSSocket =>
  connectTls({
    host,
    port: Number(base.port) || 443,
    rejectUnauthorized,
    // Scanners stay in use for longer than protocols: what is known by its fingerprint may speak an older one.
    minVersion: rejectUnauthorized ? 'TLSv1.2' : 'TLSv1.1',
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
  });

function fingerprintOf(socket: TLSSocket): string | null {
  const { fingerprint256 } = socket.getPeerCertificate();
  return fingerprint256 ? fingerprint256.replaceAll(':', '').toLowerCase() : null;
}

/** OpenSSL's words for a chain that cannot be verified, and Node's for another host's certificate. */
function isMistrust(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
}
