import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../revocation.ts';
import type { SigningKey } from '../signing-key.ts';
import { pagesOf, signatureFields } from './form.ts';
import { beginUpdate, type IncrementalUpdate } from './incremental-update.ts';
import { openPadesBench, type PadesBench } from './pades-test-bench.ts';
import { type PdfView, readPdf } from './read-document.ts';
import { type PdfDict, type PdfRef, type PdfValue, ref } from './values.ts';
import { verifyPdf } from './verify-pdf.ts';

/** Published attacks (Mladenov et al., "1 Trillion Dollar Refund", CCS 2019; "Shadow Attacks", NDSS 2021), rebuilt. */
let bench: PadesBench;
let key: SigningKey;
let signed: Buffer;

beforeAll(async () => {
  bench = await openPadesBench();
  key = await bench.key('p256');
  signed = await bench.sign('table.pdf', 'signed.pdf', key, 'B-T');
});
afterAll(() => bench.close());

function attack(bytes: Buffer, work: (update: IncrementalUpdate, view: PdfView) => void): Buffer {
  const read = readPdf(bytes);
  if (!read.ok) throw new Error(read.error.code);
  const update = beginUpdate(read.value);
  work(update, read.value.view());
  return Buffer.concat([bytes, update.finish().bytes]);
}
const withKey = (dict: PdfValue, key: string, value: PdfValue) =>
  new Map([...(dict as PdfDict), [key, value]]);
const pageOf = (view: PdfView): [PdfRef, PdfDict] => {
  const [page] = pagesOf(view);
  return [page!, view.resolve(page) as PdfDict];
};
const contentsOf = (view: PdfView): PdfRef => {
  const contents = pageOf(view)[1].get('Contents');
  return (Array.isArray(contents) ? contents[0] : contents) as PdfRef;
};
/** What is found wrong with it; empty when it passes. */
function faults(bytes: Buffer): string[] {
  const seen = verifyPdf(bytes, { anchors: [key.chain.at(-1)!], at: new Date(), evidence: NO_EVIDENCE });
  if (!seen.ok) return [seen.error.code];
  const { signatures, documentTimeStamps, store, detached } = seen.value;
  if (signatures.length === 0) return [detached ? 'detached' : 'unsigned'];
  return [
    ...[...signatures, ...documentTimeStamps].flatMap((one) => [
      ...(one.fault ? [one.fault] : []),
      ...one.changes.map(({ what, page }) => `${what}${page ? ` ${page}` : ''}`),
      ...(one.outcome?.problems ?? []).flatMap(({ code, weight }) => (weight === 'invalid' ? [code] : [])),
    ]),
    ...(store === 'damaged' || store === 'unverified' ? [store] : []),
  ];
}

/** Nothing but warnings was found. */
function trusted(bytes: Buffer): boolean {
  const seen = bench.verify(bytes);
  return seen.signatures.every((one) => one.outcome?.problems.every(({ weight }) => weight === 'warning'));
}

