import { z } from 'zod';

/** `metadata.json` of a dossier: what a department needs to take it up without opening one page. Version 1. */
const Text = z.string().max(500);
const DateTime = z.iso.datetime({ offset: true });
const DateOnly = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD');
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in lower-case hexadecimal');
const DossierId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');
/** Names inside the container: `<dossier id>.<sequence>.pdf`. */
export const DocumentName = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}\.[1-9]\d{0,2}\.pdf$/);

/** The one rule of file names (TT 02/2019/TT-BNV): the code of the dossier, or its identifier while the city has not given one. */
export function documentName(dossierCode: string, sequence: number): string {
  return `${dossierCode}.${sequence}.pdf`;
}

export const DossierUnit = z.object({
  /** Agency prefix of dossier codes, such as `H29.15`. */
  code: z.string().regex(/^H\d{2}(\.\d{1,4}){1,3}$/, 'an agency prefix such as H29.15'),
  name: z.string().min(1).max(200),
});

export const DossierParty = z.object({
  role: z.enum(['submitter', 'owner']),
  /** 12 digits. */
  personNumber: z.string().regex(/^\d{12}$/),
  fullName: z.string().min(1).max(200),
  birthDate: DateOnly,
  sex: Text.optional(),
  residence: Text.optional(),
  identifiedBy: z.enum(['citizen-card-qr', 'citizen-card-chip', 'officer']),
});

export const DossierField = z.object({
  name: z.string().min(1).max(60),
  value: Text,
  /** 0–100 */
  confidence: z.number(),
  /** What was verified about the value; left out by kiosks before this was kept. */
  check: z.object({ name: z.string().max(40), outcome: z.enum(['passed', 'failed', 'none']) }).optional(),
  /** How the paper names it, in Vietnamese, and whose it is (`Người mẹ`). */
  label: z.string().max(200).optional(),
  person: z.string().max(100).optional(),
  /** Where it stands, in pixels of the page. */
  box: z
    .object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() })
    .optional(),
});

export const DossierPage = z.object({
  kind: z.object({ code: z.string().max(60), name: Text, score: z.number() }),
  dpi: z.number().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Degrees that were found and removed. */
  skew: z.number(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  confidence: z.number(),
  /** As the kind of paper names them (`mother.fullName`), then plain candidates. */
  fields: z.array(DossierField).max(100),
  scannedAt: DateTime.optional(),
});

export const DossierPaper = z.object({
  code: z.string().min(1).max(60),
  name: Text,
  /** Name of its document in this container. */
  document: DocumentName,
  pages: z.array(DossierPage).min(1).max(500),
});

/** What the caller states; the builder adds what it measured. */
export const DossierDescription = z.object({
  dossierId: DossierId,
  procedure: z.object({ code: z.string().min(1).max(40), name: Text }),
  language: z.enum(['vi', 'en']),
  parties: z.array(DossierParty).max(20),
  papers: z.array(DossierPaper).min(1).max(500),
  provenance: z.object({
    kioskId: z.string().min(1).max(80),
    kioskName: z.string().max(200),
    ticketNumber: z.string().max(40).nullable(),
    startedAt: DateTime,
    submittedAt: DateTime,
    engines: z.array(z.object({ name: z.string().max(80), version: z.string().max(80) })).max(20),
  }),
  receivingUnit: DossierUnit,
  /** May differ: a dossier is settled wherever there is room, without administrative boundaries. */
  settlingUnit: DossierUnit,
  /** This dossier is a later version of that one, which stays as it is and verifiable by itself. */
  previousVersion: z.object({ dossierId: DossierId, sha256: Sha256 }).optional(),
  /** What an officer decided on the version before: signed in person, certified by the agency, or rejected. */
  decision: z
    .object({
      outcome: z.enum(['signed', 'certified', 'rejected']),
      officer: z.object({ fullName: z.string().min(1).max(200), position: z.string().max(200) }),
      decidedAt: DateTime,
      reason: Text.optional(),
    })
    .optional(),
});
export type DossierDescription = z.infer<typeof DossierDescription>;

export const DossierMetadata = DossierDescription.extend({
  version: z.literal(1),
  /** By the kiosk's clock, with the zone. */
  sealedAt: DateTime,
  documents: z
    .array(
      z.object({
        name: DocumentName,
        mediaType: z.literal('application/pdf'),
        size: z.int().min(1),
        sha256: Sha256,
      }),
    )
    .min(1)
    .max(500),
});
export type DossierMetadata = z.infer<typeof DossierMetadata>;
