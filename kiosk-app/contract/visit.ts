import { identityLevels } from '@motcua/core';
import { z } from 'zod';
import { DeviceView, Id, Language, Problem, Sentence } from './common.ts';

/**
 * Where a visit stands. `attract` is the absence of a visit.
 * language → service → number → identity → papers → review → submit → receipt, then the visit ends.
 */
export const VisitStep = z.enum([
  'language',
  'service',
  'number',
  'identity',
  'papers',
  'review',
  'submit',
  'receipt',
]);
export type VisitStep = z.infer<typeof VisitStep>;

export const PaperRequirement = z.object({
  code: z.string(),
  name: Sentence,
  hint: Sentence.nullable(),
  required: z.boolean(),
});
export type PaperRequirement = z.infer<typeof PaperRequirement>;

export const ProcedureView = z.object({
  code: z.string(),
  name: Sentence,
  field: z.string(),
  fieldName: Sentence,
  papers: z.array(PaperRequirement),
  duration: Sentence,
  fee: Sentence,
  /** How surely the person must be known before papers are taken. */
  identityLevel: z.enum(identityLevels),
  confirmed: z.boolean(),
});
export type ProcedureView = z.infer<typeof ProcedureView>;

export const CatalogueView = z.object({
  /** The day from which this catalogue holds, `YYYY-MM-DD`. */
  validFrom: z.string(),
  fields: z.array(z.object({ code: z.string(), name: Sentence })),
  procedures: z.array(ProcedureView),
});
export type CatalogueView = z.infer<typeof CatalogueView>;

export const PrintState = z.enum(['none', 'queued', 'sending', 'printed', 'unknown', 'held', 'failed']);
export type PrintState = z.infer<typeof PrintState>;

export const PrintView = z.object({
  id: Id,
  state: PrintState,
  /** The very bitmap that is printed. */
  previewUrl: z.string(),
  problem: Problem.nullable(),
});
export type PrintView = z.infer<typeof PrintView>;

export const TicketView = z.object({
  id: Id,
  number: z.string(),
  peopleAhead: z.int().min(0),
  issuedAt: z.string(),
  print: PrintView,
});
export type TicketView = z.infer<typeof TicketView>;

/** The card as the screen may show it: masked by the service, so that the browser never holds the whole number. */
export const MaskedCard = z.object({
  number: z.string(),
  name: z.string(),
  birthDate: z.string(),
  sex: z.string(),
  residence: z.string(),
});
export type MaskedCard = z.infer<typeof MaskedCard>;

/** The card's chip, where the kiosk has a reader for it. */
export const ChipView = z.object({
  /** `unavailable`: the reader is out of order now. `waiting`: for the card to be laid on it. */
  state: z.enum(['unavailable', 'waiting', 'reading', 'read']),
  /** What is being done, and how far it is, 0 to 1. */
  step: z.enum(['opening', 'person', 'proving', 'photo']),
  share: z.number().min(0).max(1),
  /** Once read: what the chip proves. The screen says no more than this. */
  verdict: z.enum(['genuine', 'issuer-not-trusted', 'altered', 'cloned', 'cannot-tell']).nullable(),
  /** Why it was not read, or what is missing to a proof. */
  problem: Problem.nullable(),
  photoUrl: z.string().nullable(),
});
export type ChipView = z.infer<typeof ChipView>;

export const IdentityView = z.object({
  state: z.enum(['waiting', 'read', 'confirmed']),
  card: MaskedCard.nullable(),
  /** How the person is known so far. */
  level: z.enum(identityLevels).nullable(),
  /** Null where the kiosk has no chip reader, and while no card was shown. */
  chip: ChipView.nullable(),
  warnings: z.array(Problem),
  problem: Problem.nullable(),
  /** Pages that an earlier, broken visit of the same person had scanned and that this one took over. */
  reopenedPages: z.int().min(0),
});
export type IdentityView = z.infer<typeof IdentityView>;