describe('incremental saving attack', () => {
  it('finds nothing in what was signed', () => {
    expect(faults(signed)).toEqual([]);
  });

  it.each<[string, string, (update: IncrementalUpdate, view: PdfView) => void]>([
    [
      'page-content 1',
      'the text of a page',
      (update, view) => {
        update.writeStream(contentsOf(view), '', Buffer.from('BT ET'));
      },
    ],
    [
      'page 1',
      'a page’s reference to its text',
      (update, view) => {
        const [page, dict] = pageOf(view);
        const other = update.allocate();
        update.writeStream(other, '', Buffer.from('BT ET'));
        update.write(page, withKey(dict, 'Contents', other));
      },
    ],
    [
      'page 1',
      'a page’s size',
      (update, view) => {
        const [page, dict] = pageOf(view);
        update.write(page, withKey(dict, 'MediaBox', [0, 0, 10, 10]));
      },
    ],
    [
      'page 1',
      'an annotation over a page',
      (update, view) => {
        const [page, dict] = pageOf(view);
        const note = update.allocate();
        update.write(note, '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 400] /Contents (paid) >>');
        update.write(page, withKey(dict, 'Annots', [...(dict.get('Annots') as PdfRef[]), note]));
      },
    ],
    [
      'page 1',
      'a signature field that covers the page and is not signed',
      (update, view) => {
        const [page, dict] = pageOf(view);
        const field = update.allocate();
        update.write(field, '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sneaky) /Rect [0 0 300 400] >>');
        update.write(page, withKey(dict, 'Annots', [...(dict.get('Annots') as PdfRef[]), field]));
      },
    ],
    [
      'catalogue',
      'another page tree',
      (update, view) => {
        const { reference, dict } = view.catalogue();
        update.write(reference, withKey(dict, 'Pages', pageOf(view)[0]));
      },
    ],
    [
      'catalogue',
      'an action on opening',
      (update, view) => {
        const { reference, dict } = view.catalogue();
        update.write(
          reference,
          withKey(dict, 'OpenAction', new Map([['S', { kind: 'name', name: 'JavaScript' }]])),
        );
      },
    ],
    [
      'annotation 1',
      'the appearance of the signature',
      (update, view) => {
        const [field] = signatureFields(view);
        update.write(field!.reference!, withKey(field!.dict, 'AP', ref(1)));
      },
    ],
  ])('is told as %s: %s', (found, _, change) => {
    const seen = faults(attack(signed, change));
    expect(seen).toContain(found);
  });

  it('without a cross-reference, or with junk behind the end, is no PDF', () => {
    const object = Buffer.from('\n4 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n');
    expect(faults(Buffer.concat([signed, object]))).toEqual(['pdf-damaged']);
    expect(faults(Buffer.concat([signed, Buffer.from('junk')]))).toEqual(['pdf-damaged']);
    expect(faults(Buffer.concat([Buffer.from('junk\n'), signed]))).toEqual(['pdf-damaged']);
    expect(faults(signed.subarray(0, -40))).toEqual(['pdf-damaged']);
  });
});

describe('shadow attack', () => {
  it('hide and replace: two objects of one number, the table switched after signing', async () => {
    const original = await readFile(bench.at('table.pdf'));
    const read = readPdf(original);
    if (!read.ok) throw new Error('unreadable');
    const contents = contentsOf(read.value.view());
    // The hidden twin stands in an update that a second update takes back, all before signing.
    const hiding = attack(original, (update) =>
      update.writeStream(contents, '', Buffer.from('BT (pay 1000000) Tj ET')),
    );
    const shown = attack(hiding, (update) =>
      update.writeStream(contents, '', Buffer.from('BT (pay 1) Tj ET')),
    );
    await writeFile(bench.at('shadow.pdf'), shown);
    const bytes = await bench.sign('shadow.pdf', 'shadow-signed.pdf', key, 'B-B');
    expect(faults(bytes)).toEqual([]);
    const at = bytes.indexOf(`\n${contents.number} 0 obj`, original.length - 1) + 1;
    const xref = bytes.length;
    const previous = readPdf(bytes);
    if (!previous.ok) throw new Error('unreadable');
    const { trailer, sections } = {
      trailer: previous.value.view().trailer,
      sections: previous.value.sections,
    };
    const root = trailer.get('Root') as PdfRef;
    const update = `xref\n${contents.number} 1\n${String(at).padStart(10, '0')} 00000 n \ntrailer\n<< /Size ${trailer.get('Size')} /Root ${root.number} 0 R /Prev ${sections.at(-1)!.offset} >>\nstartxref\n${xref}\n%%EOF\n`;
    expect(faults(Buffer.concat([bytes, Buffer.from(update)]))).toContain('page-content 1');
  });
});

