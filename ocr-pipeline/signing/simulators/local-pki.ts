import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import { caConfig, extensions, type LeafUse, tsaConfig } from './pki-config.ts';

/**
 * A public key infrastructure on this machine, made and run by OpenSSL: root, issuing authority, OCSP responder, CRLs
 * and time-stamp authority, answering over HTTP on the loopback address. For tests and the demo; nobody should trust it.
 */
export interface LocalPki {
  readonly folder: string;
  readonly url: string;
  readonly timeStampUrl: string;
  /** The anchor, PEM. */
  readonly rootPem: string;
  /** PEM of the issuing authority. */
  readonly issuingPem: string;
  /**
   * Issues a certificate for the private key in `keyFile` (PEM), made there when it is not (EC P-256, or as `newKey`
   * says in words of `openssl genpkey`). Answers the chain, leaf first, without the root.
   */
  issue(options: IssueOptions): Promise<readonly string[]>;
  /** From now on the responder and the list say that the certificate is revoked. */
  revoke(certificatePem: string): Promise<void>;
  /** What the authority answers: as it should, not at all (503), or tokens over other data than was asked. */
  setTimeStamping(mode: 'well' | 'out' | 'other-data'): void;
  /** Switches the OCSP responder and the CRLs off and on. */
  setStatus(mode: 'well' | 'out'): void;
  readonly requests: { timeStamps: number; ocsp: number; crls: number };
  close(): Promise<void>;
}

export interface IssueOptions {
  readonly keyFile: string;
  readonly name: string;
  readonly id?: string;
  readonly newKey?: readonly string[];
  readonly use?: LeafUse;
  /** Validity; from a day ago for a year when left out. */
  readonly from?: Date;
  readonly to?: Date;
}

const DAY_MS = 86_400_000;
const EC_KEY = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;
const MAX_REQUEST_BYTES = 65_536;

