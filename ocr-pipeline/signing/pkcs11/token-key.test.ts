import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signingKeyConformance } from '../signing-key-conformance.ts';
import { openSoftHsm, SOFT_HSM_PIN as PIN, type SoftHsm } from '../simulators/soft-hsm.ts';
import { CKM } from './constants.ts';
import { listTokens, openTokenKey, type TokenKey } from './token-key.ts';

let folder: string;
let hsm: SoftHsm;
const serials: Record<string, string> = {};
const certificates: Record<string, string> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soft-hsm-'));
  hsm = openSoftHsm(folder);
  for (const label of ['can bo', 'co quan', 'hai khoa']) serials[label] = hsm.addToken(label);
  certificates['rsa'] = hsm.addKey('can bo', 'rsa', 'Nguyễn Thị Thử');
  certificates['p384'] = hsm.addKey('co quan', 'p384', 'UBND phường Thử');
  certificates['p256'] = hsm.addKey('hai khoa', 'p256', 'Trần Văn Hai');
  certificates['other'] = hsm.addKey('hai khoa', 'p256', 'Trần Văn Hai (cũ)');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const message = Buffer.from('một cửa '.repeat(50));
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

describe.each([
  ['RSA-PSS', 'can bo', []],
  ['RSA-PSS on raw RSA', 'can bo', [CKM.RSA_PKCS_PSS]],
  ['ECDSA P-384', 'co quan', []],
] as const)('%s of a token', (_, label, disabledMechanisms) => {
  const opened: TokenKey[] = [];
  signingKeyConformance(async () => {
    const key = unwrap(await openTokenKey(hsm.module, { label, disabledMechanisms }, PIN));
    opened.push(key);
    return key;
  });
  afterAll(async () => {
    for (const key of opened) await key.close();
  });
});

