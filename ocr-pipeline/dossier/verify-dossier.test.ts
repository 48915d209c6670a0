import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, manualClock } from '@motcua/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSeal, type Seal } from '../signing/index.ts';
import { type Forged, forgeZip } from './forge-zip.ts';
import { SHA256_URI, writeManifest } from './manifest.ts';
import { buildSpecimenDossier } from './specimen.ts';
import { verifyDossier } from './verify-dossier.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const dossierId = '01K6Z00000000000000000000A';
const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
const PDF = `${dossierId}.1.pdf`;
const MANIFEST = 'META-INF/ASiCManifest.xml';
const SIGNATURE = 'META-INF/signature.p7s';
let folder: string;
let seal: Seal;
let stranger: Seal;
let honest: Forged[];
let original: Buffer;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  const open = (name: string) =>
    openSeal({ folder: join(folder, name), clock, kioskId: 'K-1', kioskName: 'Kiosk' });
  [seal, stranger] = [await open('keys'), await open('stranger')];
  const built = await buildSpecimenDossier({ folder, dossierId, seal, clock, bytesPerPaper: 300 });
  original = await readFile(built.file);
  await exec('unzip', ['-q', built.file, '-d', join(folder, 'out')], { timeoutMs: 20_000 });
  const names = ['mimetype', PDF, `${dossierId}.2.pdf`, 'metadata.json', MANIFEST, SIGNATURE];
  honest = await Promise.all(
    names.map(async (name) => ({ name, data: await readFile(join(folder, 'out', name)) })),
  );
});

async function verify(bytes: Buffer, trust = [seal.certificatePem], at = clock.now()) {
  const file = join(folder, `${++count}.asice`);
  await writeFile(file, bytes);
  return verifyDossier(file, { trust, at });
}
const codesOf = (seen: { reasons: readonly { code: string }[] }) => seen.reasons.map((one) => one.code);
const change = (name: string, edit: Partial<Forged>) =>
  honest.map((one) => (one.name === name ? { ...one, ...edit } : one));
const insert = (entry: Forged) => [...honest.slice(0, 2), entry, ...honest.slice(2)];

/** Any files under a manifest that a real seal signs: what a thief of a kiosk, or another maker, could produce. */
async function sealed(
  files: readonly Forged[],
  options: {
    digestMethod?: string;
    manifest?: (xml: string) => string;
    signer?: Seal;
    signature?: Buffer;
  } = {},
) {
  const xml = writeManifest({
    signatureUri: SIGNATURE,
    references: files.map(({ name, data }) => ({
      uri: name,
      mediaType: null,
      digestMethod: options.digestMethod ?? SHA256_URI,
      digestValue: createHash(options.digestMethod?.match(/sha(1|512)$/)?.[0] ?? 'sha256')
        .update(data)
        .digest('base64'),
    })),
  });
  const data = Buffer.from(options.manifest?.(xml) ?? xml);
  const signature = options.signature ?? Buffer.from(await (options.signer ?? seal).sign(data));
  return [
    { name: 'mimetype', data: Buffer.from(MIMETYPE) },
    ...files,
    { name: MANIFEST, data },
    { name: SIGNATURE, data: signature },
  ];
}
const paper = { name: 'paper.txt', data: Buffer.from('giấy') };

