import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenModule } from '../pkcs11/index.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const SOFT_HSM_PIN = '246810';

export type SoftKeyKind = 'rsa' | 'p256' | 'p384';

/** Tokens of SoftHSM in a folder, with an authority of their own made by openssl; used as any maker's library is. */
export interface SoftHsm {
  readonly module: TokenModule & { readonly env: { readonly SOFTHSM2_CONF: string } };
  /** PEM of the authority that issued all certificates. */
  readonly authority: string;
  /** Makes a token; returns its serial number. */
  addToken(label: string): string;
  /** Puts a new key and its certificate on a token, or only one of them; returns the certificate in PEM. */
  addKey(label: string, kind: SoftKeyKind, commonName: string, only?: 'key' | 'certificate'): string;
  /** Puts a key that somebody else certified on a token, its issuers beside it; the file is deleted. */
  importKey(label: string, keyFile: string, chain: readonly [string, ...string[]]): void;
  /** As if it were pulled out, for good. */
  pull(label: string): void;
}

const GENERATE: Readonly<Record<SoftKeyKind, readonly string[]>> = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-pkeyopt', 'ec_param_enc:named_curve'],
};

/** Whether this machine has what `openSoftHsm` needs. */
export function hasSoftHsm(): boolean {
  return [MODULE, '/usr/bin/softhsm2-util', '/usr/bin/pkcs11-tool', '/usr/bin/openssl'].every(existsSync);
}

/** Takes up what lies in the folder, or begins there. */
export function openSoftHsm(folder: string): SoftHsm {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
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
  if (!existsSync(at('ca.pem'))) {
    const subject = '/CN=CA thử nghiệm';
    const extension = 'keyUsage=critical,keyCertSign,cRLSign';
    run('openssl', 'genpkey', ...GENERATE.p256, '-out', at('ca.key'));
    run(
      'openssl',
      ...['req', '-x509', '-new', '-utf8', '-key', at('ca.key'), '-days', '3650', '-subj', subject],
      ...['-addext', extension, '-out', at('ca.pem')],
    );
  }
  writeFileSync(
    at('signer.ext'),
    'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n',
  );
  const folders = new Map<string, string>();
  let objects = readdirSync(folder).filter((name) => /^key-\d+\.pem$/.test(name)).length;
  const nextId = () => String(++objects).padStart(4, '0');
  const importKey = (label: string, id: string, keyFile: string) =>
    run(
      'softhsm2-util',
      ...['--import', keyFile, '--token', label, '--label', `key-${id}`, '--id', id, '--pin', SOFT_HSM_PIN],
    );
  const importCertificate = (label: string, id: string, pem: string) => {
    const file = at(`certificate-${id}.der`);
    writeFileSync(file, new X509Certificate(pem).raw);
    run(
      'pkcs11-tool',
      ...['--module', MODULE, '--token-label', label, '--login', '--pin', SOFT_HSM_PIN],
      ...['--write-object', file, '--type', 'cert', '--id', id, '--label', `key-${id}`],
    );
    rmSync(file);
  };
  return {
    module: { modulePath: MODULE, env },
    authority: readFileSync(at('ca.pem'), 'utf8'),
    addToken: (label) => {
      const before = new Set(readdirSync(tokens));
      run(
        'softhsm2-util',
        '--init-token',
        '--free',
        '--label',
        label,
        '--so-pin',
        '87654321',
        '--pin',
        SOFT_HSM_PIN,
      );
      folders.set(label, join(tokens, readdirSync(tokens).find((name) => !before.has(name))!));
      const slots = run('softhsm2-util', '--show-slots').split(/^Slot /m);
      const slot = slots.find((one) => one.includes(` ${label} `) || one.includes(` ${label}\n`));
      return slot!.match(/Serial number:\s+([0-9a-f]{16})/)![1]!;
    },
    addKey: (label, kind, commonName, only) => {
      const id = nextId();
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
        ...['-set_serial', String(1000 + objects), '-days', '365', '-extfile', at('signer.ext')],
        ...['-out', at(`${name}.pem`)],
      );
      if (only !== 'certificate') importKey(label, id, at(`${name}.key`));
      if (only !== 'key') importCertificate(label, id, readFileSync(at(`${name}.pem`), 'utf8'));
      // The token has it now; no copy stays beside it.
      rmSync(at(`${name}.key`));
      return readFileSync(at(`${name}.pem`), 'utf8');
    },
    importKey: (label, keyFile, [leaf, ...issuers]) => {
      const id = nextId();
      importKey(label, id, keyFile);
      rmSync(keyFile);
      importCertificate(label, id, leaf);
      for (const issuer of issuers) importCertificate(label, nextId(), issuer);
    },
    pull: (label) => {
      const token = folders.get(label);
      if (token === undefined) throw new Error(`no token ${label}`);
      rmSync(token, { recursive: true });
    },
  };
}
