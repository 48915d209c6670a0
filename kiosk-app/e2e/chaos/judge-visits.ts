import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, ulidPattern } from '@motcua/core';
import type { PrintedPaper } from '@motcua/device-drivers/simulators';
import { extractDossier } from '@motcua/ocr-pipeline/dossier';
import { createFileLayout, openStorage } from '@motcua/service/storage';
import Database from 'better-sqlite3-multiple-ciphers';
import { readPapers } from './printed-papers.ts';
import type { SeenVisit } from './witness.ts';

export interface CityRow {
  readonly id: string;
  readonly code: string;
}

/** The dossiers that the demo's city has accepted. */
export function acceptedDossiers(folder: string): readonly CityRow[] {
  const db = new Database(join(folder, 'city', 'gateway.sqlite'), { readonly: true });
  try {
    return db
      .prepare<[], CityRow>('SELECT id, code FROM dossiers WHERE receipt IS NOT NULL ORDER BY code')
      .all();
  } finally {
    db.close();
  }
}

/**
 * Compares what the persons of the visits have seen, all of which came to their end, with what there is: on the
 * kiosk's disk, at the city, on paper. Kiosk and city must have been stopped. Returns what is wrong.
 */
export async function judgeVisits(world: {
  readonly folder: string;
  readonly visits: readonly SeenVisit[];
  readonly papers: readonly PrintedPaper[];
}): Promise<string[]> {
  const wrong: string[] = [];
  const city = acceptedDossiers(world.folder);
  const submitted = world.visits.filter(({ dossierId }) => dossierId !== null);
  if (city.length !== submitted.length)
    wrong.push(`${submitted.length} visits handed in a dossier, the city accepted ${city.length}`);
  const numbers = city.map(({ code }) => Number(code.slice(-4)));
  if (numbers.some((number, index) => number !== index + 1))
    wrong.push(`the city’s codes have a gap or a double: ${numbers.join(', ')}`);
  const papers = await readPapers(world.papers);
  const layout = createFileLayout(join(world.folder, 'data'), join(world.folder, 'run'));
  const { db, blobs } = await openStorage(layout);
  try {
    const integrity = db.pragma('integrity_check(1)', { simple: true });
    if (integrity !== 'ok') wrong.push(`database: ${integrity}`);
    const doubled = db
      .prepare('SELECT count(*) - count(DISTINCT prefix || local_day || sequence) FROM tickets')
      .pluck()
      .get();
    if (doubled !== 0) wrong.push(`${doubled} numbers given twice`);
    const ticket = db
      .prepare<[string], string>(`SELECT prefix || format('%03d', sequence) FROM tickets WHERE id = ?`)
      .pluck();
    const sealed = db.prepare<[string], { file: string; state: string; dossier_code: string }>(
      'SELECT file, state, dossier_code FROM dossiers WHERE id = ?',
    );
    for (const visit of world.visits) {
      const name = visit.ticket?.number ?? visit.id;
      if (visit.ticket) {
        if (ticket.get(visit.ticket.id) !== visit.ticket.number) wrong.push(`${name}: the number is gone`);
        wrong.push(...printedOnce(papers, `MCK1:${visit.ticket.id}`, `${name}: ticket`));
      }
      if (visit.dossierId === null) {
        wrong.push(`${name}: no dossier was handed in`);
        continue;
      }
      const row = sealed.get(visit.dossierId);
      if (row?.state !== 'accepted' || row.dossier_code !== visit.dossierCode)
        wrong.push(`${name}: the kiosk knows its dossier as ${row?.state} ${row?.dossier_code}`);
      if (city.find(({ id }) => id === visit.dossierId)?.code !== visit.dossierCode)
        wrong.push(`${name}: the city does not have its dossier under ${visit.dossierCode}`);
      wrong.push(...printedOnce(papers, visit.dossierCode ?? '', `${name}: receipt`));
      const atCity = join(world.folder, 'city', 'dossiers', visit.dossierId);
      const own = row && createHash('sha256').update(await readBlob(row.file));
      const same = existsSync(atCity) && createHash('sha256').update(await readFile(atCity));
      if (!own || !same || own.digest('hex') !== same.digest('hex'))
        wrong.push(`${name}: the city’s bytes are not those that the kiosk sealed`);
      else if ((await countPages(atCity)) !== visit.pages.size)
        wrong.push(
          `${name}: ${visit.pages.size} pages were taken in, the dossier has ${await countPages(atCity)}`,
        );
    }
    const left = {
      'visits that were not wiped': `SELECT count(*) FROM visits WHERE wiped = 0 OR card IS NOT NULL OR person_key IS NOT NULL`,
      pages: 'SELECT count(*) FROM pages',
      'slips with contents': `SELECT count(*) FROM print_jobs WHERE slip <> '{"blocks":[]}'`,
      'dossiers that wait': 'SELECT count(*) FROM outbox',
    };
    for (const [what, query] of Object.entries(left)) {
      const count = db.prepare(query).pluck().get();
      if (count !== 0) wrong.push(`${count} ${what} left on the kiosk`);
    }
    const ids = new Set(world.visits.map(({ id }) => id));
    for (const place of [layout.working, layout.blobs])
      for (const name of await readdir(place))
        if (ids.has(name) || (place === layout.working && ulidPattern.test(name)))
          wrong.push(`${place}/${name} is left`);
    return wrong;
  } finally {
    db.close();
    await rm(layout.working, { recursive: true, force: true });
  }

  async function readBlob(ref: string): Promise<Buffer> {
    const file = await blobs.open(ref);
    const pieces: Buffer[] = [];
    for await (const piece of file.read(0, file.size)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }
}

/** One original, and any number of copies that say so; or only such copies, when the original came out in pieces. */
function printedOnce(
  papers: readonly { readonly codes: readonly string[]; readonly isCopy: boolean }[],
  code: string,
  what: string,
): string[] {
  const own = papers.filter(({ codes }) => codes.includes(code));
  const originals = own.filter(({ isCopy }) => !isCopy);
  if (own.length === 0) return [`${what} was never printed`];
  return originals.length > 1
    ? [`${what} was printed ${originals.length} times without the mark of a copy`]
    : [];
}

async function countPages(dossier: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-judge-'));
  try {
    let pages = 0;
    for (const file of await extractDossier(dossier, folder, (name) => name.endsWith('.pdf'))) {
      const counted = await exec('qpdf', ['--show-npages', file], { timeoutMs: 20_000 });
      if (counted.ok) pages += Number(counted.value.stdout.toString());
    }
    return pages;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
