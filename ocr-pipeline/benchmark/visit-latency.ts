import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock, unwrap } from '@motcua/core';
import { createDigitiser } from '../digitiser.ts';
import { buildDossier } from '../dossier/build-dossier.ts';
import { documentName } from '../dossier/metadata.ts';
import { specimenDescription } from '../dossier/specimen.ts';
import { composePdf } from '../pdf/compose-pdf.ts';
import type { EngineChoice } from '../recognition/choose-engine.ts';
import { openSeal } from '../signing/index.ts';

export const VISIT_PAGES = 10;
export const SECONDS_A_PAGE = 4;
const DOSSIER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/**
 * A visit of ten pages, one laid on the glass each four seconds, in real time. The answer is how many seconds after
 * the last page came the sealed dossier with its PDF lies on the disk. Fewer files than ten are used again.
 */
export async function measureVisit(
  engine: EngineChoice,
  files: readonly string[],
  folder: string,
): Promise<number> {
  const seal = await openSeal({
    folder: join(folder, 'seal'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk',
  });
  const digitiser = createDigitiser({ engine });
  await digitiser.warmUp();
  const reading: ReturnType<typeof digitiser.digitise>[] = [];
  let scanned = performance.now();
  for (let page = 0; page < VISIT_PAGES; page += 1) {
    await wait(SECONDS_A_PAGE * 1_000);
    scanned = performance.now();
    const file = files[page % files.length]!;
    reading.push(digitiser.digitise({ file, workFolder: folder, name: `page-${page}` }));
  }
  const pages = (await Promise.all(reading)).map(unwrap);
  const now = systemClock.now();
  const name = documentName(DOSSIER, 1);
  const pdf = await composePdf(
    pages,
    { title: 'Hồ sơ', language: 'vi-VN', createdAt: now, producer: 'Một Cửa Kiosk' },
    join(folder, name),
  );
  const documents = [{ name, file: unwrap(pdf).file, mediaType: 'application/pdf' }];
  const metadata = specimenDescription(DOSSIER, 1);
  unwrap(
    await buildDossier({
      documents,
      metadata,
      seal,
      clock: systemClock,
      to: join(folder, `${DOSSIER}.asice`),
    }),
  );
  const seconds = (performance.now() - scanned) / 1_000;
  await digitiser.close();
  return seconds;
}
