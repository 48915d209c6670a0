import { readFile, rm } from 'node:fs/promises';
import { unwrap } from '@motcua/core';
import { verifyAny } from '../dossier/verify-any.ts';
import { inspectPage } from '../imaging/inspect-page.ts';
import { straightenPage } from '../imaging/straighten.ts';
import { makeThumbnail } from '../imaging/thumbnail.ts';
import type { DigitisedPage, Line } from '../page.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import { importPage } from '../sources/import-page.ts';
import { planSources } from '../sources/plan-sources.ts';
import { loadKinds } from '../understanding/load-kinds.ts';
import { understandPage } from '../understanding/understand-page.ts';

/** Reads one broken file; answers what came of it in a word. Whatever it throws is a bug. */
export type Target = (file: string, certificates: readonly string[]) => Promise<string>;

export const targetNames = [
  'inspect',
  'decode',
  'sources',
  'thumbnail',
  'compose',
  'verify',
  'understand',
] as const;
export type TargetName = (typeof targetNames)[number];

export const targets: Readonly<Record<TargetName, Target>> = {
  async inspect(file) {
    const facts = await inspectPage(file);
    return facts.ok ? facts.value.format : facts.error.code;
  },

  async decode(file) {
    const facts = await inspectPage(file);
    if (!facts.ok) return facts.error.code;
    try {
      const page = await straightenPage(file, undefined);
      return page.bilevel ? 'bilevel' : 'decoded';
    } catch (error) {
      // The decoder's own complaint, which the digitiser turns into an error of the page; a mistake of ours is none.
      if (isBug(error)) throw error;
      return 'not-decoded';
    }
  },

  async sources(file) {
    const [first] = await planSources([file], 50);
    if (first === undefined) return 'nothing';
    if (first.kind === 'refused') return first.error.code;
    if (first.kind === 'finished-pdf' || first.index === undefined) return first.kind;
    const base = `${file}.page`;
    try {
      const page = await importPage(file, first.index, base);
      return page.ok ? 'imported' : page.error.code;
    } finally {
      for (const ending of ['png', 'tif']) await rm(`${base}.${ending}`, { force: true });
    }
  },

  async thumbnail(file) {
    const to = `${file}.thumbnail`;
    const made = await makeThumbnail(file, to, 0);
    await rm(to, { force: true });
    return made.ok ? 'made' : made.error.code;
  },

  async compose(file) {
    const to = `${file}.pdf`;
    const page = {
      imageFile: file,
      width: 300,
      height: 424,
      dpi: 36,
      lines: linesOf('Chữ'),
      picture: undefined,
    };
    const meta = { title: 't', language: 'vi-VN', createdAt: new Date(0), producer: 'fuzz' };
    const made = await composePdf([page as unknown as DigitisedPage], meta, to);
    await rm(to, { force: true });
    return made.ok ? 'composed' : made.error.code;
  },

  async verify(file, certificates) {
    const options = { trust: certificates, receiptTrust: certificates, at: new Date('2026-10-08T03:00:00Z') };
    const { format, verdict } = await verifyAny(file, options);
    return `${format} ${verdict}`;
  },

  async understand(file) {
    const lines = linesOf((await readFile(file)).toString('utf8'));
    const page = { lines, codes: [], width: 1654, height: 2339 };
    const { kind, fields } = understandPage(page, unwrap(loadKinds()), '2026-10-08');
    if (!fields.every(({ confidence }) => confidence >= 0)) throw new Error('a field without confidence');
    return kind.code;
  },
};

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

const MAX_WORDS = 3_000;

function linesOf(text: string): readonly Line[] {
  let left = MAX_WORDS;
  return text.split('\n').map((line, row) => ({
    words: line
      .split(/\s+/)
      .slice(0, Math.max(0, left))
      .map((word, at) => {
        left -= 1;
        return { text: word, box: { x: at * 80, y: row * 30, width: 70, height: 24 }, confidence: 90 };
      }),
  }));
}
