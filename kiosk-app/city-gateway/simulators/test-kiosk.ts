import { readFile } from 'node:fs/promises';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { DossierManifest, ReceiptClaims } from '@motcua/contract';
import type { Clock, Ids } from '@motcua/core';
import { type Seal, verifyReceipt } from '@motcua/ocr-pipeline/dossier';
import { buildSpecimenDossier } from '@motcua/ocr-pipeline/dossier/specimen';

export interface TestDossier {
  readonly id: string;
  readonly manifest: DossierManifest;
  readonly bytes: Buffer;
}

/** A real, sealed dossier; `change` makes the manifest tell another story. */
export async function makeTestDossier(options: {
  readonly folder: string;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly bytesPerPaper?: number;
  /** It is made as a later version of this one. */
  readonly previous?: TestDossier;
  readonly change?: Partial<DossierManifest>;
}): Promise<TestDossier> {
  const { ids, previous, seal } = options;
  const dossierId = ids.next();
  const built = await buildSpecimenDossier({
    ...options,
    dossierId,
    ...(previous && { previousVersion: { dossierId: previous.id, sha256: previous.manifest.sha256 } }),
  });
  const manifest: DossierManifest = {
    dossierId,
    kioskId: seal.kioskId,
    procedureCode: '2.000815',
    size: built.size,
    sha256: built.sha256,
    documents: built.documents.map(({ name, sha256 }) => ({ name, sha256 })),
    ...options.change,
  };
  return { id: dossierId, manifest, bytes: await readFile(built.file) };
}

export interface TestAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Empty when the answer is not JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
}

export interface ClientTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The requests of the upload contract, one by one, for tests to put together wrongly. */
export function createTestKiosk(url: () => string, tls?: ClientTls) {
  const agent =
    tls === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ ...tls, keepAlive: true });
  const call = (
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: OutgoingHttpHeaders = {},
  ): Promise<TestAnswer> =>
    new Promise((resolve, reject) => {
      const send = tls === undefined ? httpRequest : httpsRequest;
      const target = new URL(url());
      const request = send({
        host: target.hostname,
        port: target.port,
        path,
        method,
        agent,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const type = response.headers['content-type'] ?? '';
          const json = type.includes('json') && text !== '' ? (JSON.parse(text) as TestAnswer['json']) : {};
          resolve({ status: response.statusCode ?? 0, type, text, json, headers: response.headers });
        });
      });
      request.end(body);
    });
  const JSON_TYPE = { 'content-type': 'application/json' };
  const kiosk = {
    call,
    port: () => Number(new URL(url()).port),
    post: (path: string, body: object) => call('POST', path, JSON.stringify(body), JSON_TYPE),
    announce: (one: TestDossier, manifest: object = one.manifest, id = one.id) =>
      call('PUT', `/dossiers/${id}`, JSON.stringify(manifest), JSON_TYPE),
    send: (one: TestDossier, bytes: Uint8Array = one.bytes, offset = 0) =>
      call('PATCH', `/uploads/${one.id}`, bytes, {
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      }),
    head: (one: { readonly id: string }) =>
      call('HEAD', `/uploads/${one.id}`, undefined, { 'tus-resumable': '1.0.0' }),
    commit: (one: { readonly id: string }) => call('POST', `/dossiers/${one.id}/commit`),
    take: async (one: TestDossier) => {
      await kiosk.announce(one);
      await kiosk.send(one);
      return kiosk.commit(one);
    },
    /** What the receipt in a commit's answer says; empty when it is none that holds. */
    claimsOf: async (answer: TestAnswer): Promise<Partial<ReceiptClaims>> => {
      const certificate = (await call('GET', '/receipt-certificate')).text;
      const verified = await verifyReceipt(String(answer.json['receipt']), [certificate]);
      return verified.ok ? (verified.value.claims as ReceiptClaims) : {};
    },
    close: () => agent.destroy(),
  };
  return kiosk;
}
export type TestKiosk = ReturnType<typeof createTestKiosk>;
