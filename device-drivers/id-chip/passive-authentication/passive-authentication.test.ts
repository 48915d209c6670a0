import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integer, nothing, octets, oid, sequence } from '../../simulators/chip/der.ts';
import { createTestAuthority } from '../../simulators/chip/test-authority.ts';
import { concat } from '../bytes.ts';
import { encodeTlv } from '../tlv.ts';
import { importPublicKey, parseAlgorithm, verifySignature } from './algorithms.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { parseMasterList } from './master-list.ts';
import { createOpensslAuthority, type OpensslAuthority, type OpensslParty } from './openssl-test-bench.ts';
import { authenticatePassively, type PassiveAuthenticationInput } from './passive-authentication.ts';
import { parseSecurityObject } from './security-object.ts';
import { findAnchor, loadTrustFolder, type TrustStore } from './trust-store.ts';

const dataGroups = new Map([
  [1, Buffer.from('data group one')],
  [13, Buffer.from('data group thirteen')],
]);
const now = new Date();

let made: OpensslAuthority;
let root: OpensslParty;
let signer: OpensslParty;
beforeAll(async () => {
  made = await createOpensslAuthority();
  root = await made.csca('root', 'rsa');
  signer = await made.signer('signer', 'rsa', root);
});
afterAll(() => made[Symbol.asyncDispose]());

const store = async (...parties: readonly OpensslParty[]): Promise<TrustStore> => ({
  certificates: await Promise.all(
    parties.map(async (party) => unwrap(parseCertificate(await made.certificate(party)))),
  ),
});
const check = (input: Partial<PassiveAuthenticationInput>) =>
  authenticatePassively({
    sod: undefined,
    dataGroups,
    refused: [],
    store: { certificates: [] },
    issuedAt: null,
    now,
    country: 'VN',
    ...input,
  });

describe('a security object of OpenSSL', () => {
  it('is authentic under its CSCA', async () => {
    const sod = await made.securityObject(dataGroups, signer);
    expect(check({ sod, store: await store(root) })).toMatchObject({
      outcome: 'authentic',
      anchor: { subject: '2.5.4.6=vn/2.5.4.10=test/2.5.4.3=root' },
    });
  });

  it.each([
    ['RSA-PSS', 'rsa', ['-keyopt', 'rsa_padding_mode:pss']],
    [
      'RSA-PSS with another hash in its mask',
      'rsa',
      ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha1'],
    ],
    ['SHA-512 by RSA', 'rsa', ['-md', 'sha512']],
    ['ECDSA on a brainpool curve', 'brainpoolP256r1', ['-md', 'sha256']],
    ['ECDSA on a curve written out', 'brainpoolP384r1-explicit', ['-md', 'sha384']],
    ['the key’s identifier instead of its name', 'secp384r1', ['-keyid']],
  ] as const)('signed with %s', async (name, kind, words) => {
    const other = await made.signer(`signer-${name.replace(/\W/g, '')}`, kind, root);
    const sod = await made.securityObject(dataGroups, other, { hash: 'sha512', arguments: words });
    const trusted = await store(root);
    expect(check({ sod, store: trusted })).toMatchObject({ outcome: 'authentic' });
    const altered = Uint8Array.from(sod);
    altered[altered.length - 5]! ^= 1;
    expect(check({ sod: altered, store: trusted }).outcome).toBe('altered');
  });

  it('without its signer’s certificate finds it in the folder', async () => {
    const sod = await made.securityObject(dataGroups, signer, { arguments: ['-nocerts'] });
    expect(check({ sod, store: await store(root) })).toEqual({
      outcome: 'unverifiable',
      reason: 'signer-certificate-missing',
    });
    expect(check({ sod, store: await store(root, signer) }).outcome).toBe('authentic');
  });

  it('without signed attributes is refused: 9303-10 demands them', async () => {
    const sod = await made.securityObject(dataGroups, signer, { arguments: ['-noattr'] });
    expect(check({ sod, store: await store(root) })).toEqual({
      outcome: 'unverifiable',
      reason: 'sod-malformed',
    });
  });

  it('over other bytes is altered, whichever file it is, and so is a file that it does not list', async () => {
    const sod = await made.securityObject(dataGroups, signer);
    const trusted = await store(root);
    for (const number of [1, 13]) {
      const other = new Map([...dataGroups, [number, Buffer.from('else')] as const]);
      expect(check({ sod, store: trusted, dataGroups: other })).toEqual({
        outcome: 'altered',
        reason: 'hash',
        dataGroup: number,
      });
    }
    const more = new Map([...dataGroups, [2, Buffer.from('a photo')] as const]);
    expect(check({ sod, store: trusted, dataGroups: more })).toMatchObject({ reason: 'not-covered' });
    expect(check({ sod, store: trusted, refused: [13, 14] })).toMatchObject({
      reason: 'signed-file-missing',
      dataGroup: 13,
    });
  });

  it('with other hashes under the same signature is altered', async () => {
    const sod = await made.securityObject(dataGroups, signer);
    const other = new Map([...dataGroups, [1, Buffer.from('another person')] as const]);
    const hash = (content: Uint8Array) => createHash('sha256').update(content).digest();
    const swapped = Buffer.from(sod);
    hash(other.get(1)!).copy(swapped, swapped.indexOf(hash(dataGroups.get(1)!)));
    expect(check({ sod: swapped, store: await store(root), dataGroups: other })).toEqual({
      outcome: 'altered',
      reason: 'signature',
      dataGroup: null,
    });
  });

  it('any byte of it changed never leaves it authentic with other hashes', async () => {
    const sod = await made.securityObject(dataGroups, signer);
    const trusted = await store(root);
    const other = new Map([
      [1, Buffer.from('another person')],
      [13, dataGroups.get(13)!],
    ]);
    for (let at = 0; at < sod.length; at += 7) {
      const altered = Uint8Array.from(sod);
      altered[at]! ^= 0x21;
      expect(check({ sod: altered, store: trusted, dataGroups: other }).outcome).not.toBe('authentic');
    }
  });
});