describe('what is valid', () => {
  it('is what was sealed, also when another program packed it, deflated or with the comment of the standard', async () => {
    expect((await verify(original)).verdict).toBe('valid');
    expect((await verify(forgeZip(honest))).verdict).toBe('valid');
    const deflated = honest.map((one) => ({ ...one, deflate: one.name !== 'mimetype' }));
    expect((await verify(forgeZip(deflated))).verdict).toBe('valid');
    expect((await verify(forgeZip(honest, { comment: `mimetype=${MIMETYPE}` }))).verdict).toBe('valid');
  });

  it('is a container of another maker: SHA-512, other prefixes, RSA and RSA-PSS by openssl, a chain', async () => {
    const sha512 = await sealed([paper], { digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha512' });
    expect((await verify(forgeZip(sha512))).verdict).toBe('valid');
    const prefixed = await sealed([paper], {
      manifest: (xml) => xml.replaceAll('asic:', 'a:').replace(':asic=', ':a='),
    });
    expect((await verify(forgeZip(prefixed))).verdict).toBe('valid');
    const run = async (command: string) => {
      const result = await exec('openssl', command.split(' '), { timeoutMs: 60_000, cwd: folder });
      if (!result.ok) throw new Error(`${command}: ${JSON.stringify(result.error)}`);
    };
    const now = new Date();
    await run('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=CA');
    await run('req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=Leaf');
    await run('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -out leaf.pem');
    await writeFile(join(folder, 'm.xml'), (await sealed([paper])).at(-2)!.data);
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8');
    for (const padding of ['pkcs1', 'pss -keyopt rsa_mgf1_md:sha256 -keyopt rsa_pss_saltlen:32']) {
      const option = padding === 'pkcs1' ? '' : ` -keyopt rsa_padding_mode:${padding}`;
      await run(
        `cms -sign -cades -binary -md sha256 -in m.xml -signer leaf.pem -inkey leaf.key -outform DER -out s.p7s${option}`,
      );
      const files = await sealed([paper], { signature: await readFile(join(folder, 's.p7s')) });
      const seen = await verify(forgeZip(files), [ca], now);
      expect([seen.verdict, codesOf(seen), seen.signatures[0]?.trust]).toEqual([
        'valid',
        ['revocation-unavailable'],
        { trusted: true, why: 'chain' },
      ]);
      // The leaf's own issuer, not just any authority.
      expect((await verify(forgeZip(files), [seal.certificatePem], now)).verdict).toBe('cannot-tell');
    }
  });
});

describe('what was changed', () => {
  it('any byte of any file: never valid', async () => {
    for (const [index, entry] of honest.entries()) {
      for (const at of [0, Math.floor(entry.data.length / 2), entry.data.length - 1]) {
        const data = Buffer.from(entry.data);
        data[at]! ^= 0x01;
        const seen = await verify(forgeZip(honest.map((one, i) => (i === index ? { ...one, data } : one))));
        expect([entry.name, at, seen.verdict]).toEqual([entry.name, at, 'invalid']);
      }
    }
  });

  it('random bytes anywhere in the file: never another document under a valid verdict, never a crash', async () => {
    const expected = (await verify(original)).documents;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.option(fc.nat(original.length)),
        async (flips, cut) => {
          const bytes = Buffer.from(original);
          for (const [at, mask] of flips) bytes[at]! ^= mask;
          const seen = await verify(cut === null ? bytes : bytes.subarray(0, cut));
          if (seen.verdict === 'valid') expect(seen.documents).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each<[string, () => Buffer]>([
    ['document-unsigned', () => forgeZip(insert({ name: 'extra.pdf', data: Buffer.from('x') }))],
    ['document-unsigned', () => forgeZip(insert({ name: 'META-INF/extra.p7s', data: Buffer.from('x') }))],
    ['document-missing', () => forgeZip(honest.filter((one) => one.name !== PDF))],
    ['signature-missing', () => forgeZip(honest.filter((one) => one.name !== SIGNATURE))],
    ['manifest-missing', () => forgeZip(honest.filter((one) => one.name !== MANIFEST))],
    ['container-name-doubled', () => forgeZip(insert({ name: PDF, data: Buffer.from('x') }))],
    ['container-name-doubled', () => forgeZip(insert({ name: PDF.toUpperCase(), data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: '../x', data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: '/x', data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: 'a\\b', data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: './x', data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: `${PDF}\u0000.txt`, data: Buffer.from('x') }))],
    ['container-name-refused', () => forgeZip(insert({ name: 'x'.repeat(500), data: Buffer.from('x') }))],
    ['container-extra-bytes', () => forgeZip(change(PDF, { gap: Buffer.from('hidden') }))],
    ['container-extra-bytes', () => forgeZip(honest, { before: Buffer.from('#!/bin/sh\n') })],
    ['container-extra-bytes', () => forgeZip(change(SIGNATURE, { gap: Buffer.from('hidden') }))],
    ['container-extra-bytes', () => forgeZip(honest, { comment: 'hidden' })],
    ['container-extra-bytes', () => forgeZip(honest, { after: Buffer.from('hidden') })],
    ['container-headers-disagree', () => forgeZip(change(PDF, { local: { name: `${dossierId}.9.pdf` } }))],
    ['container-headers-disagree', () => forgeZip(change(PDF, { local: { size: 3 } }))],
    ['container-headers-disagree', () => forgeZip(change(PDF, { local: { method: 8 } }))],
    ['container-not-a-zip', () => forgeZip(change(PDF, { central: { size: 3 } }))],
    [
      'container-unreadable-entry',
      () => forgeZip(change(PDF, { local: { method: 12 }, central: { method: 12 } })),
    ],
    ['document-changed', () => forgeZip(change(PDF, { local: { crc: 1 }, central: { crc: 1 } }))],
    [
      'document-changed',
      () => forgeZip(change(PDF, { deflate: true, local: { size: 9 }, central: { size: 9 } })),
    ],
    ['container-mimetype-wrong', () => forgeZip(honest.slice(1))],
    ['container-mimetype-wrong', () => forgeZip([...honest.slice(1), honest[0]!])],
    [
      'container-mimetype-wrong',
      () => forgeZip(change('mimetype', { data: Buffer.from('application/zip') })),
    ],
    ['container-mimetype-wrong', () => forgeZip(change('mimetype', { deflate: true }))],
    ['container-not-a-zip', () => Buffer.alloc(0)],
    ['container-not-a-zip', () => Buffer.from('<html>')],
    ['container-not-a-zip', () => original.subarray(0, original.length - 30)],
  ])('%s (%#)', async (code, forge) => {
    const seen = await verify(forge());
    expect(seen.verdict).toBe('invalid');
    expect(codesOf(seen)).toContain(code);
  });

  it('bombs are refused unopened: ratio, one huge file, many files', async () => {
    const zeros = Buffer.alloc(8_000_000);
    const bomb = forgeZip(insert({ name: 'zeros', data: zeros, deflate: true }));
    expect(codesOf(await verify(bomb))).toEqual(['container-too-large']);
    const lying = forgeZip(
      insert({
        name: 'zeros',
        data: zeros,
        deflate: true,
        local: { size: 900_000 },
        central: { size: 900_000 },
      }),
    );
    expect((await verify(lying)).verdict).toBe('invalid');
    const many = Array.from({ length: 1_001 }, (_, index) => ({ name: `f${index}`, data: Buffer.alloc(0) }));
    expect(codesOf(await verify(forgeZip(many)))).toEqual(['container-too-many-files']);
    const limits = { files: 10, fileBytes: 100, totalBytes: 10_000_000, ratio: 200 };
    const file = join(folder, 'small-limits.asice');
    await writeFile(file, original);
    const seen = await verifyDossier(file, { trust: [], at: clock.now(), limits });
    expect(codesOf(seen)).toEqual(['container-too-large']);
  });
});

describe('signatures that do not count', () => {
  it('is by somebody who is not trusted: cannot-tell, and says who', async () => {
    const seen = await verify(forgeZip(await sealed([paper], { signer: stranger })));
    expect([seen.verdict, codesOf(seen)]).toEqual(['cannot-tell', ['signer-untrusted']]);
    expect(seen.signatures[0]?.signer?.fingerprint).toBe(stranger.fingerprint);
    expect((await verify(original, [])).verdict).toBe('cannot-tell');
  });

  it('is of other content', async () => {
    const signature = Buffer.from(await seal.sign(Buffer.from('other')));
    const seen = await verify(forgeZip(change(SIGNATURE, { data: signature })));
    expect(codesOf(seen)).toContain('signature-of-other-content');
  });

  it('has another certificate put in the place of the signer’s', async () => {
    // Same name, same length, another key: the DER stays well-formed.
    const der = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const [mine, theirs] = [der(seal.certificatePem), der(stranger.certificatePem)];
    const signature = honest.at(-1)!.data;
    const at = signature.indexOf(mine);
    expect(at).toBeGreaterThan(0);
    const swapped = Buffer.concat([signature.subarray(0, at), theirs, signature.subarray(at + mine.length)]);
    const seen = await verify(forgeZip(change(SIGNATURE, { data: swapped })), [stranger.certificatePem]);
    expect(seen.verdict).toBe('invalid');
  });

  it('was made before the certificate held, after it, or in the future', async () => {
    const at = async (time: string, now = time) => {
      clock.set(time);
      const files = await sealed([paper]);
      clock.set('2026-10-08T02:10:00Z');
      const seen = await verify(forgeZip(files), [seal.certificatePem], new Date(now));
      return [seen.verdict, ...codesOf(seen)];
    };
    expect(await at('2026-10-06T00:00:00Z')).toEqual([
      'invalid',
      'certificate-not-valid-when-signed',
      'document-unsigned',
    ]);
    expect(await at('2047-01-01T00:00:00Z')).toEqual([
      'invalid',
      'certificate-not-valid-when-signed',
      'document-unsigned',
    ]);
    expect(await at('2026-10-08T04:00:00Z', '2026-10-08T03:00:00Z')).toEqual([
      'cannot-tell',
      'signing-time-in-future',
    ]);
    expect(await at('2026-10-08T04:00:00Z', '2047-01-01T00:00:00Z')).toEqual([
      'cannot-tell',
      'certificate-expired-since',
    ]);
  });

  it('stands on a broken digest, in the manifest or in the CMS', async () => {
    const sha1 = await sealed([paper], { digestMethod: 'http://www.w3.org/2000/09/xmldsig#sha1' });
    expect(codesOf(await verify(forgeZip(sha1)))).toContain('manifest-weak-digest');
    await writeFile(join(folder, 'weak.xml'), (await sealed([paper])).at(-2)!.data);
    const keys = join(folder, 'keys');
    const signed = await exec(
      'openssl',
      `cms -sign -cades -binary -md sha1 -in weak.xml -signer ${keys}/device-certificate.pem -inkey ${keys}/device-key.pem -outform DER -out weak.p7s`.split(
        ' ',
      ),
      { timeoutMs: 20_000, cwd: folder },
    );
    expect(signed.ok).toBe(true);
    const files = await sealed([paper], { signature: await readFile(join(folder, 'weak.p7s')) });
    expect(codesOf(await verify(forgeZip(files)))).toContain('signature-weak-algorithm');
  });

  it.each<[string, (xml: string) => string]>([
    ['a document type', (xml) => xml.replace('?>', '?><!DOCTYPE x [<!ENTITY e "x">]>')],
    [
      'a file named twice',
      (xml) => xml.replace(/( {2}<asic:DataObj[\s\S]*?<\/asic:DataObjectReference>\n)/, '$1$1'),
    ],
    ['no reference', (xml) => xml.replace(/ {2}<asic:DataObj[\s\S]*<\/asic:DataObjectReference>\n/, '')],
    ['two signatures', (xml) => xml.replace(/( {2}<asic:SigReference[^>]*>)/, '$1$1')],
    ['no digest', (xml) => xml.replace(/<ds:DigestValue>.*<\/ds:DigestValue>/, '')],
    ['another root', (xml) => xml.replaceAll('ASiCManifest', 'Other')],
    ['something broken off', (xml) => xml.slice(0, -20)],
    [
      'depth',
      (xml) => xml.replace('<ds:DigestMethod', `${'<a>'.repeat(500)}${'</a>'.repeat(500)}<ds:DigestMethod`),
    ],
  ])('covers a manifest with %s', async (_, manifest) => {
    expect(codesOf(await verify(forgeZip(await sealed([paper], { manifest }))))).toContain(
      'manifest-malformed',
    );
  });

  it('is XAdES, which is not judged here: cannot-tell', async () => {
    const files = [...honest.slice(0, 3), { name: 'META-INF/signatures.xml', data: Buffer.from('<x/>') }];
    const seen = await verify(forgeZip(files));
    expect([seen.verdict, codesOf(seen)]).toEqual(['cannot-tell', ['signature-format-unsupported']]);
  });
});
