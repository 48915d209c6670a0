import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { VisitView } from '@motcua/contract';
import { ulidPattern } from '@motcua/core';
import type { DigitisedPage } from '@motcua/ocr-pipeline';
import type { ReportedPage } from './demo-report.ts';

type Sources = Readonly<Record<string, string>>;

/**
 * Which page came from which laid file, those that are known included. A page whose picture bears other bytes came from
 * the same picture as the page before it: two papers on one glass.
 */
export async function findSources(
  visit: VisitView,
  files: readonly string[],
  known: Sources,
  workFolder: string,
): Promise<Sources> {
  // Pages bear ULIDs: their order is the order in which the scanner gave them.
  const ids = visit.papers.flatMap((paper) => paper.pages.map((page) => page.id)).sort();
  if (ids.every((id) => known[id] !== undefined)) return known;
  const pictures = new Map<string, string>();
  for (const name of await readdir(workFolder)) {
    const { name: id, ext } = parse(name);
    if (ulidPattern.test(id) && ext !== '.json') pictures.set(id, await hashOf(join(workFolder, name)));
  }
  const laid = await Promise.all(files.map(async (file) => ({ file, hash: await hashOf(file) })));
  const sources: Record<string, string> = { ...known };
  let before = '';
  for (const id of ids) {
    if (sources[id] === undefined) {
      const used = Object.values(sources);
      const same = laid.filter(({ hash }) => hash === pictures.get(id));
      // The same picture laid twice is two files.
      sources[id] = (same.find(({ file }) => !used.includes(file)) ?? same[0])?.file ?? before;
    }
    before = sources[id];
  }
  return sources;
}

/** What was read on the pages of the open visit, by page id; its end wipes it. */
export async function readResults(workFolder: string): Promise<Map<string, ReportedPage>> {
  const pages = new Map<string, ReportedPage>();
  for (const name of (await readdir(workFolder)).filter((entry) => entry.endsWith('.json')).sort()) {
    const read = JSON.parse(await readFile(join(workFolder, name), 'utf8')) as DigitisedPage;
    const fields: Record<string, string> = {};
    for (const field of read.fields) fields[field.name] ??= field.value;
    pages.set(name.slice(0, 26), { file: '', text: read.text, kind: read.kind.code, fields });
  }
  return pages;
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