describe('universal signature forgery and signature wrapping', () => {
  const rewritten = (change: (dict: string) => string) =>
    attack(signed, (update, view) => {
      const [field] = signatureFields(view);
      const { offset } = view.entries.get((field!.dict.get('V') as PdfRef).number) as { offset: number };
      const text = signed.toString('latin1', offset, signed.indexOf('endobj', offset));
      const body = text.slice(text.indexOf('<<'));
      const forged = update.allocate();
      update.write(forged, change(body));
      update.write(field!.reference!, withKey(field!.dict, 'V', forged));
    });
  it.each<[string, (dict: string) => string]>([
    ['no ByteRange', (dict) => dict.replace(/\/ByteRange \[[^\]]*\]/, '')],
    ['a ByteRange of null', (dict) => dict.replace(/\/ByteRange \[[^\]]*\]/, '/ByteRange null')],
    ['a negative ByteRange', (dict) => dict.replace(/\/ByteRange \[0 /, '/ByteRange [-0 ')],
    ['a ByteRange of nothing', (dict) => dict.replace(/\/ByteRange \[[^\]]*\]/, '/ByteRange [0 0 0 0]')],
    ['no Contents', (dict) => dict.replace(/\/Contents <[^>]*>/, '')],
    ['Contents of null', (dict) => dict.replace(/\/Contents <[^>]*>/, '/Contents null')],
    ['Contents of zeros', (dict) => dict.replace(/\/Contents <[^>]*>/, '/Contents <0000>')],
    ['the same range, but not around itself', (dict) => dict],
  ])('%s', (_, change) => {
    expect(faults(rewritten(change))).not.toEqual([]);
  });

  it('a gap that is wider than the signature', () => {
    const [range, a, b, c] = /\/ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(signed.toString('latin1'))!;
    const wrap = Buffer.from('\n9 0 obj (hidden) endobj\n');
    const moved = Buffer.concat([signed.subarray(0, Number(b)), wrap, signed.subarray(Number(b))]);
    const other = `/ByteRange [0 ${a} ${Number(b) + wrap.length} ${c}]`;
    expect(faults(Buffer.from(moved.toString('latin1').replace(range, other), 'latin1'))).not.toEqual([]);
  });

  it('the form without its field: the signature is there and nothing leads to it', () => {
    const bytes = attack(signed, (update, view) => {
      const { reference, dict } = view.catalogue();
      update.write(reference, withKey(dict, 'AcroForm', new Map()));
    });
    expect(faults(bytes)).toEqual(['detached']);
  });
});

describe('parts of other files', () => {
  it('a time-stamp of another document is told', async () => {
    const [one, two] = [
      await bench.sign('table.pdf', 'one.pdf', key),
      await bench.sign('streams.pdf', 'two.pdf', key),
    ];
    const last = (bytes: Buffer) => {
      const from = bytes.lastIndexOf('/Contents <') + 10;
      return [from, bytes.indexOf('>', from)] as const;
    };
    const swapped = Buffer.from(one);
    two.copy(swapped, last(one)[0], ...last(two));
    expect(faults(swapped)).toContain('timestamp-of-other-data');
  });

  it('a certificate of somebody else in the signer’s place is told', () => {
    const mine = Buffer.from(key.chain[0].raw.toString('hex').toUpperCase());
    const at = signed.indexOf(mine);
    const other = Buffer.from(mine);
    other[mine.length - 20] = mine.at(-20) === 0x30 ? 0x31 : 0x30;
    const bytes = Buffer.from(signed);
    other.copy(bytes, at);
    expect(faults(bytes)).toEqual(['signer-certificate-swapped']);
  });
});

describe('bytes that no signature covers', () => {
  it('a length that draws the padding of Contents in is told', () => {
    const at = signed.indexOf('/Contents <3082') + 15;
    const bytes = Buffer.from(signed);
    bytes[at]! ^= 1;
    expect(faults(bytes)).toEqual(['signature-malformed']);
  });

  it('the issuer’s name in another case is told', () => {
    const name = Buffer.from('Motcua demo issuing').toString('hex').toUpperCase();
    // In certificates, which are signed, and in the signers' identifiers, which are not.
    const places: number[] = [];
    for (let at = signed.indexOf(name); at >= 0; at = signed.indexOf(name, at + 1)) places.push(at);
    expect(places.length).toBeGreaterThan(3);
    const told = places.map((at) => {
      const changed = Buffer.from(signed);
      changed[at] = changed[at] === 0x34 ? 0x36 : 0x34;
      return faults(changed).length > 0 || !trusted(changed);
    });
    expect(told).not.toContain(false);
  });
});

describe('any change', () => {
  it('of a byte in a document at B-LTA is told, or the file is no PDF', async () => {
    const whole = await bench.sign('table.pdf', 'whole.pdf', key);
    expect(faults(whole)).toEqual([]);
    fc.assert(
      fc.property(fc.nat(whole.length - 2), fc.nat(7), (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        expect(faults(bytes)).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('never makes the reader throw', async () => {
    const streams = await readFile(bench.at('two.pdf'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(streams.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(streams.length)),
        (edits, cut) => {
          const bytes = Buffer.from(streams);
          for (const [at, value] of edits) bytes[at] = value;
          faults(cut === null ? bytes : bytes.subarray(0, cut));
        },
      ),
      { numRuns: 60 },
    );
  });
});