/** Opens the infrastructure in `folder`, on the port that it had before, and makes it there when there is none. */
export async function startLocalPki(options: {
  readonly folder: string;
  readonly port?: number;
}): Promise<LocalPki> {
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const openssl = async (...args: readonly string[]) =>
    unwrap(await exec('openssl', args, { timeoutMs: 30_000, cwd: folder })).stdout;
  const oneAfterAnother = queue();
  let timeStamping: 'well' | 'out' | 'other-data' = 'well';
  let status: 'well' | 'out' = 'well';
  let files = 0;
  const requests = { timeStamps: 0, ocsp: 0, crls: 0 };

  async function answer(path: string, body: Buffer): Promise<{ type: string; bytes: Buffer } | null> {
    const file = `request-${++files}`;
    const remove = () => Promise.all([file, `${file}.out`].map((one) => rm(at(one), { force: true })));
    try {
      if (path === '/tsa' && timeStamping !== 'out') {
        requests.timeStamps++;
        await writeFile(at(file), body);
        if (timeStamping === 'other-data')
          await openssl('ts', '-query', '-data', 'root.pem', '-sha256', '-cert', '-out', file);
        await openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', file, '-out', `${file}.out`);
        return { type: 'application/timestamp-reply', bytes: await readFile(at(`${file}.out`)) };
      }
      if (status === 'out') return null;
      if (path === '/ocsp') {
        requests.ocsp++;
        await writeFile(at(file), body);
        await openssl(
          ...'ocsp -index issuing.index -CA issuing.pem -rsigner ocsp.pem -rkey ocsp.key -nmin 1440'.split(
            ' ',
          ),
          ...['-reqin', file, '-respout', `${file}.out`],
        );
        return { type: 'application/ocsp-response', bytes: await readFile(at(`${file}.out`)) };
      }
      if (path === '/root.crl' || path === '/issuing.crl') {
        requests.crls++;
        return { type: 'application/pkix-crl', bytes: await readFile(at(path.slice(1))) };
      }
      if (path === '/issuing.crt')
        return { type: 'application/pkix-cert', bytes: await readFile(at('issuing.der')) };
      return null;
    } finally {
      await remove();
    }
  }

  const server = createServer((request, response) => {
    void readBody(request)
      .then((body) => oneAfterAnother(() => answer(request.url ?? '', body)))
      .catch(() => null)
      .then((found) => {
        if (found === null) return response.writeHead(503).end();
        response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
      });
  });
  const portFile = at('port');
  const port = options.port ?? (existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${bound}`;

  async function issue(request: IssueOptions): Promise<readonly string[]> {
    const { keyFile, name, id, use = 'signer', newKey = EC_KEY } = request;
    const from = request.from ?? new Date(Date.now() - DAY_MS);
    const to = request.to ?? new Date(Date.now() + 365 * DAY_MS);
    if (!existsSync(keyFile)) {
      await openssl('genpkey', ...newKey, '-out', keyFile);
      await chmod(keyFile, 0o600);
    }
    const subject = `/CN=${name}${id === undefined ? '' : `/serialNumber=${id}`}`;
    const file = `leaf-${++files}-${bound}`;
    await openssl('req', '-new', '-utf8', '-key', keyFile, '-subj', subject, '-out', `${file}.csr`);
    await openssl(
      ...['ca', '-batch', '-notext', '-utf8', '-config', 'issuing.cnf', '-extensions', use],
      ...[
        '-startdate',
        asn1Time(from),
        '-enddate',
        asn1Time(to),
        '-in',
        `${file}.csr`,
        '-out',
        `${file}.pem`,
      ],
    );
    const pem = await readFile(at(`${file}.pem`), 'utf8');
    await Promise.all(['csr', 'pem'].map((ending) => rm(at(`${file}.${ending}`))));
    return [pem, await readFile(at('issuing.pem'), 'utf8')];
  }

  const lists = async () => {
    for (const name of ['root', 'issuing']) {
      await openssl('ca', '-gencrl', '-config', `${name}.cnf`, '-crldays', '30', '-out', `${name}.crl.pem`);
      await openssl('crl', '-in', `${name}.crl.pem`, '-outform', 'DER', '-out', `${name}.crl`);
    }
  };

  async function make(): Promise<void> {
    for (const name of ['root', 'issuing']) {
      await writeFile(at(`${name}.index`), '');
      await writeFile(at(`${name}.index.attr`), 'unique_subject = no\n');
      await writeFile(at(`${name}.cnf`), caConfig(name, url));
      await openssl('genpkey', ...EC_KEY, '-out', `${name}.key`);
    }
    await openssl(
      ...['req', '-x509', '-new', '-key', 'root.key', '-subj', '/CN=Motcua demo root', '-days', '7300'],
      ...['-config', 'root.cnf', '-extensions', 'root', '-out', 'root.pem'],
    );
    await openssl(
      'req',
      '-new',
      '-key',
      'issuing.key',
      '-subj',
      '/CN=Motcua demo issuing',
      '-out',
      'issuing.csr',
    );
    await writeFile(at('issuing.ext'), extensions('issuing', url));
    await openssl(
      ...['x509', '-req', '-in', 'issuing.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-days', '3650'],
      ...['-set_serial', '2', '-extfile', 'issuing.ext', '-out', 'issuing.pem'],
    );
    await openssl('x509', '-in', 'issuing.pem', '-outform', 'DER', '-out', 'issuing.der');
    for (const [file, name] of [
      ['ocsp', 'Motcua demo OCSP'],
      ['tsa', 'Motcua demo TSA'],
    ] as const) {
      const [leaf] = await issue({ keyFile: at(`${file}.key`), name, use: file });
      await writeFile(at(`${file}.pem`), leaf ?? '');
    }
    await writeFile(at('chain.pem'), await readFile(at('issuing.pem')));
    await writeFile(at('tsa.serial'), '01\n');
    await writeFile(at('tsa.cnf'), tsaConfig());
    // Last: a stop before this makes everything again at the next start.
    await writeFile(portFile, String(bound));
  }
  try {
    if (!existsSync(portFile)) await make();
    await lists();
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    folder,
    url,
    timeStampUrl: `${url}/tsa`,
    rootPem: await readFile(at('root.pem'), 'utf8'),
    issuingPem: await readFile(at('issuing.pem'), 'utf8'),
    issue: (request) => oneAfterAnother(() => issue(request)),
    revoke: (pem) =>
      oneAfterAnother(async () => {
        await writeFile(at('revoke.pem'), pem);
        await openssl(
          'ca',
          '-config',
          'issuing.cnf',
          '-revoke',
          'revoke.pem',
          '-crl_reason',
          'keyCompromise',
        );
        await lists();
      }),
    setTimeStamping: (mode) => {
      timeStamping = mode;
    },
    setStatus: (mode) => {
      status = mode;
    },
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_REQUEST_BYTES) throw new Error('too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function asn1Time(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

/** OpenSSL's text databases know one writer at a time. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
