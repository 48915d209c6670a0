import { createHash } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import { digestOf } from '../algorithms.ts';
import { addToCms } from '../cms-add.ts';
import { readSignature } from '../cms-read.ts';
import { signCms } from '../cms-sign.ts';
import { type DigestName, OID } from '../oids.ts';
import type { SigningKey, SigningKeyError } from '../signing-key.ts';
import type { TimeStampAuthority, TimeStampError } from '../timestamp-client.ts';
import { pagesOf, signatureFields } from './form.ts';
import { beginUpdate, type IncrementalUpdate } from './incremental-update.ts';
import { guarded, type PdfDocument, type PdfReadError } from './read-document.ts';
import { hasKind, isArray, isDict, type PdfDict, type PdfRef, type PdfValue } from './values.ts';

/** Room for the CMS: a chain, a time-stamp token with its chain, and some more. */
const CONTENTS_BYTES = 16_384;
/** Four numbers of up to ten digits. */
const BYTE_RANGE_WIDTH = 48;

/** What a visible signature shows; invisible without one. */
export interface Appearance {
  /** From 0. */
  readonly page: number;
  /** In points from the page's lower left corner: left, bottom, right, top. */
  readonly rectangle: readonly [number, number, number, number];
  /** Writes the form XObject of the appearance (fonts embedded, no transparency) and answers its reference. */
  readonly draw: (update: IncrementalUpdate) => PdfRef;
}

export interface SignatureWords {
  /** Local time with its zone becomes the dictionary's M. */
  readonly time: Date;
  readonly signerName?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly appearance?: Appearance;
}

export type AppendSignatureError =
  | PdfReadError
  | SigningKeyError
  | TimeStampError
  | { readonly code: 'pdf-no-such-page' | 'pdf-signature-too-large' };

export interface Appended {
  readonly bytes: Buffer;
  /** Why a signature that was wished with a time-stamp has none: it stands at B-B and is raised later. */
  readonly withoutTimeStamp: TimeStampError['code'] | null;
}

/**
 * What to append to a document for a PAdES signature of level B-B, or B-T with an authority that answers
 * (ETSI EN 319 142-1). The CMS carries no signing-time; M does.
 */
export async function appendSignature(
  document: PdfDocument,
  key: SigningKey,
  words: SignatureWords,
  authority: TimeStampAuthority | null,
  signal?: AbortSignal,
): Promise<Result<Appended, AppendSignatureError>> {
  const placed = guarded(() =>
    placeField(document, {
      entries:
        `/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ${pdfDate(words.time)}` +
        text('Name', words.signerName) +
        text('Reason', words.reason) +
        text('Location', words.location),
      appearance: words.appearance,
    }),
  );
  if (!placed.ok) return placed;
  if (placed.value === undefined) return err({ code: 'pdf-no-such-page' });
  const draft = placed.value;
  const digest = digestOf(key.algorithm);
  const signed = await signCms({
    contentDigest: digestDraft(document, draft, digest),
    key,
    signingTime: null,
  });
  if (!signed.ok) return signed;
  let cms = signed.value;
  let withoutTimeStamp: Appended['withoutTimeStamp'] = null;
  if (authority !== null) {
    const value = readSignature(cms, OID.data)?.signatureValue;
    if (value === undefined) throw new Error('our own signature is not readable');
    const token = await authority.stamp('sha256', createHash('sha256').update(value).digest(), signal);
    if (token.ok) cms = addToCms(cms, { signatureTimeStamps: [token.value] });
    else withoutTimeStamp = token.error.code;
  }
  return fill(draft, cms)
    ? ok({ bytes: draft.bytes, withoutTimeStamp })
    : err({ code: 'pdf-signature-too-large' });
}

/** What to append for a document time-stamp (EN 319 142-1, 5.4.3), which proves all that stands before it. */
export async function appendDocumentTimeStamp(
  document: PdfDocument,
  authority: TimeStampAuthority,
  signal?: AbortSignal,
): Promise<Result<Buffer, AppendSignatureError>> {
  const entries = '/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161';
  const placed = guarded(() => placeField(document, { entries, appearance: undefined }));
  if (!placed.ok) return placed;
  if (placed.value === undefined) return err({ code: 'pdf-no-such-page' });
  const draft = placed.value;
  const token = await authority.stamp('sha256', digestDraft(document, draft, 'sha256'), signal);
  if (!token.ok) return token;
  return fill(draft, token.value) ? ok(draft.bytes) : err({ code: 'pdf-signature-too-large' });
}

interface Draft {
  readonly bytes: Buffer;
  /** In `bytes`: of the `<` and behind the `>`. */
  readonly contents: readonly [number, number];
}

