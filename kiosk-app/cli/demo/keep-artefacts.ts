import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractDossier, verifyAny } from '@motcua/ocr-pipeline/dossier';
import { readTrust } from '../trust-store.ts';
import type { Demo } from './start-demo.ts';
import type { VisitDriver } from './visit-driver.ts';

/** Keeps the picture of what is printed: whole, or not at all. */
export async function keepPaper(
  driver: VisitDriver,
  demo: Demo,
  url: string | undefined,
  to: string,
): Promise<void> {
  const answer = await driver.page.request.get(`${demo.origin}${url}`);
  if (!answer.ok()) throw new Error(`the picture of the paper was not given (${answer.status()})`);
  await writeFile(`${to}.part`, await answer.body());
  await rename(`${to}.part`, to);
}

/** Dossier, PDFs, receipt and certificates into the folder `keep`, and what `verify` says of them by these files alone. */
export async function keepDossier(demo: Demo, dossierId: string, keep: string) {
  const dossier = join(keep, 'dossier.asice');
  // The kiosk's own copy is encrypted; the city's is the same, byte for byte.
  await copyFile(join(demo.folder, 'city', 'dossiers', dossierId), dossier);
  const trustFolder = join(keep, 'trust');
  await mkdir(trustFolder, { recursive: true });
  await copyFile(join(demo.dataFolder, 'kiosk-certificate.pem'), join(trustFolder, 'kiosk.pem'));
  await copyFile(join(demo.folder, 'city', 'receipt-certificate.pem'), join(trustFolder, 'city.pem'));
  if (demo.pki) await writeFile(join(trustFolder, 'root.pem'), demo.pki.rootPem);
  const documents = await extractDossier(dossier, keep, (name) => name.endsWith('.pdf'));
  const receiptToken = join(keep, 'receipt.jws');
  await writeFile(receiptToken, await receiptOf(demo, dossierId));
  const trust = readTrust([trustFolder], true) ?? [];
  const verdicts = await Promise.all(
    [dossier, receiptToken].map((file) => verifyAny(file, { trust, receiptTrust: trust, at: new Date() })),
  );
  return {
    verified: verdicts.every(({ verdict }) => verdict === 'valid'),
    sealLevel: verdicts[0]?.signatures[0]?.level ?? null,
    artefacts: { dossier, receiptToken, pdfs: documents, trust: trustFolder },
  };
}

/** The city answers a repeated commit with the very receipt that it gave before. */
export async function receiptOf(demo: Demo, dossierId: string): Promise<string> {
  const answer = await fetch(`${demo.gatewayUrl}/dossiers/${dossierId}/commit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { receipt } = (await answer.json()) as { receipt?: string };
  if (receipt === undefined) throw new Error(`the city gives no receipt (${answer.status})`);
  return receipt;
}
