import { readFile, writeFile } from 'node:fs/promises';
import { unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningKey } from '../signing-key.ts';
import { openPadesBench, type PadesBench } from './pades-test-bench.ts';
import { raisePdf, signPdf } from './sign-pdf.ts';

let bench: PadesBench;
let keys: readonly SigningKey[];
const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
const p384 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'];

beforeAll(async () => {
  bench = await openPadesBench();
  keys = [
    await bench.key('p256'),
    await bench.key('p384', { newKey: p384 }),
    await bench.key('rsa', { newKey: rsa }, 'pkcs1'),
    await bench.key('rsa', {}, 'pss'),
  ];
});
afterAll(() => bench.close());

/** The CMS and the signed bytes of the first signature, cut out as a stranger would. */
async function cutOut(bytes: Buffer, name: string): Promise<void> {
  const [, a, b, c] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/
    .exec(bytes.toString('latin1'))!
    .slice(1)
    .map(Number);
  const cms = Buffer.from(bytes.toString('latin1', a! + 1, b! - 1), 'hex');
  await writeFile(bench.at(`${name}.p7s`), cms);
  await writeFile(
    bench.at(`${name}.data`),
    Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, b! + c!)]),
  );
}

describe.each(['table.pdf', 'streams.pdf'])('a foreign document (%s)', (from) => {
  it('is signed by every kind of key, raised to B-LTA, and stands as it was', async () => {
    const original = await readFile(bench.at(from));
    for (const key of keys) {
      const to = `${key.algorithm}-${from}`;
      const bytes = await bench.sign(from, to, key);
      expect(bytes.subarray(0, original.length).equals(original)).toBe(true);
      const seen = bench.verify(bytes);
      expect(seen.signatures.map(({ level, fault, changes }) => [level, fault, changes])).toEqual([
        ['B-LTA', null, []],
      ]);
      expect([seen.signatures, seen.documentTimeStamps].flat().map((one) => one.outcome?.problems)).toEqual([
        [],
        [],
      ]);
      expect(seen.store).toBe('whole');
      expect(await bench.run('qpdf', '--check', to)).toContain('No syntax or stream encoding errors');
      expect(await bench.run('pdfsig', '-nocert', to)).toContain('Signature is Valid');
      await cutOut(bytes, to);
      const openssl = `cms -verify -binary -inform DER -cades -purpose any -in ${to}.p7s -content ${to}.data -CAfile root.pem -out signed`;
      expect(await bench.run('openssl', ...openssl.split(' '))).toContain('uccessful');
    }
    await cutOut(await bench.sign(from, 'plain.pdf', keys[0]!, 'B-B'), 'plain');
    const printed = await bench.run('openssl', ...'cms -cmsout -print -inform DER -in plain.p7s'.split(' '));
    expect(printed).toContain('signingCertificateV2');
    // M says it in a PDF.
    expect(printed).not.toContain('signingTime');
  });
});

describe('several signatures in turn', () => {
  it('all hold: the kiosk, the officer, the agency, then time-stamps over all of them', async () => {
    await bench.sign('table.pdf', 'one.pdf', keys[0]!);
    await bench.sign('one.pdf', 'two.pdf', keys[1]!, 'B-B');
    const bytes = await bench.sign('two.pdf', 'three.pdf', keys[3]!);
    const seen = bench.verify(bytes);
    expect(seen.signatures.map(({ fieldName, level, changes }) => [fieldName, level, changes])).toEqual([
      ['Signature1', 'B-LTA', []],
      ['Signature3', 'B-LTA', []],
      ['Signature4', 'B-LTA', []],
    ]);
    expect(seen.signatures.map(({ outcome }) => outcome?.problems)).toEqual([[], [], []]);
    expect((await bench.run('pdfsig', '-nocert', 'three.pdf')).match(/Signature is Valid/g)).toHaveLength(3);
    expect(await bench.run('qpdf', '--check', 'three.pdf')).toContain('No syntax or stream encoding errors');
  });
});

describe('the level', () => {
  const words = () => ({ time: new Date() });

  it('is B-B without the authority, and rises by appending when it returns', async () => {
    bench.pki.setTimeStamping('out');
    const [key] = keys;
    const { authorities, at } = bench;
    const signed = await signPdf({
      from: at('table.pdf'),
      to: at('later.pdf'),
      key: key!,
      words: words(),
      authorities,
    });
    expect(unwrap(signed)).toMatchObject({ level: 'B-B', problem: 'tsa-unreachable' });
    const raise = async () =>
      unwrap(await raisePdf({ from: at('later.pdf'), to: at('later.pdf'), authorities }));
    expect(await raise()).toMatchObject({ level: 'B-B', problem: 'tsa-unreachable' });
    const before = await readFile(at('later.pdf'));
    expect(bench.verify(before).signatures[0]?.level).toBe('B-B');
    bench.pki.setTimeStamping('well');
    expect(await raise()).toMatchObject({ level: 'B-LTA', problem: null });
    const after = await readFile(at('later.pdf'));
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    const seen = bench.verify(after);
    expect([seen.signatures[0]?.level, seen.signatures[0]?.outcome?.problems]).toEqual(['B-LTA', []]);
    expect(await raise()).toMatchObject({ level: 'B-LTA' });
    expect((await readFile(at('later.pdf'))).equals(after)).toBe(true);
  });

  it('outlives the signer: valid while the newest time-stamp is, renewed before that ends', async () => {
    const short = await bench.key('short', { to: new Date(Date.now() + 2_500) });
    const bytes = await bench.sign('table.pdf', 'short.pdf', short);
    const early = await bench.sign('table.pdf', 'short-bb.pdf', short, 'B-B');
    const later = new Date(Date.now() + 86_400_000);
    expect(bench.verify(bytes, later).signatures[0]?.outcome?.problems).toEqual([]);
    expect(bench.verify(early, later).signatures[0]?.outcome?.problems.map(({ code }) => code)).toContain(
      'certificate-expired-since',
    );
    const { authorities, at } = bench;
    const renewed = await raisePdf({
      from: at('short.pdf'),
      to: at('renewed.pdf'),
      authorities,
      renew: true,
    });
    expect(unwrap(renewed).level).toBe('B-LTA');
    const seen = bench.verify(await readFile(at('renewed.pdf')), later);
    expect(seen.documentTimeStamps).toHaveLength(2);
    expect([...seen.signatures, ...seen.documentTimeStamps].flatMap((one) => one.outcome?.problems)).toEqual(
      [],
    );
  });

  it('cannot be had with a certificate that had expired or was revoked', async () => {
    const expired = await bench.key('expired', {
      from: new Date(Date.now() - 10 * 86_400_000),
      to: new Date(Date.now() - 86_400_000),
    });
    const codes = (bytes: Buffer) =>
      bench.verify(bytes).signatures[0]?.outcome?.problems.map(({ code }) => code);
    expect(codes(await bench.sign('table.pdf', 'expired.pdf', expired))).toContain(
      'certificate-not-valid-when-signed',
    );
    const revoked = await bench.key('revoked');
    const before = await bench.sign('table.pdf', 'unrevoked.pdf', revoked);
    await bench.pki.revoke(revoked.chain[0].toString());
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    bench.forgetStatus();
    expect(codes(await bench.sign('table.pdf', 'revoked.pdf', revoked))).toContain(
      'certificate-revoked-when-signed',
    );
    expect(codes(before)).toEqual([]);
  });
});
