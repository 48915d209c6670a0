import { verify, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Clock, Logger } from '@motcua/core';
import * as pki from 'pkijs';

const MAX_BYTES = 16_777_216;
const BLOCK = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

export interface RevocationList {
  /** `serial` as `X509Certificate.serialNumber` has it. */
  isRevoked(serial: string): Promise<boolean>;
}

/**
 * The city's list of revoked certificates, read again whenever its file changes. It must be signed by one of the
 * authorities. A file that is damaged at the start ends the start; later on, the last good list stays in force and the
 * log says so. A list past its `nextUpdate` stays in force as well: to refuse every kiosk because an operator forgot
 * a file would stop the city, and no revoked one gets in by it.
 */
export async function openRevocationList(options: {
  readonly file: string;
  readonly authoritiesPem: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<RevocationList> {
  const { file, logger } = options;
  const read = async () => {
    const { mtimeMs, size } = await stat(file);
    if (size > MAX_BYTES) throw new Error('the revocation list is too long');
    return {
      version: `${mtimeMs} ${size}`,
      ...parse(await readFile(file, 'latin1'), options.authoritiesPem),
    };
  };
  let current = await read();
  let failed = '';
  const warnWhenOld = () => {
    if (current.nextUpdate < options.clock.now())
      logger.error({ nextUpdate: current.nextUpdate.toISOString() }, 'the revocation list is out of date');
  };
  warnWhenOld();
  return {
    isRevoked: async (serial) => {
      const found = await stat(file).catch(() => undefined);
      const version = `${found?.mtimeMs} ${found?.size}`;
      if (version !== current.version && version !== failed) {
        try {
          current = await read();
          warnWhenOld();
        } catch (error) {
          failed = version;
          logger.error({ err: error }, 'the revocation list cannot be read; the last one stays in force');
        }
      }
      return current.serials.has(serial.toUpperCase());
    },
  };
}

/** @throws when nothing is in it, or a list in it is not signed by one of the authorities. */
function parse(text: string, authoritiesPem: string): { serials: ReadonlySet<string>; nextUpdate: Date } {
  const keys = (authoritiesPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block).publicKey,
  );
  const lists = [...text.matchAll(BLOCK)].map((match) =>
    pki.CertificateRevocationList.fromBER(Buffer.from(match[1]!, 'base64')),
  );
  if (lists.length === 0) throw new Error('no revocation list in its file');
  const serials = new Set<string>();
  let nextUpdate = new Date(8.64e15);
  for (const list of lists) {
    const signature = list.signatureValue.valueBlock.valueHexView;
    const signed = keys.some((key) => {
      try {
        return verify('sha256', list.tbsView, { key, dsaEncoding: 'der' }, signature);
      } catch {
        return false;
      }
    });
    if (!signed) throw new Error('the revocation list is not signed by an authority of this city');
    for (const revoked of list.revokedCertificates ?? [])
      serials.add(serialText(revoked.userCertificate.valueBlock.valueHexView));
    if (list.nextUpdate !== undefined && list.nextUpdate.value < nextUpdate)
      nextUpdate = list.nextUpdate.value;
  }
  return { serials, nextUpdate };
}

/** OpenSSL, and so Node, writes serial numbers without the zero octet that keeps DER's integers positive. */
function serialText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .toUpperCase()
    .replace(/^(00)+(?=..)/, '');
}
