import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenModule } from './token-client.ts';

export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '246810';

export type TestKeyKind = 'rsa' | 'p256' | 'p384';

/** SoftHSM tokens in a temporary folder, with an authority of its own made by openssl. */
export interface SoftHsm {
  readonly module: TokenModule;
  readonly folder: string;
  /** PEM of the authority that issued all certificates. */
  readonly authority: string;
  /** Makes a token; returns its serial number. */
  addToken(label: string): string;
  /** Puts a new key and its certificate on a token; returns the certificate in PEM. `withCertificate` false: bare key. */
  addKey(label: string, kind: TestKeyKind, commonName: string, options?: KeyOptions): string;
  /** As if it were pulled out. */
  pull(label: string): void;
  dispose(): void;
}

interface KeyOptions {
  readonly withKey?: boolean;
  readonly withCertificate?: boolean;
}

const GENERATE: Readonly<Record<TestKeyKind, readonly string[]>> = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-pkeyopt', 'ec_param_enc:named_curve'],
};

export function createSoftHsm(): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'softhsm-'));
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: conf };
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, {
      env: { ...process.env, ...env },
      timeout: 30_000,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  const at = (name: string) => join(folder, name);
  run('openssl', 'genpkey', ...GENERATE.p256, '-out', at('ca.key'));
  run(
    'openssl',
    ...['req', '-x509', '-new', '-utf8', '-key', at('ca.key'), '-days', '3650', '-subj', '/CN=CA thử nghiệm'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-out', at('ca.pem')],
  );
  writeFileSync(
    at('signer.ext'),
    'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n',
  );
  const folders = new Map<string, string>();
  let keys = 0;
  return {
    module: { modulePath: SOFTHSM, env },
    folder,
    authority: readFileSync(at('ca.pem'), 'utf8'),
    addToken: (label) => {
      const before = new Set(readdirSync(tokens));
      run('softhsm2-util', '--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', PIN);
      folders.set(label, join(tokens, readdirSync(tokens).find((name) => !before.has(name))!));
      const shown = run('softhsm2-util', '--show-slots');
      const slot = shown
        .split(/^Slot /m)
        .find((one) => one.includes(` ${label} `) || one.includes(` ${label}\n`));
      return slot!.match(/Serial number:\s+([0-9a-f]{16})/)![1]!;
    },
    addKey: (label, kind, commonName, { withKey = true, withCertificate = true } = {}) => {
      const id = String(++keys).padStart(4, '0');
      const name = `key-${id}`;
      run('openssl', 'genpkey', ...GENERATE[kind], '-out', at(`${name}.key`));
      run(
        'openssl',
        ...['req', '-new', '-utf8', '-key', at(`${name}.key`), '-subj', `/CN=${commonName}`],
        ...['-out', at(`${name}.csr`)],
      );
      run(
        'openssl',
        ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
        ...['-set_serial', String(1000 + keys), '-days', '365', '-extfile', at('signer.ext')],
        ...['-out', at(`${name}.pem`)],
      );
      if (withKey)
        run(
          'softhsm2-util',
          ...['--import', at(`${name}.key`), '--token', label, '--label', name, '--id', id, '--pin', PIN],
        );
      if (withCertificate) {
        run('openssl', 'x509', '-in', at(`${name}.pem`), '-outform', 'DER', '-out', at(`${name}.der`));
        run(
          'pkcs11-tool',
          ...['--module', SOFTHSM, '--token-label', label, '--login', '--pin', PIN],
          ...['--write-object', at(`${name}.der`), '--type', 'cert', '--id', id, '--label', name],
        );
      }
      return readFileSync(at(`${name}.pem`), 'utf8');
    },
    pull: (label) => {
      const token = folders.get(label);
      if (token === undefined || !statSync(token).isDirectory()) throw new Error(`no token ${label}`);
      rmSync(token, { recursive: true });
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
