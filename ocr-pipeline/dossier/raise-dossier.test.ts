import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, systemClock, unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Authorities,
  createRevocationClient,
  createTimeStampClient,
  openSeal,
  type Seal,
} from '../signing/index.ts';
import { askBouncyCastle } from '../signing/outside/outside-test-bench.ts';
import { certifyDevice } from '../signing/simulators/certify-device.ts';
import { type LocalPki, startLocalPki } from '../signing/simulators/local-pki.ts';
import { raiseDossier } from './raise-dossier.ts';
import { buildSpecimenDossier, specimenDescription } from './specimen.ts';
import { supplementDossier } from './supplement-dossier.ts';
import { verifyDossier } from './verify-dossier.ts';

const dossierId = '01K6Z00000000000000000000A';
let folder: string;
let pki: LocalPki;
let seal: Seal;
let fresh: string;
let authorities: Authorities;
const at = (name: string) => join(folder, name);

async function makeSeal(name: string): Promise<Seal> {
  const device = { id: 'K-1', name: 'Kiosk Tân Hưng 1' };
  await certifyDevice(pki, at(name), device);
  return openSeal({ folder: at(name), clock: systemClock, kioskId: device.id, kioskName: device.name });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raise-'));
  pki = await startLocalPki({ folder: at('pki') });
  await writeFile(at('root.pem'), pki.rootPem);
  seal = await makeSeal('keys');
  fresh = (await buildSpecimenDossier({ folder, dossierId, seal, clock: systemClock })).file;
  authorities = {
    timeStamps: createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 5_000 }),
    revocation: createRevocationClient({ clock: systemClock, timeoutMs: 5_000 }),
    known: [new X509Certificate(pki.rootPem)],
  };
});
afterAll(() => pki.close());

const copy = async (name: string) => {
  await copyFile(fresh, at(name));
  return at(name);
};
const raise = async (file: string, renew = false) =>
  unwrap(await raiseDossier({ file, authorities, now: new Date(), renew }));
const verify = (file: string, when = new Date(), trust = [pki.rootPem]) =>
  verifyDossier(file, { trust, at: when });
const years = (count: number) => new Date(Date.now() + count * 365.25 * 86_400_000);

async function shell(command: string): Promise<string> {
  const result = await exec('sh', ['-ec', command], { timeoutMs: 30_000, cwd: folder });
  return result.ok
    ? `${result.value.stdout}${result.value.stderr}`
    : `FAILED ${JSON.stringify(result.error)}`;
}

describe('the level of a sealed dossier', () => {
  it('rises to B-LTA, by tools that know nothing of it as well', async () => {
    const file = await copy('lta.asice');
    const before = await verify(file);
    expect([before.verdict, before.signatures[0]?.level]).toEqual(['valid', 'B-B']);
    expect(before.reasons.map(({ code, weight }) => [code, weight])).toEqual([
      ['revocation-unavailable', 'warning'],
    ]);
    expect(await raise(file)).toMatchObject({ level: 'B-LTA', problem: null, changed: true });
    const seen = await verify(file);
    expect([seen.verdict, seen.reasons, seen.signatures[0]?.level]).toEqual(['valid', [], 'B-LTA']);
    expect(seen.signatures[0]?.revocation).toBe('checked');
    expect(seen.signatures[0]?.timeStamps.map((one) => one.authority?.name)).toEqual([
      'Motcua demo TSA',
      'Motcua demo TSA',
    ]);
    expect(await raise(file)).toMatchObject({ level: 'B-LTA', changed: false });

    await shell('rm -rf out; unzip -q lta.asice -d out');
    expect(
      await shell(
        'openssl cms -verify -cades -binary -inform DER -in out/META-INF/signature.p7s -content out/META-INF/ASiCManifest.xml -CAfile root.pem -purpose any -out manifest',
      ),
    ).toContain('erification successful');
    expect(
      await shell(
        'openssl ts -verify -token_in -in out/META-INF/timestamp1.tst -data out/META-INF/ASiCArchiveManifest.xml -CAfile root.pem',
      ),
    ).toContain('Verification: OK');
    const out = (name: string) => at(join('out', 'META-INF', name));
    const told = await askBouncyCastle(
      ...[out('signature.p7s'), out('ASiCManifest.xml')],
      ...[out('timestamp1.tst'), out('ASiCArchiveManifest.xml')],
    );
    expect(told.split('\n')).toEqual([
      'signature holds 1.2.840.10045.4.3.2',
      'time-stamp holds',
      'crls 1',
      'time-stamp holds',
    ]);
  });

  it('waits without the authority, and goes as far as each authority lets it', async () => {
    const file = await copy('waits.asice');
    pki.setTimeStamping('out');
    expect(await raise(file)).toMatchObject({ level: 'B-B', problem: 'tsa-unreachable', changed: false });
    pki.setTimeStamping('well');
    pki.setStatus('out');
    authorities = {
      ...authorities,
      revocation: createRevocationClient({ clock: systemClock, timeoutMs: 5_000 }),
    };
    expect(await raise(file)).toMatchObject({
      level: 'B-T',
      problem: 'revocation-unavailable',
      changed: true,
    });
    expect((await verify(file)).signatures[0]?.level).toBe('B-T');
    pki.setStatus('well');
    authorities = {
      ...authorities,
      revocation: createRevocationClient({ clock: systemClock, timeoutMs: 5_000 }),
    };
    expect(await raise(file)).toMatchObject({ level: 'B-LTA', problem: null });
    expect((await verify(file)).verdict).toBe('valid');
  });

  it('outlives its certificates: only the newest time-stamp must be alive', async () => {
    const file = await copy('old.asice');
    const early = await verify(file, years(2));
    expect([early.verdict, early.reasons.map(({ code }) => code)]).toEqual([
      'cannot-tell',
      ['certificate-expired-since', 'revocation-unavailable'],
    ]);
    await raise(file);
    expect((await verify(file, new Date(Date.now() + 300 * 86_400_000))).verdict).toBe('valid');
    const late = await verify(file, years(2));
    expect(late.verdict).toBe('cannot-tell');
    expect(late.reasons.map(({ code }) => code)).toContain('timestamp-expired-since');
  });

  it('is renewed by one more time-stamp over everything, and the old one stays', async () => {
    const file = await copy('renewed.asice');
    await raise(file);
    expect(await raise(file, true)).toMatchObject({ level: 'B-LTA', problem: null, changed: true });
    const seen = await verify(file);
    expect([seen.verdict, seen.reasons, seen.signatures[0]?.level]).toEqual(['valid', [], 'B-LTA']);
    expect(seen.signatures[0]?.timeStamps).toHaveLength(3);
    expect(await shell('unzip -Z1 renewed.asice')).toContain('META-INF/ASiCArchiveManifest1.xml');
  });
});

