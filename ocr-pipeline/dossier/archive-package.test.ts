import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, unwrap } from '@motcua/core';
import { SaxesParser } from 'saxes';
import { beforeAll, expect, it } from 'vitest';
import { openSeal, type Seal } from '../signing/index.ts';
import { exportArchivePackage } from './archive-package.ts';
import { metadataSchema } from './metadata-schema.ts';
import { buildSpecimenDossier } from './specimen.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const dossierId = '01K6Z00000000000000000000A';
const dossierCode = 'H29.15-261008-0975';
let folder: string;
let seal: Seal;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  seal = await openSeal({ folder: join(folder, 'keys'), clock, kioskId: 'K-27475-01', kioskName: 'Kiosk' });
  ({ file } = await buildSpecimenDossier({ folder, dossierId, seal, clock }));
});
const pack = (name: string, from = file) =>
  exportArchivePackage({
    file: from,
    folder: join(folder, name),
    dossierCode,
    verify: { trust: [seal.certificatePem], at: clock.now() },
  });

/** Attributes of every element of a name, read by a parser that refuses what is not well-formed. */
function elements(xml: string, name: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    if (tag.name === name) found.push(tag.attributes);
  });
  parser.write(xml).close();
  return found;
}

it('an archive gets every file under the dossier’s code, with its digest, and the sealed original', async () => {
  const { files } = unwrap(await pack('package'));
  expect(files).toEqual([
    'METS.xml',
    'PREMIS.xml',
    `documents/${dossierCode}.1.pdf`,
    `documents/${dossierCode}.2.pdf`,
    'metadata.json',
    `original/${dossierCode}.asice`,
  ]);
  const mets = await readFile(join(folder, 'package', 'METS.xml'), 'utf8');
  const places = elements(mets, 'mets:FLocat').map((one) => one['xlink:href']!);
  expect(places).toEqual(files.slice(2));
  for (const [index, { CHECKSUM, SIZE, CREATED }] of elements(mets, 'mets:file').entries()) {
    const bytes = await readFile(join(folder, 'package', places[index]!));
    expect([CHECKSUM, SIZE]).toEqual([
      createHash('sha256').update(bytes).digest('hex'),
      String(bytes.length),
    ]);
    expect(CREATED).toBe('2026-10-08T09:10:00+07:00');
  }
  const premis = await readFile(join(folder, 'package', 'PREMIS.xml'));
  expect(elements(mets, 'mets:mdRef')[0]!['CHECKSUM']).toBe(
    createHash('sha256').update(premis).digest('hex'),
  );
  expect(elements(premis.toString(), 'premis:object')).toHaveLength(4);
  expect(premis.toString()).toContain('<premis:eventOutcome>valid, B-B</premis:eventOutcome>');
  const original = await readFile(join(folder, 'package', files.at(-1)!));
  expect(original.equals(await readFile(file))).toBe(true);
});

it('a dossier that does not verify is not packed', async () => {
  const bytes = await readFile(file);
  bytes[200]! ^= 1;
  await writeFile(join(folder, 'changed.asice'), bytes);
  expect(await pack('none', join(folder, 'changed.asice'))).toMatchObject({
    ok: false,
    error: { code: 'archive-dossier-not-valid' },
  });
});

it('the published schema of metadata.json is the one that is checked', async () => {
  const published = JSON.parse(await readFile(join(import.meta.dirname, 'metadata.schema.json'), 'utf8'));
  // After a change: npm run schema:dossier.
  expect(published).toEqual(JSON.parse(JSON.stringify(metadataSchema())));
});