describe('the way to an anchor', () => {
  it('goes over link certificates, and only to what was supplied', async () => {
    const next = await made.csca('next', 'secp384r1');
    const link = await made.link('link', next, root);
    const newer = await made.signer('newer', 'secp384r1', next);
    const sod = await made.securityObject(dataGroups, newer);
    expect(check({ sod, store: await store(root, link) })).toMatchObject({
      outcome: 'authentic',
      anchor: { subject: expect.stringContaining('root') },
    });
    expect(check({ sod, store: await store(next) }).outcome).toBe('authentic');
    // A link alone is no anchor: it is not self-signed.
    expect(check({ sod, store: await store(link) })).toMatchObject({ reason: 'issuer-unknown' });
    expect(check({ sod, store: await store(root) })).toMatchObject({ reason: 'issuer-unknown' });
  });

  it('does not end at a signer, a namesake or another country', async () => {
    const sod = await made.securityObject(dataGroups, signer);
    expect(check({ sod, store: await store(signer) })).toMatchObject({ outcome: 'issuer-not-trusted' });
    // A document signer certifies nobody.
    const grandchild = await made.signer('grandchild', 'secp384r1', signer);
    const sealed = await made.securityObject(dataGroups, grandchild);
    expect(check({ sod: sealed, store: await store(root, signer) })).toMatchObject({
      reason: 'issuer-unknown',
    });
    await using foreign = await createOpensslAuthority();
    const namesake = unwrap(parseCertificate(await foreign.certificate(await foreign.csca('root', 'rsa'))));
    expect(check({ sod, store: { certificates: [namesake] } })).toMatchObject({ reason: 'issuer-unknown' });
    const abroad = await made.csca('abroad', 'secp384r1', 'UT');
    const theirs = await made.securityObject(dataGroups, await made.signer('theirs', 'secp384r1', abroad));
    expect(check({ sod: theirs, store: await store(root, abroad) })).toEqual({
      outcome: 'issuer-not-trusted',
      reason: 'another-country',
    });
  });

  it('is judged at the time of signing, not of reading', () => {
    const then = new Date('2012-03-04T05:06:07Z');
    const authority = createTestAuthority({ now: then });
    const csca = unwrap(parseCertificate(authority.cscaCertificate));
    const sod = authority.signDataGroups(dataGroups);
    // Its certificates ended in 2022; it was signed in 2012.
    expect(check({ sod, store: { certificates: [csca] } }).outcome).toBe('authentic');
    const dsc = unwrap(parseCertificate(authority.signerCertificate));
    expect(findAnchor(dsc, { certificates: [csca] }, now, 'VN')).toEqual({
      ok: false,
      error: 'not-valid-then',
    });
  });
});

