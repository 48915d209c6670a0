import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { exec, systemClock, unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPems } from '../pem.ts';
import { NO_EVIDENCE } from '../revocation.ts';
import { createRevocationClient } from '../revocation-client.ts';
import type { SigningKey } from '../signing-key.ts';
import { type LocalPki, startLocalPki } from '../simulators/local-pki.ts';
import { algorithmOf, softwareKey } from '../software-key.ts';
import { createTimeStampClient } from '../timestamp-client.ts';
import { type Authorities, signPdf } from './sign-pdf.ts';
import { verifyPdf } from './verify-pdf.ts';

let folder: string;
let pki: LocalPki;
let authorities: Authorities;
let keys: Record<'p256' | 'rsa' | 'pss' | 'p384', SigningKey>;
const at = (name: string) => join(folder, name);

async function makeKey(name: string, padding: 'pss' | 'pkcs1', ...newKey: string[]): Promise<SigningKey> {
  const keyFile = at(`${name}.key`);
  const chain = readPems(
    await pki.issue({ keyFile, name: `Cán bộ ${name}`, ...(newKey.length > 0 && { newKey }) }),
  ) as [X509Certificate];
  const key = createPrivateKey(await readFile(keyFile));
  return softwareKey(key, chain, algorithmOf(key, padding)!);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pades-'));
  pki = await startLocalPki({ folder: at('pki') });
  await writeFile(at('root.pem'), pki.rootPem);
  const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  keys = {
    p256: await makeKey('p256', 'pss'),
    rsa: await makeKey('rsa', 'pkcs1', ...rsa),
    pss: await makeKey('rsa', 'pss'),
    p384: await makeKey('p384', 'pss', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'),
  };
  authorities = {
    timeStamps: createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 5_000 }),
    revocation: createRevocationClient({ clock: systemClock, timeoutMs: 5_000 }),
    known: [new X509Certificate(pki.rootPem)],
  };
  for (const useObjectStreams of [true, false]) {
    const pdf = await PDFDocument.create();
    pdf.addPage([300, 400]).drawText('Giay to', { x: 50, y: 200 });
    pdf.addPage([300, 400]);
    await writeFile(at(useObjectStreams ? 'streams.pdf' : 'table.pdf'), await pdf.save({ useObjectStreams }));
  }
});
afterAll(() => pki.close());

const verify = async (file: string, anchors = [new X509Certificate(pki.rootPem)]) =>
  unwrap(verifyPdf(await readFile(at(file)), { anchors, at: new Date(), evidence: NO_EVIDENCE }));
const words = () => ({ time: new Date(), signerName: 'Kiosk Tân Hưng 1', reason: 'Số hóa' });
const run = async (program: string, ...args: string[]) => {
  const result = await exec(program, args, { timeoutMs: 30_000, cwd: folder });
  return result.ok ? result.value.stdout.toString() : `FAILED ${JSON.stringify(result.error)}`;
};

describe.each(['table.pdf', 'streams.pdf'])('a foreign document (%s)', (from) => {
  it('is signed by every kind of key, raised to B-LTA, and stands as it was', async () => {
    const original = await readFile(at(from));
    for (const key of Object.values(keys)) {
      const to = `${key.algorithm}-${from}`;
      const signed = unwrap(await signPdf({ from: at(from), to: at(to), key, words: words(), authorities }));
      expect(signed).toMatchObject({ level: 'B-LTA', problem: null });
      const bytes = await readFile(at(to));
      expect(bytes.subarray(0, original.length).equals(original)).toBe(true);
      const seen = await verify(to);
      expect(seen.signatures.map(({ level, fault, changes }) => [level, fault, changes])).toEqual([
        ['B-LTA', null, []],
      ]);
      expect(seen.signatures[0]?.outcome?.problems).toEqual([]);
      expect(seen.documentTimeStamps[0]?.outcome?.problems).toEqual([]);
      expect(seen.store).toBe('whole');
      expect(await run('qpdf', '--check', to)).toContain('No syntax or stream encoding errors');
      const told = await run('pdfsig', '-nocert', to);
      expect(told).toContain('Signature is Valid');
    }
  });
});
