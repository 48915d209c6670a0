import { type Clock, vietnamTime } from '@motcua/core';
import type { CitizenCard } from '@motcua/device-drivers';
import { type Catalogue, findProcedure, type SiteConfig } from '@motcua/firmware-config';
import type { DigitisedPage, EngineFacts } from '@motcua/ocr-pipeline';
import type { DossierDescription } from '@motcua/ocr-pipeline/dossier';
import type { ChipOutcome } from '../identity/chip-outcome.ts';
import type { VisitRow } from '../visits/visit-store.ts';
import type { DossierPaper } from './submission.ts';

/** What the dossier says of itself to the departments of the city: procedure, parties, papers, where it comes from. */
export function dossierMetadata(facts: {
  readonly site: SiteConfig;
  readonly catalogue: Catalogue;
  readonly visit: VisitRow;
  readonly dossierId: string;
  readonly ticketNumber: string | null;
  readonly card: CitizenCard;
  readonly papers: readonly DossierPaper[];
  readonly documents: readonly { readonly name: string }[];
  readonly now: ReturnType<Clock['now']>;
}): DossierDescription {
  const { site, visit, card } = facts;
  const procedure = findProcedure(facts.catalogue, visit.procedure_code ?? '');
  const iso = (time: number | Date) => vietnamTime(new Date(time)).iso;
  return {
    dossierId: facts.dossierId,
    procedure: { code: visit.procedure_code ?? '', name: procedure?.name.vi ?? '' },
    language: visit.language,
    parties: [
      {
        role: 'submitter',
        personNumber: card.number,
        fullName: card.name,
        birthDate: card.birthDate,
        sex: card.sex,
        residence: card.residence.slice(0, 500),
        ...identification(visit),
      },
    ],
    papers: facts.papers.map((paper, index) => ({
      code: paper.code,
      name: procedure?.papers.find((entry) => entry.code === paper.code)?.name.vi ?? paper.code,
      document: facts.documents[index]?.name ?? '',
      pages: paper.pages.map((page, position) => ({
        kind: { code: page.kind.code, name: page.kind.name.vi, score: page.kind.score },
        dpi: page.dpi,
        width: page.width,
        height: page.height,
        skew: page.skew,
        rotation: page.rotation,
        confidence: page.confidence,
        fields: page.fields.slice(0, 100).map(({ name, value, confidence, check, label, person, box }) => ({
          name,
          value: value.slice(0, 500),
          confidence,
          check,
          ...(label && { label: label.vi }),
          ...(person && { person: person.name.vi }),
          ...(box.width > 0 && box.height > 0 && { box }),
        })),
        scannedAt: iso(paper.rows[position]?.scanned_at ?? facts.now),
      })),
    })),
    provenance: {
      kioskId: site.kiosk.id,
      kioskName: site.kiosk.name,
      ticketNumber: facts.ticketNumber,
      startedAt: iso(visit.started_at),
      submittedAt: iso(facts.now),
      engines: enginesOf(facts.papers.flatMap((paper) => paper.pages)),
    },
    receivingUnit: { code: site.city.agencyCode, name: site.kiosk.serviceUnit },
    settlingUnit: { code: site.city.agencyCode, name: site.kiosk.settlingUnit },
  };
}

function identification({ identity_level, chip }: VisitRow) {
  const outcome = chip ? (JSON.parse(chip) as ChipOutcome) : null;
  return {
    identifiedBy: identifiedBy[identity_level ?? 'qr'],
    ...(outcome && { chipVerdict: outcome.verdict, chipContradictsCode: outcome.contradicts }),
  };
}

const identifiedBy = {
  typed: 'typed',
  qr: 'citizen-card-qr',
  chip: 'citizen-card-chip',
  'chip-proved': 'citizen-card-chip-proved',
} as const;

/** Each engine that read at least one of the pages. */
function enginesOf(pages: readonly Pick<DigitisedPage, 'engine'>[]): EngineFacts[] {
  const byName = new Map(pages.map(({ engine }) => [`${engine.name} ${engine.version}`, engine]));
  return [...byName.values()];
}