function placeField(
  document: PdfDocument,
  signature: { readonly entries: string; readonly appearance: Appearance | undefined },
): Draft | undefined {
  const { entries, appearance } = signature;
  const view = document.view();
  const pageRef = pagesOf(view)[appearance?.page ?? 0];
  const page = view.resolve(pageRef);
  if (pageRef === undefined || !isDict(page)) return undefined;
  const update = beginUpdate(document);
  const value = update.allocate();
  const field = update.allocate();
  update.write(
    value,
    `<< ${entries}\n/ByteRange ${' '.repeat(BYTE_RANGE_WIDTH)}\n/Contents <${'0'.repeat(CONTENTS_BYTES * 2)}> >>`,
  );
  const shown = appearance?.draw(update) ?? drawNothing(update);
  const rectangle = appearance?.rectangle ?? [0, 0, 0, 0];
  update.write(
    field,
    new Map<string, PdfValue>([
      ['Type', { kind: 'name', name: 'Annot' }],
      ['Subtype', { kind: 'name', name: 'Widget' }],
      ['FT', { kind: 'name', name: 'Sig' }],
      ['T', string(freeName(view))],
      ['V', value],
      // Print and Locked: PDF/A asks for the first and forbids hiding.
      ['F', 132],
      ['Rect', rectangle],
      ['P', pageRef],
      ['AP', new Map([['N', shown]])],
    ]),
  );
  const changes = new Map<number, { readonly reference: PdfRef; readonly dict: PdfDict }>();
  const change = (reference: PdfRef, key: string, entry: PdfValue) => {
    const before = changes.get(reference.number)?.dict ?? view.resolve(reference);
    if (!isDict(before)) throw new Error('not a dictionary');
    changes.set(reference.number, { reference, dict: new Map([...before, [key, entry]]) });
  };
  /** Adds to a list wherever it stands: in an object of its own, or in its owner. */
  const addTo = (owner: PdfRef, dict: PdfDict, key: string) => {
    const listed = dict.get(key);
    const list = view.resolve(listed);
    const longer = [...(isArray(list) ? list : []), field];
    if (hasKind(listed, 'ref') && isArray(list)) update.write(listed, longer);
    else change(owner, key, longer);
  };
  addTo(pageRef, page, 'Annots');
  const { reference: root, dict: catalogue } = view.catalogue();
  const given = catalogue.get('AcroForm');
  const form = view.resolve(given);
  if (isDict(form) && hasKind(given, 'ref')) {
    addTo(given, form, 'Fields');
    change(given, 'SigFlags', 3);
  } else {
    const before: PdfDict = isDict(form) ? form : new Map();
    const listed = before.get('Fields');
    const list = view.resolve(listed);
    const longer = [...(isArray(list) ? list : []), field];
    if (hasKind(listed, 'ref') && isArray(list)) update.write(listed, longer);
    const fields = hasKind(listed, 'ref') && isArray(list) ? listed : longer;
    change(root, 'AcroForm', new Map<string, PdfValue>([...before, ['Fields', fields], ['SigFlags', 3]]));
  }
  for (const { reference, dict } of changes.values()) update.write(reference, dict);
  const { bytes, offsets } = update.finish();
  const base = document.bytes.length;
  const from = offsets.get(value.number)! - base;
  const open = bytes.indexOf('/Contents <', from) + 10;
  const close = open + CONTENTS_BYTES * 2 + 2;
  const range = `[0 ${base + open} ${base + close} ${bytes.length - close}]`;
  bytes.write(range.padEnd(BYTE_RANGE_WIDTH), bytes.indexOf('/ByteRange ', from) + 11, 'latin1');
  return { bytes, contents: [open, close] };
}

/** PDF/A-1 wants an appearance of invisible fields, too (ISO 19005-1, 6.5.3). */
function drawNothing(update: IncrementalUpdate): PdfRef {
  const form = update.allocate();
  update.writeStream(form, '/Type /XObject /Subtype /Form /BBox [0 0 0 0]', new Uint8Array());
  return form;
}

function digestDraft(document: PdfDocument, draft: Draft, digest: DigestName): Buffer {
  const [open, close] = draft.contents;
  return createHash(digest)
    .update(document.bytes)
    .update(draft.bytes.subarray(0, open))
    .update(draft.bytes.subarray(close))
    .digest();
}

/** Upper-case digits throughout, so that the case of a digit cannot be changed unseen; zeros behind. */
function fill(draft: Draft, der: Uint8Array): boolean {
  if (der.length > CONTENTS_BYTES) return false;
  draft.bytes.write(Buffer.from(der).toString('hex').toUpperCase(), draft.contents[0] + 1, 'latin1');
  return true;
}

function freeName(view: Parameters<typeof signatureFields>[0]): string {
  const taken = new Set(signatureFields(view).map((one) => one.name));
  let number = 1;
  while (taken.has(`Signature${number}`)) number++;
  return `Signature${number}`;
}

function string(value: string): PdfValue {
  return { kind: 'string', bytes: Buffer.from(value, 'latin1'), hex: false, start: -1, end: -1 };
}

function text(key: string, value: string | undefined): string {
  if (value === undefined) return '';
  return ` /${key} <FEFF${Buffer.from(value.toWellFormed(), 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

/** In Vietnam's zone, as the rules show signing times (NĐ 30/2020: +07:00). */
export function pdfDate(time: Date): string {
  const local = new Date(time.getTime() + 7 * 3_600_000).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return `(D:${local}+07'00')`;
}
