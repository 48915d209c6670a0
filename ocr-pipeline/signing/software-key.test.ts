import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, unwrap } from '@motcua/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { signingKeyConformance } from './signing-key-conformance.ts';
import { openSoftwareKey } from './software-key.ts';

const passphrase = 'mật khẩu dài';
let folder: string;

async function openssl(...args: readonly string[]): Promise<Buffer> {
  return unwrap(await exec('openssl', args, { timeoutMs: 20_000, cwd: folder })).stdout;
}

/** An encrypted PKCS#8 file and a certificate, both by openssl. */
async function makeKey(name: string, ...keyArgs: readonly string[]): Promise<void> {
  await openssl('genpkey', ...keyArgs, '-out', `${name}.plain`);
  await openssl(
    'pkcs8',
    '-topk8',
    '-v2',
    'aes-256-cbc',
    '-in',
    `${name}.plain`,
    '-out',
    `${name}.pem`,
    '-passout',
    `pass:${passphrase}`,
  );
  await openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    `${name}.plain`,
    '-subj',
    `/CN=${name}`,
    '-days',
    '30',
    '-out',
    `${name}.crt`,
  );
  await chmod(join(folder, `${name}.pem`), 0o600);
}

const open = (name: string, change: object = {}) =>
  openSoftwareKey({
    keyFile: join(folder, `${name}.pem`),
    certificateFile: join(folder, `${name}.crt`),
    passphrase,
    ...change,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'software-key-'));
  await makeKey('rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072');
  await makeKey('p256', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  await makeKey('p384', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384');
  await makeKey('short', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024');
});

describe.each([
  ['rsa-pss-sha256', 'rsa', 'pss'],
  ['rsa-pkcs1-sha256', 'rsa', 'pkcs1'],
  ['ecdsa-p256-sha256', 'p256', 'pss'],
  ['ecdsa-p384-sha384', 'p384', 'pss'],
] as const)('an encrypted key for %s', (algorithm, name, rsaPadding) => {
  const opened = async () => unwrap(await open(name, { rsaPadding }));
  it('says what it signs with', async () => {
    expect((await opened()).algorithm).toBe(algorithm);
  });
  signingKeyConformance(opened);
});

describe('a key that is refused', () => {
  it.each([
    ['key-passphrase-wrong', () => open('rsa', { passphrase: 'wrong' })],
    ['key-file-unreadable', () => open('none')],
    [
      'key-file-not-encrypted',
      async () => {
        await writeFile(join(folder, 'plain.pem'), await readFile(join(folder, 'rsa.plain')), {
          mode: 0o600,
        });
        return open('plain');
      },
    ],
    [
      'key-file-exposed',
      async () => {
        await writeFile(join(folder, 'open.pem'), await readFile(join(folder, 'rsa.pem')));
        await chmod(join(folder, 'open.pem'), 0o644);
        return open('open');
      },
    ],
    ['key-certificate-mismatch', () => open('rsa', { certificateFile: join(folder, 'p256.crt') })],
    ['key-certificate-missing', () => open('rsa', { certificateFile: join(folder, 'none') })],
    ['key-algorithm-unfit', () => open('short')],
  ])('%s', async (code, attempt) => {
    expect(await attempt()).toMatchObject({ ok: false, error: { code } });
  });
});
