import type { X509Certificate } from 'node:crypto';
import { readCertificate } from '../certificate.ts';
import type { Evidence } from '../revocation.ts';
import { beginUpdate } from './incremental-update.ts';
import { decodeStream, type PdfDocument, type PdfView } from './read-document.ts';
import { hasKind, isArray, isDict, type PdfDict, type PdfRef, type PdfValue } from './values.ts';

const KEYS = { certificates: 'Certs', crls: 'CRLs', ocspResponses: 'OCSPs' } as const;
const MAX_ENTRIES = 500;
const MAX_ENTRY_BYTES = 16_777_216;

/** What a document's security store (DSS, ISO 32000-2, 12.8.4.3) holds; `damaged` when something in it is none of that. */
export interface SecurityStore {
  readonly present: boolean;
  readonly certificates: readonly X509Certificate[];
  readonly crls: readonly Uint8Array[];
  readonly ocspResponses: readonly Uint8Array[];
  readonly damaged: boolean;
}

export function readSecurityStore(view: PdfView): SecurityStore {
  const store = view.resolve(view.catalogue().dict.get('DSS'));
  if (!isDict(store))
    return { present: false, certificates: [], crls: [], ocspResponses: [], damaged: false };
  let damaged = false;
  const list = (key: string): Uint8Array[] => {
    const entries = view.resolve(store.get(key));
    if (!isArray(entries)) return [];
    return entries.slice(0, MAX_ENTRIES).flatMap((one) => {
      const stream = view.resolve(one);
      const bytes = hasKind(stream, 'stream') ? decodeStream(stream.raw, stream.dict) : undefined;
      if (bytes !== undefined && bytes.length <= MAX_ENTRY_BYTES) return [bytes];
      damaged = true;
      return [];
    });
  };
  const certificates = list(KEYS.certificates).flatMap((der) => {
    const certificate = readCertificate(der);
    if (certificate === undefined) damaged = true;
    return certificate ?? [];
  });
  return {
    present: true,
    certificates,
    crls: list(KEYS.crls),
    ocspResponses: list(KEYS.ocspResponses),
    damaged,
  };
}

/** What to append so that the document holds this evidence, beside what it holds already; null when it holds it all. */
export function appendSecurityStore(
  document: PdfDocument,
  evidence: Evidence,
  held: SecurityStore,
): Buffer | null {
  const missing = {
    certificates: without(
      evidence.certificates.map((one) => one.raw),
      held.certificates.map((one) => one.raw),
    ),
    crls: without(evidence.crls, held.crls),
    ocspResponses: without(evidence.ocspResponses, held.ocspResponses),
  };
  if (Object.values(missing).every((one) => one.length === 0)) return null;
  const view = document.view();
  const update = beginUpdate(document);
  const { reference: root, dict: catalogue } = view.catalogue();
  const given = catalogue.get('DSS');
  const before = view.resolve(given);
  const store = new Map<string, PdfValue>(
    isDict(before) ? before : [['Type', { kind: 'name', name: 'DSS' }]],
  );
  for (const [kind, key] of Object.entries(KEYS) as [keyof typeof KEYS, string][]) {
    const fresh: PdfRef[] = missing[kind].map((der) => {
      const reference = update.allocate();
      update.writeStream(reference, '', der);
      return reference;
    });
    if (fresh.length === 0) continue;
    const list = view.resolve(store.get(key));
    store.set(key, [...(isArray(list) ? list : []), ...fresh]);
  }
  const reference = hasKind(given, 'ref') ? given : update.allocate();
  update.write(reference, store);
  if (!hasKind(given, 'ref')) update.write(root, new Map([...catalogue, ['DSS', reference]]) as PdfDict);
  return update.finish().bytes;
}

function without(list: readonly Uint8Array[], held: readonly Uint8Array[]): Uint8Array[] {
  return list.filter((one) => !held.some((other) => Buffer.from(other).equals(one)));
}