describe('the trust folder', () => {
  it('takes PEM, DER and master lists, and says what it could not use', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'motcua-trust-'));
    const second = await made.csca('second', 'secp384r1', 'UT');
    const list = await made.masterList([root, second], await made.signer('list-signer', 'rsa', root));
    const pem = `comment\n-----BEGIN CERTIFICATE-----\n${Buffer.from(await made.certificate(second)).toString('base64')}\n-----END CERTIFICATE-----\n`;
    await writeFile(join(folder, 'a.pem'), pem);
    await writeFile(join(folder, 'b.cer'), await made.certificate(root));
    await writeFile(join(folder, 'c.ml'), list);
    await writeFile(join(folder, 'notes.txt'), 'nothing');
    const loaded = unwrap(await loadTrustFolder(folder));
    expect(loaded.store.certificates.map(({ country }) => country)).toEqual(['UT', 'VN', 'VN', 'UT']);
    expect(loaded.skipped).toEqual([{ file: 'notes.txt', reason: 'no certificate' }]);
    await rm(folder, { recursive: true });
    expect(await loadTrustFolder(folder)).toMatchObject({ error: { code: 'trust-folder-unreadable' } });
  });

  it('a master list whose signer no CSCA of it certified is refused, and so is an altered one', async () => {
    const stranger = await made.csca('stranger', 'secp384r1');
    const outsider = await made.signer('outsider', 'secp384r1', stranger);
    const list = await made.masterList([root], outsider);
    const refused = { ok: false, error: { code: 'master-list-signature' } };
    expect(parseMasterList(list)).toEqual(refused);
    const good = await made.masterList([root, stranger], outsider);
    expect(parseMasterList(good)).toMatchObject({ ok: true });
    const altered = Uint8Array.from(good);
    altered[altered.length - 5]! ^= 1;
    expect(parseMasterList(altered)).toEqual(refused);
  });
});

describe('hostile numbers', () => {
  it('a million hashes are refused without being looked at, and so is one data group twice', async () => {
    const algorithm = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing);
    const entry = sequence(integer(1), octets(new Uint8Array(32)));
    const refused = { ok: false, error: { code: 'sod-malformed' } };
    const list = (count: number) => encodeTlv(0x30, Buffer.alloc(entry.length * count, entry));
    for (const count of [2, 17, 1_000_000]) {
      const sod = await made.seal(sequence(integer(0), algorithm, list(count)), signer);
      expect(parseSecurityObject(sod)).toEqual(refused);
    }
    expect(parseSecurityObject(await made.seal(sequence(integer(0), algorithm, list(1)), signer)).ok).toBe(
      true,
    );
  });

  const rsaKey = (modulus: Uint8Array, exponent: Uint8Array) =>
    sequence(
      sequence(oid('1.2.840.113549.1.1.1'), nothing),
      encodeTlv(0x03, Uint8Array.of(0), sequence(encodeTlv(0x02, modulus), encodeTlv(0x02, exponent))),
    );
  const odd = (bytes: number) => concat(Uint8Array.of(0), new Uint8Array(bytes).fill(0xa5));

  it.each([
    ['RSA of 16,384 bits', rsaKey(odd(2_048), Uint8Array.of(1, 0, 1))],
    ['RSA of 512 bits', rsaKey(odd(64), Uint8Array.of(1, 0, 1))],
    ['an exponent of 2,048 bits', rsaKey(odd(256), odd(256))],
    ['a megabyte of key', rsaKey(odd(1_000_000), Uint8Array.of(3))],
    [
      'a curve of its own',
      sequence(
        sequence(
          oid('1.2.840.10045.2.1'),
          sequence(
            integer(1),
            sequence(oid('1.2.840.10045.1.1'), integer(23n)),
            sequence(octets(Uint8Array.of(1)), octets(Uint8Array.of(1))),
            octets(Uint8Array.of(4, 3, 10)),
            integer(28),
          ),
        ),
        encodeTlv(0x03, Uint8Array.of(0, 4, 3, 10)),
      ),
    ],
    [
      'a point beside the curve',
      sequence(
        sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')),
        encodeTlv(0x03, Uint8Array.of(0, 4), new Uint8Array(64).fill(7)),
      ),
    ],
  ])('%s is no key', (_, key) => {
    expect(importPublicKey(key)).toEqual({ ok: false, error: { code: 'key-refused' } });
  });

  it('a salt longer than the key is not supported, and does not throw', async () => {
    const certificate = unwrap(parseCertificate(await made.certificate(root)));
    const hash = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing);
    const raw = sequence(
      oid('1.2.840.113549.1.1.10'),
      sequence(encodeTlv(0xa0, hash), encodeTlv(0xa2, integer(1_000_000))),
    );
    const data = new Uint8Array(1);
    expect(verifySignature(parseAlgorithm(raw)!, certificate.subjectKey, data, new Uint8Array(256))).toEqual({
      ok: false,
      error: { code: 'algorithm-not-supported' },
    });
  });

  it('an algorithm that is none is not supported', async () => {
    const certificate: Certificate = unwrap(parseCertificate(await made.certificate(root)));
    const md5 = { oid: '1.2.840.113549.1.1.4', parameters: undefined, raw: new Uint8Array(0) };
    expect(verifySignature(md5, certificate.subjectKey, new Uint8Array(1), new Uint8Array(256))).toEqual({
      ok: false,
      error: { code: 'algorithm-not-supported' },
    });
  });
});