/** A field read from a page, compared with the card. `different` comes first on the review screen. */
export const Finding = z.object({
  field: z.enum(['personNumber', 'fullName', 'birthDate']),
  status: z.enum(['same', 'different', 'missing']),
  /** What the page says, masked where it is a person's number; null when missing. */
  found: z.string().nullable(),
  /** Whose it is on the paper, where its kind tells (`Mẹ`). */
  person: Sentence.nullable(),
  /** Picture of the place on the page; null when missing, and where it would show a person's number. */
  snippetUrl: z.string().nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** A value that was read from a page. */
export const FieldView = z.object({
  /** Its place among the page's fields. */
  index: z.int().min(0),
  label: Sentence,
  person: Sentence.nullable(),
  /** Masked where it is a person's number. */
  value: z.string(),
  /** `same`, `different`: as the card; `doubtful`: read unsurely, or a check failed. */
  state: z.enum(['same', 'different', 'read', 'doubtful']),
  snippetUrl: z.string().nullable(),
});
export type FieldView = z.infer<typeof FieldView>;
/** What could be better about a page's picture. `bad`: part of it cannot be read. It never keeps the person from going on. */
export const QualityRemark = z.object({ severity: z.enum(['warn', 'bad']), problem: Problem });
export type QualityRemark = z.infer<typeof QualityRemark>;

export const PageView = z.object({
  id: Id,
  state: z.enum(['waiting', 'reading', 'ready', 'failed']),
  /** Changes whenever the picture changes (turned, straightened). */
  thumbnailUrl: z.string(),
  imageUrl: z.string(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  kind: Sentence.nullable(),
  kindCode: z.string().nullable(),
  confidence: z.number().nullable(),
  findings: z.array(Finding),
  /** Everything that was read, in the order of the kind of paper. */
  fields: z.array(FieldView),
  /** Known as soon as the page arrives, the worst first; empty when its picture is good. */
  quality: z.array(QualityRemark),
  problem: Problem.nullable(),
});
export type PageView = z.infer<typeof PageView>;

export const PaperView = PaperRequirement.extend({ pages: z.array(PageView) });
export type PaperView = z.infer<typeof PaperView>;

export const ScanView = z.object({
  state: z.enum(['idle', 'scanning']),
  paperCode: z.string().nullable(),
  /** The page that the running scan replaces. */
  replacesPage: Id.nullable(),
  problem: Problem.nullable(),
});
export type ScanView = z.infer<typeof ScanView>;

export const SubmissionView = z.object({
  /** sealed = stored and queued; deferred = the city cannot be reached now, the upload follows by itself. */
  state: z.enum(['none', 'sealing', 'sealed', 'uploading', 'accepted', 'deferred', 'refused']),
  dossierId: Id.nullable(),
  dossierCode: z.string().nullable(),
  /** Look-up secret printed on the receipt; shown once to its owner. */
  lookUpSecret: z.string().nullable(),
  dueAt: z.string().nullable(),
  receipt: z.enum(['none', 'provisional', 'official']),
  print: PrintView.nullable(),
  problem: Problem.nullable(),
});
export type SubmissionView = z.infer<typeof SubmissionView>;

export const VisitView = z.object({
  id: Id,
  /** Counts up with every change; a command names the version that it was made on. */
  version: z.int().min(1),
  step: VisitStep,
  language: Language,
  /** When the visit ends by itself unless somebody touches the screen (ISO 8601). */
  idleDeadline: z.string(),
  procedure: ProcedureView.nullable(),
  ticket: TicketView.nullable(),
  identity: IdentityView,
  papers: z.array(PaperView),
  scan: ScanView,
  submission: SubmissionView,
  /** The latest command's failure that belongs to the whole step (a full disk, a closed printer). */
  problem: Problem.nullable(),
});
export type VisitView = z.infer<typeof VisitView>;

export const KioskView = z.object({
  kioskName: z.string(),
  wardName: Sentence,
  /** `demo` shows the side panel of simulated devices. */
  profile: z.enum(['appliance', 'demo']),
  now: z.string(),
  version: z.string(),
  /** Millimetres → pixels, from the site configuration: sizes of the UI are set in mm. */
  pixelsPerMillimetre: z.number(),
  /** Warn the person this long before the idle deadline. */
  idleWarningMs: z.int(),
  devices: z.array(DeviceView),
  /** Why nobody can be served now, whatever the devices say. */
  problem: Problem.nullable().optional(),
  visit: VisitView.nullable(),
});
export type KioskView = z.infer<typeof KioskView>;

const QuarterTurn = z.union([z.literal(90), z.literal(180), z.literal(270)]);

/** What a person can do. Each is stored before it is answered, so a repeated request changes nothing twice. */
export const VisitCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('choose-language'), language: Language }),
  z.object({ type: z.literal('choose-service'), procedureCode: z.string().max(40) }),
  /** Issues the order number and prints the ticket; then, in step `number`, `print-again` and `continue`. */
  z.object({ type: z.literal('take-number') }),
  z.object({ type: z.literal('print-again') }),
  /** number → identity */
  z.object({ type: z.literal('continue') }),
  z.object({ type: z.literal('confirm-card') }),
  z.object({ type: z.literal('reject-card') }),
  z.object({ type: z.literal('scan-paper'), paperCode: z.string().max(40) }),
  z.object({ type: z.literal('cancel-scan') }),
  z.object({ type: z.literal('rescan-page'), pageId: Id }),
  z.object({ type: z.literal('turn-page'), pageId: Id, degrees: QuarterTurn }),
  z.object({ type: z.literal('remove-page'), pageId: Id }),
  /** papers → review; refused while a required paper has no page. */
  z.object({ type: z.literal('review') }),
  /** One step back: service → language, number (no number yet) → service, review → papers. */
  z.object({ type: z.literal('back') }),
  z.object({ type: z.literal('submit') }),
  /** Ends the visit at any step; before `submit`, scanned pages are kept as a draft. */
  z.object({ type: z.literal('finish') }),
  /** The person is still here: moves the idle deadline. */
  z.object({ type: z.literal('stay') }),
]);
export type VisitCommand = z.infer<typeof VisitCommand>;

export const CommandRequest = z.object({
  requestId: Id,
  /** Version of the visit that the person saw; null with `start`. */
  visitId: Id.nullable(),
  version: z.int().min(0).nullable(),
  command: VisitCommand,
});
export type CommandRequest = z.infer<typeof CommandRequest>;

/** Answer of `POST /api/visit/commands`: the state after it, and what kept the command from being done, if anything. */
export const CommandAnswer = z.object({ kiosk: KioskView, problem: Problem.nullable() });
export type CommandAnswer = z.infer<typeof CommandAnswer>;

/** `data:` of the event stream `GET /api/events`: fetch `GET /api/kiosk` again. */
export const ChangedEvent = z.object({ version: z.int() });
export type ChangedEvent = z.infer<typeof ChangedEvent>;
