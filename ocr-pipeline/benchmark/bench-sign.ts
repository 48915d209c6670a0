import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { exec, systemClock, unwrap } from '@motcua/core';
import {
  algorithmOf,
  createRevocationClient,
  createTimeStampClient,
  readPems,
  type SignatureLevel,
  type SigningKey,
  signCms,
  signPdf,
  softwareKey,
  type TimeStampAuthority,
} from '../signing/index.ts';
import { startLocalPki } from '../signing/simulators/index.ts';

/**
 * `npm run bench:sign`: signatures per second by key and level, and a document of 50 pages and 20 MB. Times are those of
 * this process (user + system); what the local authority's OpenSSL takes is told apart, as it stands for a network.
 */
const folder = await mkdtemp(join(tmpdir(), 'bench-sign-'));
const at = (name: string) => join(folder, name);
const pki = await startLocalPki({ folder: at('pki') });
const root = new X509Certificate(pki.rootPem);
const say = (text: string) => process.stdout.write(`${text}\n`);
const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'];
const p384 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'];

async function makeKey(
  name: string,
  padding: 'pss' | 'pkcs1',
  newKey?: readonly string[],
): Promise<SigningKey> {
  const keyFile = at(`${name}.key`);
  const [leaf, ...issuers] = readPems(await pki.issue({ keyFile, name, ...(newKey && { newKey }) }));
  const key = createPrivateKey(await readFile(keyFile));
  await writeFile(at(`${name}.pem`), leaf!.toString());
  return softwareKey(key, [leaf!, ...issuers, root], algorithmOf(key, padding)!);
}

async function makePdf(name: string, pages: number, bytes: number): Promise<string> {
  const pdf = await PDFDocument.create();
  for (let page = 0; page < pages; page++) {
    // Noise does not shrink: as a stream it stands for the pictures of a page.
    const noise = new Uint8Array(Math.floor(bytes / pages));
    for (let from = 0; from < noise.length; from += 65_536)
      crypto.getRandomValues(noise.subarray(from, from + 65_536));
    pdf.addPage([595, 842]);
    pdf.context.register(pdf.context.stream(noise));
  }
  await writeFile(at(name), await pdf.save({ useObjectStreams: false }));
  return at(name);
}

let authorityMs = 0;
const real = createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 10_000 });
const timeStamps: TimeStampAuthority = {
  stamp: async (...args) => {
    const began = performance.now();
    const token = await real.stamp(...args);
    authorityMs += performance.now() - began;
    return token;
  },
};
const authorities = {
  timeStamps,
  revocation: createRevocationClient({ clock: systemClock, timeoutMs: 10_000 }),
  known: [root],
};

async function measure(work: () => Promise<unknown>, times: number) {
  authorityMs = 0;
  const [began, before] = [performance.now(), process.cpuUsage()];
  for (let time = 0; time < times; time++) await work();
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - began) / times;
  return { cpu: (user + system) / 1_000 / times, wall, besideAuthority: wall - authorityMs / times };
}
const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(10);

try {
  const keys = {
    'ECDSA P-256': await makeKey('p256', 'pss'),
    'ECDSA P-384': await makeKey('p384', 'pss', p384),
    'RSA-3072 PSS': await makeKey('rsa', 'pss', rsa),
    'RSA-3072 PKCS#1': await makeKey('rsa', 'pkcs1'),
  };
  const small = await makePdf('small.pdf', 1, 100_000);
  const words = () => ({ time: new Date() });
  say('Signatures of a page of 100 kB, files written and synced each time\n');
  say('key              level   CPU each   wall each   wall beside the authority   a second by CPU');
  for (const [name, key] of Object.entries(keys)) {
    const contentDigest = createHash(key.algorithm === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256').digest();
    const cms = await measure(() => signCms({ contentDigest, key, signingTime: null }), 100);
    say(
      `${name.padEnd(16)} CMS   ${ms(cms.cpu)}  ${ms(cms.wall)}  ${ms(cms.wall)}   ${(1_000 / cms.cpu).toFixed(0)}`,
    );
    for (const upTo of ['B-B', 'B-T', 'B-LT', 'B-LTA'] as const satisfies readonly SignatureLevel[]) {
      const one = () => signPdf({ from: small, to: at('out.pdf'), key, words: words(), authorities, upTo });
      await one();
      const cost = await measure(one, upTo === 'B-B' ? 20 : 5);
      const rate = (1_000 / cost.cpu).toFixed(0);
      say(
        `${name.padEnd(16)} ${upTo.padEnd(5)} ${ms(cost.cpu)}  ${ms(cost.wall)}  ${ms(cost.besideAuthority)}   ${rate}`,
      );
    }
  }

  const large = await makePdf('large.pdf', 50, 20_000_000);
  const size = (await readFile(large)).length;
  const key = keys['ECDSA P-256'];
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }, 1);
  const seal = () =>
    signPdf({ from: large, to: at('out.pdf'), key, words: words(), authorities, upTo: 'B-T' });
  const cost = await measure(seal, 1);
  clearInterval(watch);
  const again = await measure(seal, 4);
  say(`\n50 pages, ${(size / 1e6).toFixed(1)} MB, sealed to B-T by ${key.algorithm}`);
  say(`  first: CPU ${ms(cost.cpu)}, wall beside the authority ${ms(cost.besideAuthority)}; goal 300 ms`);
  say(`  later: CPU ${ms(again.cpu)}, wall beside the authority ${ms(again.besideAuthority)}`);
  say(`  memory above what the process had: ${(peak / size).toFixed(2)} × the file; goal 2`);
  const openssl = `cms -sign -binary -cades -nosmimecap -md sha256 -in large.pdf -signer p256.pem -inkey p256.key -outform DER -out raw.p7s`;
  const raw = await measure(async () => {
    unwrap(await exec('openssl', openssl.split(' '), { timeoutMs: 60_000, cwd: folder }));
  }, 4);
  say(`  openssl cms -sign on the same bytes, no PDF, no time-stamp: wall ${ms(raw.wall)} with its start`);
} finally {
  await pki.close();
  await rm(folder, { recursive: true, force: true });
}