describe('a paper that comes later', () => {
  it('makes a new version, under a seal of its own, and the old one still verifies, at every level', async () => {
    const name = `${dossierId}.3.pdf`;
    await writeFile(at(name), '%PDF-1.7\nthêm\n%%EOF\n');
    for (const [previous, levels] of [
      [await copy('first.asice'), ['B-B', 'B-B']],
      [await copy('first-lta.asice'), ['B-LTA', 'B-B']],
    ] as const) {
      if (levels[0] === 'B-LTA') await raise(previous);
      const added = await supplementDossier({
        previous,
        documents: [{ name, file: at(name), mediaType: 'application/pdf' }],
        metadata: specimenDescription(dossierId, 3),
        seal,
        clock: systemClock,
        to: at('second.asice'),
      });
      expect(unwrap(added).documents.map((one) => one.name)).toEqual(
        [1, 2, 3].map((n) => `${dossierId}.${n}.pdf`),
      );
      const seen = await verify(at('second.asice'));
      expect([seen.verdict, seen.signatures.map(({ level }) => level)]).toEqual(['valid', levels]);
      expect(seen.metadata?.papers).toHaveLength(3);
      expect(await raise(at('second.asice'))).toMatchObject({ level: 'B-LTA', problem: null });
      const raised = await verify(at('second.asice'));
      expect([raised.verdict, raised.reasons]).toEqual(['valid', []]);
      expect(raised.signatures.map(({ level }) => level)).toEqual(['B-LTA', 'B-LTA']);
    }
  });
});

describe('a certificate that was revoked', () => {
  it('spoils what was sealed after it, not what was time-stamped before', async () => {
    const other = await makeSeal('revoked');
    const { file } = await buildSpecimenDossier({
      folder,
      dossierId: '01K6Z00000000000000000000B',
      seal: other,
      clock: systemClock,
    });
    await copyFile(file, at('before.asice'));
    await raise(at('before.asice'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await pki.revoke(other.certificatePem);
    authorities = {
      ...authorities,
      revocation: createRevocationClient({ clock: systemClock, timeoutMs: 5_000 }),
    };
    await copyFile(file, at('after.asice'));
    await raise(at('after.asice'));
    expect((await verify(at('before.asice'))).verdict).toBe('valid');
    const after = await verify(at('after.asice'));
    expect([after.verdict, after.reasons.map(({ code }) => code)]).toEqual([
      'invalid',
      expect.arrayContaining(['certificate-revoked-when-signed']),
    ]);
  });
});

describe('a container at B-LTA', () => {
  it('holds no bit that can be changed unseen', async () => {
    const file = await copy('bits.asice');
    await raise(file);
    const original = await readFile(file);
    const passed: string[] = [];
    // All bits would take minutes: one bit of every so many bytes, never the same bit twice in a row.
    const step = Number(process.env['BIT_STEP'] ?? 811);
    for (let at = 0; at < original.length; at += step) {
      const bytes = Buffer.from(original);
      bytes[at]! ^= 1 << (at % 8);
      await writeFile(`${file}.flipped`, bytes);
      const seen = await verify(`${file}.flipped`);
      if (seen.verdict === 'valid') passed.push(`${at} bit ${at % 8}`);
    }
    expect(passed).toEqual([]);
  });
});