describe('keys in a token', () => {
  it('lists the tokens with the certificates that they show without a PIN', async () => {
    const listed = await listTokens(hsm.module);
    const tokens = listed.ok ? listed.value : [];
    expect(tokens.map(({ label, serial, pin }) => [label, serial, pin]).sort()).toEqual(
      Object.entries(serials)
        .map(([label, serial]) => [label, serial, 'ready'])
        .sort(),
    );
    const shown = tokens.find((one) => one.label === 'can bo')!.certificates;
    expect(new X509Certificate(Buffer.from(shown[0]!, 'base64')).subject).toBe('CN=Nguyễn Thị Thử');
  });

  it.each([
    ['by the mechanism of the token', []],
    ['by our own EMSA-PSS on raw RSA', [CKM.RSA_PKCS_PSS]],
  ])('RSA-PSS %s, as openssl wants it', async (_, disabledMechanisms) => {
    const key = await open({ label: 'can bo', disabledMechanisms });
    expect(key.algorithm).toBe('rsa-pss-sha256');
    const signatures = [await sign(key), await sign(key)];
    // Salted: two signatures of one message differ.
    expect(signatures[0]).not.toEqual(signatures[1]);
    for (const signature of signatures) {
      expect(verify('sha256', message, { key: certificates['rsa']!, ...pss }, signature)).toBe(true);
      expect(verify('sha256', Buffer.from('x'), { key: certificates['rsa']!, ...pss }, signature)).toBe(
        false,
      );
    }
    await key.close();
  });

  it('RSA PKCS#1 where nothing else is left', async () => {
    const disabledMechanisms = [CKM.RSA_PKCS_PSS, CKM.RSA_X_509];
    const key = await open({ label: 'can bo', disabledMechanisms });
    expect(key.algorithm).toBe('rsa-pkcs1-sha256');
    expect(verify('sha256', message, certificates['rsa']!, await sign(key))).toBe(true);
    await key.close();
  });

  it('ECDSA on P-384 and P-256, in DER', async () => {
    const p384 = await open({ serial: serials['co quan']! });
    expect(p384.algorithm).toBe('ecdsa-p384-sha384');
    expect(verify('sha384', message, certificates['p384']!, await sign(p384))).toBe(true);
    await p384.close();
    const fingerprint = createHash('sha256')
      .update(new X509Certificate(certificates['p256']!).raw)
      .digest('hex');
    const p256 = await open({ label: 'hai khoa', fingerprint });
    expect(p256.algorithm).toBe('ecdsa-p256-sha256');
    expect(verify('sha256', message, certificates['p256']!, await sign(p256))).toBe(true);
    await p256.close();
  });

  it.each([
    [{}, 'token-several'],
    [{ label: 'không có' }, 'token-other'],
    [{ label: 'hai khoa' }, 'token-certificate-several'],
    [{ label: 'hai khoa', fingerprint: '0'.repeat(64) }, 'token-certificate-missing'],
    [{ label: 'can bo', disabledMechanisms: [1, 3, 0xd] }, 'token-key-unsupported'],
  ])('%j → %s', async (choice, code) => {
    const key = await openTokenKey(hsm.module, choice, PIN);
    expect(key.ok || key.error.code).toBe(code);
  });

  it('a certificate without its key, a token without a certificate', async () => {
    hsm.addToken('thieu');
    expect(await failure({ label: 'thieu' }, PIN)).toBe('token-certificate-missing');
    hsm.addKey('thieu', 'p256', 'Không khóa', 'certificate');
    expect(await failure({ label: 'thieu' }, PIN)).toBe('token-key-missing');
    hsm.pull('thieu');
  });

  it('a wrong PIN, and what the token says of it before the next try', async () => {
    hsm.addToken('sai pin');
    hsm.addKey('sai pin', 'p256', 'Sai PIN');
    expect(await failure({ label: 'sai pin' }, '000000')).toBe('token-pin-wrong-few-left');
    const listed = await listTokens(hsm.module);
    expect(listed.ok && listed.value.find((one) => one.label === 'sai pin')?.pin).toBe('few-left');
    expect(await failure({ label: 'sai pin' }, '')).toBe('token-pin-malformed');
    expect(await failure({ label: 'sai pin' }, PIN)).toBe('opened');
    hsm.pull('sai pin');
  });

  it('a token that is pulled while it signs', async () => {
    hsm.addToken('rut ra');
    hsm.addKey('rut ra', 'p256', 'Rút ra');
    const key = await open({ label: 'rut ra' });
    expect((await key.sign(message)).ok).toBe(true);
    hsm.pull('rut ra');
    const after = await key.sign(message);
    expect(after.ok || after.error.code).toBe('token-removed');
    await key.close();
    expect(await failure({ label: 'rut ra' }, PIN)).toBe('token-other');
  });

  it('a library that dies takes its own process with it, and says so', async () => {
    const key = await open({ label: 'can bo' });
    process.kill(key.pid!, 'SIGKILL');
    const signed = await key.sign(message);
    expect(signed.ok || signed.error.code).toBe('token-crashed');
    await key.close();
  });

  it('a library that does not answer in time is ended', async () => {
    const listed = await listTokens({ ...hsm.module, timeoutMs: 1 });
    expect(listed.ok || listed.error.code).toBe('token-timeout');
  });

  it('no library, or a file that is none', async () => {
    for (const modulePath of ['/usr/lib/no-such-library.so', '/etc/hostname']) {
      const listed = await listTokens({ ...hsm.module, modulePath });
      expect(listed.ok || listed.error.code).toBe('token-module-missing');
    }
  });

  async function open(choice: Parameters<typeof openTokenKey>[1]) {
    const key = await openTokenKey(hsm.module, choice, PIN);
    if (!key.ok) throw new Error(`${key.error.code}: ${key.error.detail}`);
    return key.value;
  }
  async function sign(key: Awaited<ReturnType<typeof open>>) {
    const signed = await key.sign(message);
    if (!signed.ok) throw new Error(`${signed.error.code}: ${signed.error.detail}`);
    return signed.value;
  }
  async function failure(choice: Parameters<typeof openTokenKey>[1], pin: string) {
    const key = await openTokenKey(hsm.module, choice, pin);
    if (!key.ok) return key.error.code;
    await key.value.close();
    return 'opened';
  }
});
