import { hash, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, manualClock } from '@motcua/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from './revocation.ts';
import { openSeal } from './seal.ts';
import { verifySignature } from './signature-verify.ts';

const clock = manualClock('2026-10-08T02:00:00Z');
const content = Buffer.from('giấy khai sinh\n');
let folder: string;
const open = () => openSeal({ folder, clock, kioskId: 'K-27475-01', kioskName: 'Kiosk Tân Hưng 1' });

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'seal-')), 'keys');
});

describe('the seal of the kiosk', () => {
  it('is accepted by openssl as CAdES over the content, and refused over another', async () => {
    const seal = await open();
    await writeFile(join(folder, 's.p7s'), await seal.sign(content));
    await writeFile(join(folder, 'content'), content);
    await writeFile(join(folder, 'other'), 'other');
    const verify = (name: string) =>
      exec(
        'openssl',
        `cms -verify -cades -binary -inform DER -in s.p7s -content ${name} -CAfile device-certificate.pem -purpose any -attime ${clock.now().getTime() / 1000} -out out`.split(
          ' ',
        ),
        { timeoutMs: 20_000, cwd: folder },
      );
    expect((await verify('content')).ok).toBe(true);
    expect((await verify('other')).ok).toBe(false);
  });

  it('names the kiosk in a certificate that openssl finds well-formed', async () => {
    const seal = await open();
    const text = await exec('openssl', ['x509', '-noout', '-text', '-nameopt', 'utf8'], {
      timeoutMs: 20_000,
      input: seal.certificatePem,
    });
    const out = text.ok ? text.value.stdout.toString() : '';
    expect(out).toContain('Kiosk Tân Hưng 1');
    expect(out).toContain('Digital Signature, Non Repudiation');
    expect(out).toContain('CA:FALSE');
    expect(out).toContain('NIST CURVE: P-256');
  });

  it('is the same after a restart, with a key that nobody else may read', async () => {
    const first = await open();
    const again = await open();
    expect(again.certificatePem).toBe(first.certificatePem);
    expect((await stat(join(folder, 'device-key.pem'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('recovers from a stop between key and certificate, and sweeps a half-written key', async () => {
    const first = await open();
    await rm(join(folder, 'device-certificate.pem'));
    await writeFile(join(folder, 'device-key.pem.123.tmp'), 'half', { mode: 0o600 });
    const again = await open();
    const anchors = [new X509Certificate(again.certificatePem)];
    expect(new X509Certificate(first.certificatePem).publicKey.equals(anchors[0]!.publicKey)).toBe(true);
    const seen = verifySignature(
      await again.sign(content),
      (name) => hash(name, content, 'buffer'),
      { anchors, at: clock.now(), evidence: NO_EVIDENCE },
      { profile: 'cades' },
    );
    expect(seen.problems).toEqual([]);
    expect(await readdir(folder)).toEqual(['device-certificate.pem', 'device-key.pem']);
  });

  it.each([
    ['device-key-exposed', () => chmod(join(folder, 'device-key.pem'), 0o640)],
    ['device-key-missing', () => rm(join(folder, 'device-key.pem'))],
    ['device-key-damaged', () => writeFile(join(folder, 'device-key.pem'), 'x'.repeat(99))],
    ['device-certificate-damaged', () => writeFile(join(folder, 'device-certificate.pem'), '')],
  ])('refuses to start: %s', async (code, damage) => {
    await open();
    await damage();
    await expect(open()).rejects.toMatchObject({ code });
  });

  it('refuses a certificate of another key, and to make one while the clock is unset', async () => {
    await open();
    const mine = folder;
    folder = `${folder}-other`;
    const other = await open();
    await writeFile(join(mine, 'device-certificate.pem'), other.certificatePem);
    folder = mine;
    await expect(open()).rejects.toMatchObject({ code: 'device-certificate-mismatch' });
    const unset = manualClock('1970-01-01T00:00:05Z');
    const options = { folder: `${mine}-new`, clock: unset, kioskId: 'K', kioskName: 'K' };
    await expect(openSeal(options)).rejects.toMatchObject({ code: 'device-clock-implausible' });
  });
});
