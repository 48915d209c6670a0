import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeRevocation, NO_EVIDENCE } from './revocation.ts';
import { createRevocationClient } from './revocation-client.ts';
import { type LocalPki, startLocalPki } from './simulators/local-pki.ts';
import { createTimeStampClient } from './timestamp-client.ts';
import { verifyTimeStamp } from './timestamp-verify.ts';

let folder: string;
let pki: LocalPki;
const client = () => createRevocationClient({ clock: systemClock, timeoutMs: 5_000 });
const digest = (name: string) => createHash(name).update('giấy').digest();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pki-'));
  pki = await startLocalPki({ folder: join(folder, 'pki') });
});
afterAll(() => pki.close());

describe('a time-stamp by openssl ts', () => {
  const stamp = () =>
    createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 5_000 }).stamp('sha256', digest('sha256'));
  const within = () => ({
    anchors: [new X509Certificate(pki.rootPem)],
    at: new Date(),
    evidence: NO_EVIDENCE,
  });

  it('is taken and verified, and refused over other data or without trust', async () => {
    const token = unwrap(await stamp());
    const seen = verifyTimeStamp(token, digest, within(), null);
    expect(seen.problems).toEqual([{ code: 'revocation-unavailable', weight: 'warning' }]);
    expect(Math.abs((seen.time?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(seen.authority?.name).toBe('Motcua demo TSA');
    const other = verifyTimeStamp(token, () => digest('sha512'), within(), null);
    expect(other.problems).toEqual([{ code: 'timestamp-of-other-data', weight: 'invalid' }]);
    const untrusted = verifyTimeStamp(token, digest, { ...within(), anchors: [] }, null);
    expect(untrusted.problems.map(({ code }) => code)).toContain('timestamp-untrusted');
  });

  it('is told from silence and from a token over something else', async () => {
    pki.setTimeStamping('out');
    expect(await stamp()).toEqual({ ok: false, error: { code: 'tsa-unreachable' } });
    pki.setTimeStamping('other-data');
    expect(await stamp()).toEqual({ ok: false, error: { code: 'tsa-nonsense' } });
    pki.setTimeStamping('well');
  });
});

describe('revocation', () => {
  const leaf = async (name: string, use?: 'signer-without-addresses') => {
    const [pem = ''] = await pki.issue({ keyFile: join(folder, `${name}.key`), name, ...(use && { use }) });
    return new X509Certificate(pem);
  };
  const issuing = () => new X509Certificate(pki.issuingPem);
  const root = () => new X509Certificate(pki.rootPem);

  it('is collected for the whole path by OCSP and CRL, asked once, the issuer fetched', async () => {
    const certificate = await leaf('honest');
    const asking = client();
    const { evidence, unavailable } = await asking.collect([certificate], [root()]);
    expect(unavailable).toEqual([]);
    expect(evidence.certificates.map((one) => one.subject)).toContain('CN=Motcua demo issuing');
    expect([evidence.ocspResponses.length, evidence.crls.length]).toEqual([1, 1]);
    expect(judgeRevocation(certificate, issuing(), evidence, new Date())).toMatchObject({
      state: 'good',
      source: 'ocsp',
    });
    expect(judgeRevocation(issuing(), root(), evidence, new Date())).toMatchObject({
      state: 'good',
      source: 'crl',
    });
    const before = { ...pki.requests };
    await asking.collect([certificate], [root()]);
    expect(pki.requests).toEqual(before);
  });

  it('says when: before the signature or since', async () => {
    const certificate = await leaf('revoked');
    const before = new Date(Date.now() - 3_600_000);
    await pki.revoke(certificate.toString());
    const { evidence } = await client().collect([certificate], [root()]);
    const after = new Date(Date.now() + 1_000);
    expect(judgeRevocation(certificate, issuing(), evidence, after).state).toBe('revoked-before');
    expect(judgeRevocation(certificate, issuing(), evidence, before).state).toBe('revoked-since');
    const lists = { ...evidence, ocspResponses: [], crls: evidence.crls };
    expect(judgeRevocation(certificate, issuing(), lists, after).state).toBe('unavailable');
  });

  it('that nobody tells is unavailable, and a flipped bit of an answer is seen', async () => {
    const silent = await leaf('silent', 'signer-without-addresses');
    expect((await client().collect([silent], [root(), issuing()])).unavailable).toHaveLength(1);
    const certificate = await leaf('answered');
    pki.setStatus('out');
    expect((await client().collect([certificate], [root(), issuing()])).unavailable).toHaveLength(2);
    pki.setStatus('well');
    const { evidence } = await client().collect([certificate], [root()]);
    const [answer] = evidence.ocspResponses;
    for (let bit = 0; bit < answer!.length * 8; bit += 37) {
      const flipped = Buffer.from(answer!);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const forged = { ...evidence, ocspResponses: [flipped] };
      expect(judgeRevocation(certificate, issuing(), forged, new Date()).state).not.toBe('revoked-before');
    }
  });
});
