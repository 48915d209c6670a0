import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IssuedCertificate } from '@motcua/contract';
import { type Clock, type Logger, moveFileDurable, writeFileDurable } from '@motcua/core';
import { makeCertificateRequest } from '@motcua/ocr-pipeline/dossier';
import { askCity } from './city-request.ts';
import { openAgent, type TlsFiles } from './upload-client.ts';

export interface CertificateRenewal {
  /** What the kiosk shows to the city now: the younger one of what was configured and what was renewed. */
  tls(): TlsFiles;
  /**
   * Asks for the next certificate when two thirds of the present one's life are over. The present one stays in use
   * until the city has answered over the next one; whatever is cut short goes on at the next call.
   */
  renewIfDue(signal: AbortSignal): Promise<'not-due' | 'renewed' | 'failed'>;
}

interface Options {
  readonly baseUrl: string;
  /** As the technician brought them; never written to. */
  readonly configured: TlsFiles;
  /** Of the kiosk's own: key and certificate in one file, so that they are replaced together. */
  readonly folder: string;
  readonly kioskId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly idleTimeoutMs: number;
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

export function createCertificateRenewal(options: Options): CertificateRenewal {
  const { configured, clock, logger } = options;
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  const present = join(options.folder, 'kiosk.pem');
  const next = join(options.folder, 'next.pem');
  const filesOf = (file: string): TlsFiles => ({ ...configured, certificate: file, key: file });

  const tls = () => {
    const [given, renewed] = [readCertificate(configured.certificate), readCertificate(present)];
    // After a certificate of the technician's, brought later, the renewed one is of the past.
    if (renewed === null || (given !== null && given.validFromDate > renewed.validFromDate))
      return configured;
    return filesOf(present);
  };

  /** The certificate that the city gives for this key to who shows that identity; null: it does not. */
  async function ask(identity: TlsFiles, keyPem: string, signal: AbortSignal): Promise<string | null> {
    const agent = openAgent(base, identity);
    if (agent === null) return null;
    try {
      const answer = await askCity({
        method: 'POST',
        url: new URL('certificates', base),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ request: makeCertificateRequest(createPrivateKey(keyPem), options.kioskId) }),
        agent,
        signal,
        idleTimeoutMs: options.idleTimeoutMs,
      });
      if (!answer.ok || answer.value.status !== 200) {
        const why = answer.ok ? `http-${answer.value.status}` : answer.error.code;
        logger.warn({ why }, 'the certificate was not renewed; it is tried again');
        return null;
      }
      return IssuedCertificate.parse(JSON.parse(answer.value.body)).certificate;
    } catch {
      logger.warn({ why: 'city-nonsense' }, 'the certificate was not renewed; it is tried again');
      return null;
    } finally {
      agent.destroy();
    }
  }

  /** The first use of the next certificate: with the city's answer over it the old one has ended. */
  async function useNext(signal: AbortSignal): Promise<'renewed' | 'failed'> {
    const pem = readFileSync(next, 'utf8');
    const key = pem.slice(0, pem.indexOf(CERTIFICATE));
    if ((await ask(filesOf(next), key, signal)) === null) return 'failed';
    await moveFileDurable(next, present);
    logger.info({ until: readCertificate(present)?.validTo }, 'the certificate was renewed');
    return 'renewed';
  }

  return {
    tls,
    renewIfDue: async (signal) => {
      const old = readCertificate(tls().certificate);
      const started = readCertificate(next);
      // Older than what a technician brought since, or ended: of no use.
      if (started !== null && old !== null && started.validFromDate < old.validFromDate) await rm(next);
      else if (started !== null && (await useNext(signal)) === 'renewed') return 'renewed';
      if (old === null || !isDue(old, clock.now())) return started === null ? 'not-due' : 'failed';
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      const pem = await ask(tls(), key, signal);
      if (pem === null) return 'failed';
      const issued = parseCertificate(pem);
      if (!issued?.checkPrivateKey(privateKey) || issued.validToDate <= old.validToDate) {
        logger.error({}, 'the city gave a certificate of another key, or an older one: it is not used');
        return 'failed';
      }
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      await writeFileDurable(next, `${key}${issued.toString()}`);
      return useNext(signal);
    },
  };
}

/** Now, and every `everyMs`, until the returned function is called. */
export function renewRegularly(renewal: CertificateRenewal, everyMs: number, logger: Logger): () => void {
  const stop = new AbortController();
  let running = false;
  const run = () => {
    if (running) return;
    running = true;
    renewal
      .renewIfDue(stop.signal)
      .catch((error: unknown) => logger.error({ err: error }, 'the certificate was not renewed'))
      .finally(() => {
        running = false;
      });
  };
  run();
  const timer = setInterval(run, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}

function isDue({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  const life = validToDate.getTime() - validFromDate.getTime();
  return now.getTime() >= validFromDate.getTime() + (life * 2) / 3;
}

/** Null when it is not there, or is no certificate. */
function readCertificate(file: string): X509Certificate | null {
  try {
    const pem = readFileSync(file, 'utf8');
    return parseCertificate(pem.slice(Math.max(0, pem.indexOf(CERTIFICATE))));
  } catch {
    return null;
  }
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
