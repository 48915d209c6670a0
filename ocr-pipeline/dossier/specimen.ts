import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@motcua/core';
import type { Seal } from '../signing/index.ts';
import { type BuiltDossier, buildDossier } from './build-dossier.ts';
import { type DossierDescription, documentName } from './metadata.ts';

/** A description of a dossier of an invented person, for tests and demonstrations. */
export function specimenDescription(dossierId: string, papers = 2): DossierDescription {
  const now = '2026-10-08T09:00:00+07:00';
  return {
    dossierId,
    procedure: { code: '2.000815', name: 'Chứng thực bản sao từ bản chính' },
    language: 'vi',
    parties: [
      {
        role: 'submitter',
        personNumber: '079190000001',
        fullName: 'Nguyễn Thị Mẫu',
        birthDate: '1990-01-01',
        identifiedBy: 'citizen-card-qr',
      },
    ],
    papers: Array.from({ length: papers }, (_, index) => ({
      code: 'original',
      name: 'Bản chính',
      document: documentName(dossierId, index + 1),
      pages: [
        {
          kind: { code: 'birth-certificate', name: 'Giấy khai sinh', score: 0.9 },
          dpi: 300,
          width: 2480,
          height: 3508,
          skew: 0.4,
          rotation: 0,
          confidence: 91,
          fields: [{ name: 'fullName', value: 'Nguyễn Thị Mẫu', confidence: 93 }],
        },
      ],
    })),
    provenance: {
      kioskId: 'K-27475-01',
      kioskName: 'Kiosk Tân Hưng 1',
      ticketNumber: 'A001',
      startedAt: now,
      submittedAt: now,
      engines: [{ name: 'tesseract.js', version: '7.0.0' }],
    },
    receivingUnit: { code: 'H29.15', name: 'UBND phường Tân Hưng' },
    settlingUnit: { code: 'H29.15', name: 'UBND phường Tân Hưng' },
  };
}

/** Writes small stand-ins for PDFs into `folder` and builds a sealed dossier of them there. */
export async function buildSpecimenDossier(options: {
  readonly folder: string;
  readonly dossierId: string;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly papers?: number;
  readonly bytesPerPaper?: number;
  readonly previousVersion?: DossierDescription['previousVersion'];
}): Promise<BuiltDossier> {
  const { folder, dossierId, seal, clock, papers = 2, bytesPerPaper = 5_000, previousVersion } = options;
  const documents = await Promise.all(
    Array.from({ length: papers }, async (_, index) => {
      const name = documentName(dossierId, index + 1);
      const file = join(folder, name);
      await writeFile(file, `%PDF-1.7\n${`${index} giấy tờ\n`.repeat(bytesPerPaper / 10)}%%EOF\n`);
      return { name, file, mediaType: 'application/pdf' };
    }),
  );
  const to = join(folder, `${dossierId}.asice`);
  const built = await buildDossier({
    documents,
    metadata: { ...specimenDescription(dossierId, papers), ...(previousVersion && { previousVersion }) },
    seal,
    clock,
    to,
  });
  if (!built.ok) throw new Error(`${built.error.code} ${built.error.detail}`);
  return built.value;
}
