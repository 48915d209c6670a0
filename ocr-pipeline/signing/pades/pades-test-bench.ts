import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { exec, systemClock, unwrap } from '@motcua/core';
import { readPems } from '../pem.ts';
import { NO_EVIDENCE } from '../revocation.ts';
import { createRevocationClient } from '../revocation-client.ts';
import type { SigningKey } from '../signing-key.ts';
import { type IssueOptions, type LocalPki, startLocalPki } from '../simulators/local-pki.ts';
import { algorithmOf, softwareKey } from '../software-key.ts';
import { createTimeStampClient } from '../timestamp-client.ts';
import { type Authorities, signPdf } from './sign-pdf.ts';
import { type PdfVerification, type SignatureLevel, verifyPdf } from './verify-pdf.ts';

/** A folder with an infrastructure, keys and documents of other makers. */
export interface PadesBench {
  readonly folder: string;
  readonly pki: LocalPki;
  readonly authorities: Authorities;
  at(name: string): string;
  key(name: string, options?: Partial<IssueOptions>, padding?: 'pss' | 'pkcs1'): Promise<SigningKey>;
  /** Writes `to` and answers its bytes. */
  sign(from: string, to: string, key: SigningKey, upTo?: SignatureLevel): Promise<Buffer>;
  verify(bytes: Buffer, at?: Date): PdfVerification;
  /** What the authorities said about revocation before is asked anew. */
  forgetStatus(): void;
  /** What an outer program says; with its exit status in front when it is not 0. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openPadesBench(): Promise<PadesBench> {
  const folder = await mkdtemp(join(tmpdir(), 'pades-'));
  const at = (name: string) => join(folder, name);
  const pki = await startLocalPki({ folder: at('pki') });
  await writeFile(at('root.pem'), pki.rootPem);
  const root = new X509Certificate(pki.rootPem);
  for (const useObjectStreams of [true, false]) {
    const pdf = await PDFDocument.create();
    pdf.addPage([300, 400]).drawText('Giay to', { x: 50, y: 200 });
    pdf.addPage([300, 400]);
    await writeFile(at(useObjectStreams ? 'streams.pdf' : 'table.pdf'), await pdf.save({ useObjectStreams }));
  }
  const revocation = () => createRevocationClient({ clock: systemClock, timeoutMs: 5_000 });
  const authorities = {
    timeStamps: createTimeStampClient({ url: pki.timeStampUrl, timeoutMs: 5_000 }),
    revocation: revocation(),
    known: [root],
  };
  return {
    folder,
    pki,
    at,
    authorities,
    forgetStatus: () => {
      authorities.revocation = revocation();
    },
    key: async (name, options = {}, padding = 'pss') => {
      const keyFile = at(`${name}.key`);
      const [leaf, ...issuers] = readPems(await pki.issue({ keyFile, name: `Cán bộ ${name}`, ...options }));
      const key = createPrivateKey(await readFile(keyFile));
      return softwareKey(key, [leaf!, ...issuers, root], algorithmOf(key, padding)!);
    },
    sign: async (from, to, key, upTo = 'B-LTA') => {
      const words = { time: new Date(), signerName: 'Kiosk Tân Hưng 1', reason: 'Số hóa' };
      unwrap(await signPdf({ from: at(from), to: at(to), key, words, authorities, upTo }));
      return readFile(at(to));
    },
    verify: (bytes, when = new Date()) =>
      unwrap(verifyPdf(bytes, { anchors: [root], at: when, evidence: NO_EVIDENCE })),
    run: async (program, ...args) => {
      const result = await exec(program, args, { timeoutMs: 30_000, cwd: folder });
      if (result.ok) return `${result.value.stdout}${result.value.stderr}`;
      const { error } = result;
      return error.code === 'exec-failed' ? `${error.exitCode}: ${error.stdout}${error.stderr}` : error.code;
    },
    close: () => pki.close(),
  };
}
