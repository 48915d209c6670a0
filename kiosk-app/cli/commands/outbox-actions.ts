import { createPrivateKey, X509Certificate } from 'node:crypto';
import { access, constants, copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { moveFileDurable, writeFileDurable } from '@motcua/core';
import type { SiteConfig } from '@motcua/firmware-config';
import { createUploadClient, ExportEnvelope, openEnvelope, openSealedFile } from '@motcua/service/outbox';
import type { ReprintError, Reprinted } from '@motcua/service/receipts';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { openSite } from '../site-file.ts';
import { whyNot } from '../usable-folder.ts';

const ENVELOPE = '.motcua.json';
const CHUNK_BYTES = 8_388_608;

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

interface ImportOptions {
  readonly key: string;
  readonly city: string;
  readonly certificate: string;
}

/** What an officer does with single dossiers, and the way of dossiers on a stick when a centre is cut off for days. */
export function addOutboxActions(outbox: Command): void {
  // `--config` and `--json` are the outbox's own options, wherever they stand.
  const common = () => outbox.opts<Common>();
  outbox
    .command('resend <id>')
    .description('Queues a refused dossier again, once its reason is removed at the city')
    .action((id: string) => act(common(), id, 'resend'));
  outbox
    .command('withdraw <id>')
    .description('Gives a refused dossier up and deletes it here: its papers were taken in another way')
    .action((id: string) => act(common(), id, 'withdraw'));
  outbox
    .command('receipt <which>')
    .description(
      'Prints the receipt of a person who has left without it: by order number, dossier code or id, at the kiosk’s printer',
    )
    .action((which: string) => printReceipt(common(), which));
  outbox
    .command('export <folder>')
    .description(
      'Copies what waits and what was refused to a folder (a stick), encrypted so that only the city can open it',
    )
    .option('--after <id>', 'only what was made after this one: goes on where another stick was full', '')
    .action((folder: string, options: { after: string }) =>
      exportTo(resolve(folder), options.after, common()),
    );
  outbox
    .command('import <folder>')
    .description(
      'At the city: hands exported dossiers to the gateway; each receipt is written beside its dossier',
    )
    .requiredOption('--key <file>', 'the city’s private key for exports (PEM)')
    .requiredOption('--city <url>', 'address of the gateway')
    .requiredOption('--certificate <file>', 'certificate that signs the gateway’s receipts')
    .action((folder: string, options: ImportOptions) => importFrom(resolve(folder), options, common()));
}

async function act(common: Common, id: string, action: 'resend' | 'withdraw'): Promise<void> {
  const site = openSite(common.config);
  if (!site) return;
  const answer = await askService(site.runFolder, 'POST', `/api/outbox/${encodeURIComponent(id)}/${action}`);
  if (!answer.ok) {
    const refused = answer.error.code === 'service-error';
    output.fault(
      `motcua outbox: ${refused ? `${id} is not a dossier that the city has refused` : serviceReasons[answer.error.code]}`,
    );
  } else if (common.json) output.json({ id, done: action });
  else output.line(`${id}: done`);
  finish(answer.ok ? exitStatus.ok : exitStatus.no);
}

type ReceiptAnswer = Reprinted | { readonly refused: ReprintError['code'] };

const receiptRefusals: Readonly<Record<ReprintError['code'], string>> = {
  'printer-offline': 'no printer is set up for receipts',
  'receipt-unknown': 'no submitted dossier has this order number, code or id',
  'receipt-visit-open': 'its person is at the kiosk now: the screen prints it',
  'receipt-dossier-gone': 'the dossier is not on this kiosk any more, or cannot be read',
};

async function printReceipt(common: Common, which: string): Promise<void> {
  const site = openSite(common.config);
  if (!site) return;
  const answer = await askService<ReceiptAnswer>(site.runFolder, 'POST', '/api/receipts', { which });
  const refused = answer.ok
    ? 'refused' in answer.value
      ? receiptRefusals[answer.value.refused]
      : null
    : serviceReasons[answer.error.code];
  if (!answer.ok || 'refused' in answer.value) {
    output.fault(`motcua outbox receipt: ${refused}`);
    return finish(exitStatus.no);
  }
  const { dossierCode, day, kind, ticketNumber } = answer.value;
  const what = kind === 'receipt' ? `the receipt ${dossierCode}` : 'the provisional receipt';
  if (common.json) output.json(answer.value);
  else
    output.line(
      `${what} of number ${ticketNumber} of ${day} goes to the printer; without paper it waits for a quarter of an hour.`,
    );
  finish(exitStatus.ok);
}

async function exportTo(folder: string, after: string, common: Common): Promise<void> {
  const site = openSite(common.config);
  if (!site) return;
  if (!(await isFolder(folder))) {
    output.fault(`motcua outbox export: ${folder} is no folder; is the stick mounted?`);
    return finish(exitStatus.usage);
  }
  if (!site.city.exportKey) {
    output.fault('motcua outbox export: the site file names no city.exportKey');
    return finish(exitStatus.usage);
  }
  const copied: string[] = [];
  const unreadable: string[] = [];
  for (let last = after; ; ) {
    const portion = await askService<string[]>(
      site.runFolder,
      'GET',
      `/api/outbox/exportable?after=${encodeURIComponent(last)}`,
    );
    if (!portion.ok) {
      output.fault(
        `motcua outbox export: ${serviceReasons[portion.error.code]}; ${copied.length} dossiers were copied`,
      );
      return finish(exitStatus.no);
    }
    if (portion.value.length === 0) break;
    for (const id of portion.value) {
      try {
        const outcome = await exportOne(site, id, folder);
        if (outcome === 'copied') copied.push(id);
        if (outcome === 'unreadable') unreadable.push(id);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const goOn = `${copied.length} dossiers were copied whole; go on with another stick${last && ` and "--after ${last}"`}`;
        output.fault(
          code === 'ENOSPC'
            ? `motcua outbox export: the stick is full: ${goOn}`
            : `motcua outbox export: ${whyNot(folder, code)}: ${goOn}`,
        );
        return finish(exitStatus.no);
      }
      last = id;
    }
    if (!common.json) output.line(`${copied.length} copied …`);
  }
  if (common.json) output.json({ folder, exported: copied, unreadable });
  else
    output.line(`${copied.length} dossiers in ${folder}. They stay in the outbox until the city’s receipt.`);
  for (const id of unreadable) output.fault(`motcua outbox export: ${id} cannot be read here`);
  finish(unreadable.length === 0 ? exitStatus.ok : exitStatus.no);
}

/** `sent` meanwhile, or dealt with. The envelope comes last: what has one is whole, and nothing else stays there. */
async function exportOne(
  site: SiteConfig,
  id: string,
  folder: string,
): Promise<'copied' | 'sent' | 'unreadable'> {
  const answer = await askService<ExportEnvelope>(site.runFolder, 'POST', `/api/outbox/${id}/envelope`);
  if (!answer.ok) return 'sent';
  const sealed = join(site.dataFolder, 'blobs', id, answer.value.blob);
  if (!(await isReadable(sealed))) return 'unreadable';
  const [temporary, exported] = [join(folder, `${id}.motcua.tmp`), join(folder, `${id}.motcua`)];
  try {
    await copyFile(sealed, temporary);
    await moveFileDurable(temporary, exported);
    await writeFileDurable(join(folder, `${id}${ENVELOPE}`), JSON.stringify(answer.value));
  } catch (error) {
    // A stick that was pulled out leaves nothing to tidy.
    for (const half of [temporary, exported]) await rm(half, { force: true }).catch(() => undefined);
    throw error;
  }
  return 'copied';
}

const isReadable = (file: string) =>
  access(file, constants.R_OK).then(
    () => true,
    () => false,
  );

async function importFrom(folder: string, options: ImportOptions, common: Common): Promise<void> {
  const key = await readFile(options.key)
    .then(createPrivateKey)
    .catch(() => null);
  const certificate = await readFile(options.certificate, 'utf8')
    .then((pem) => new X509Certificate(pem).toString())
    .catch(() => null);
  const wrong = !(await isFolder(folder))
    ? `${folder} is no folder; is the stick mounted?`
    : key === null
      ? `--key: ${options.key} is no private key (PEM) that can be read`
      : certificate === null
        ? `--certificate: ${options.certificate} is no certificate (PEM) that can be read`
        : !/^https?:$/.test(URL.parse(options.city)?.protocol ?? '')
          ? '--city is the address of the gateway, such as https://city.example'
          : null;
  if (wrong !== null || key === null || certificate === null) {
    output.fault(`motcua outbox import: ${wrong}`);
    return finish(exitStatus.usage);
  }
  const client = createUploadClient({
    baseUrl: options.city,
    receiptCertificates: () => [certificate],
    chunkBytes: CHUNK_BYTES,
    idleTimeoutMs: 30_000,
  });
  const imported: { id: string; problem: string | null }[] = [];
  for (const name of (await readdir(folder)).filter((each) => each.endsWith(ENVELOPE)).sort()) {
    const id = basename(name, ENVELOPE);
    const problem = await importOne(folder, id, key, client);
    imported.push({ id, problem });
    if (!common.json) output.line(`${id}  ${problem ?? 'accepted'}`);
  }
  if (common.json) output.json({ folder, imported });
  else if (imported.length === 0) output.line(`No exported dossier is in ${folder}.`);
  finish(imported.every(({ problem }) => problem === null) ? exitStatus.ok : exitStatus.no);
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** Null when the city has it now, else why not. */
async function importOne(
  folder: string,
  id: string,
  key: ReturnType<typeof createPrivateKey>,
  client: ReturnType<typeof createUploadClient>,
): Promise<string | null> {
  const text = await readFile(join(folder, `${id}${ENVELOPE}`), 'utf8');
  const envelope = ExportEnvelope.safeParse(parse(text)).data;
  if (envelope?.manifest.dossierId !== id) return 'its envelope is none';
  const dataKey = openEnvelope(envelope, key);
  if (!dataKey) return 'it was not encrypted to this key';
  try {
    const content = await openSealedFile(join(folder, `${id}.motcua`), { key: dataKey, name: envelope.blob });
    const { manifest } = envelope;
    const signal = new AbortController().signal;
    const sent = await client.upload({ dossierId: id, manifest, content, signal });
    if (!sent.ok) return `${sent.error.code} (${sent.error.detail})`;
    await writeFileDurable(join(folder, `${id}.jws`), sent.value.receipt);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
