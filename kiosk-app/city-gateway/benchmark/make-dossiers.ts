import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DossierManifest } from '@motcua/contract';
import { systemClock, systemIds } from '@motcua/core';
import { buildDossier, documentName, openSeal } from '@motcua/ocr-pipeline/dossier';
import { specimenDescription } from '@motcua/ocr-pipeline/dossier/specimen';

export interface MadeDossier {
  readonly manifest: DossierManifest;
  readonly file: string;
}

/** Bytes of a dossier and how many of twenty have it: mostly a form and a copy, sometimes a thick file. */
const MIX: readonly (readonly [bytes: number, of20: number])[] = [
  [60_000, 8],
  [250_000, 7],
  [1_000_000, 4],
  [4_000_000, 1],
];

const sizeOf = (index: number) => {
  let left = (index * 7) % 20;
  for (const [bytes, count] of MIX) {
    if (left < count) return bytes;
    left -= count;
  }
  return MIX[0]![0];
};

/**
 * Sealed dossiers of one kiosk, made by the kiosk's own code; kept in `folder` for the next run. Papers of one size are
 * the same bytes, made once; ids, description, seal and so the container differ.
 */
export async function makeDossiers(options: {
  readonly folder: string;
  readonly kioskId: string;
  /** Agency prefix of its ward: each has 9,999 numbers a day. */
  readonly unitCode: string;
  readonly count: number;
}): Promise<{ readonly certificatePem: string; readonly dossiers: readonly MadeDossier[] }> {
  const { count, kioskId } = options;
  const folder = join(options.folder, kioskId);
  const index = join(folder, `made-${count}.json`);
  const seal = await openSeal({
    folder: join(folder, 'keys'),
    clock: systemClock,
    kioskId,
    kioskName: 'Kiosk',
  });
  if (existsSync(index))
    return {
      certificatePem: seal.certificatePem,
      dossiers: JSON.parse(await readFile(index, 'utf8')) as MadeDossier[],
    };
  await mkdir(folder, { recursive: true });
  const ids = systemIds(systemClock);
  const dossiers: MadeDossier[] = [];
  for (let number = 0; number < count; number++) {
    const dossierId = ids.next();
    const name = documentName(dossierId, 1);
    const paper = join(folder, name);
    await writeFile(paper, paperOf(sizeOf(number)));
    const description = specimenDescription(dossierId, 1);
    const file = join(folder, `${dossierId}.asice`);
    const built = await buildDossier({
      documents: [{ name, file: paper, mediaType: 'application/pdf' }],
      metadata: {
        ...description,
        provenance: { ...description.provenance, kioskId },
        receivingUnit: { code: options.unitCode, name: 'UBND' },
      },
      seal,
      clock: systemClock,
      to: file,
    });
    if (!built.ok) throw new Error(`${built.error.code} ${built.error.detail}`);
    await rm(paper);
    const { documents, sha256, size } = built.value;
    const named = documents.map((one) => ({ name: one.name, sha256: one.sha256 }));
    dossiers.push({
      file,
      manifest: { dossierId, kioskId, procedureCode: '2.000815', size, sha256, documents: named },
    });
  }
  await writeFile(index, JSON.stringify(dossiers));
  return { certificatePem: seal.certificatePem, dossiers };
}

const papers = new Map<number, Buffer>();
function paperOf(bytes: number): Buffer {
  const made = papers.get(bytes) ?? Buffer.alloc(bytes);
  if (!papers.has(bytes)) {
    // Does not compress, as pictures do not; and is the same in each run.
    for (let at = 0, state = bytes; at < bytes; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      made[at] = state >>> 16;
    }
    made.write('%PDF-1.7\n');
    papers.set(bytes, made);
  }
  return made;
}
