import { z } from 'zod';
import { Id, Problem, Sentence } from './common.ts';

/** The local API of the officer's page, below `/officer/api`; its log-in is apart from the kiosk's window. */
/** What a technician does to accounts, by `POST /api/officers`. */
export const OfficerAccountOrder = z.discriminatedUnion('change', [
  z.object({
    change: z.literal('add'),
    login: z.string().max(64),
    fullName: z.string().max(200),
    position: z.string().max(200),
    password: z.string().max(500),
  }),
  z.object({ change: z.literal('password'), login: z.string().max(64), password: z.string().max(500) }),
  z.object({ change: z.literal('unlock'), login: z.string().max(64) }),
  z.object({ change: z.literal('disable'), login: z.string().max(64) }),
]);
export type OfficerAccountOrder = z.infer<typeof OfficerAccountOrder>;

export const OfficerLogin = z.object({
  login: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
});
export type OfficerLogin = z.infer<typeof OfficerLogin>;

export const OfficerSessionView = z.object({
  officer: z.object({ login: z.string(), fullName: z.string(), position: z.string() }),
  kioskName: z.string(),
  wardName: Sentence,
  /** Signing needs the library of a token's maker; without it the page reads and rejects only. */
  canSign: z.boolean(),
});
export type OfficerSessionView = z.infer<typeof OfficerSessionView>;

/** `waiting` for an officer; `signed` by one in person; `certified` by the agency as well; `rejected` with a reason. */
export const OfficerDossierState = z.enum(['waiting', 'signed', 'certified', 'rejected']);
export type OfficerDossierState = z.infer<typeof OfficerDossierState>;

export const OfficerDossierSummary = z.object({
  id: Id,
  /** The city's code; null until the city has taken the dossier in. */
  dossierCode: z.string().nullable(),
  procedure: z.string(),
  submitter: z.string(),
  ticketNumber: z.string().nullable(),
  submittedAt: z.string(),
  papers: z.int(),
  pages: z.int(),
  /** Fields that the machine is not sure of, or whose check failed. */
  doubtful: z.int(),
  state: OfficerDossierState,
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  /** Whether the city has the newest version. */
  city: z.enum(['waiting', 'accepted', 'refused']),
});
export type OfficerDossierSummary = z.infer<typeof OfficerDossierSummary>;

export const OfficerFieldView = z.object({
  label: z.string(),
  person: z.string().nullable(),
  value: z.string(),
  state: z.enum(['read', 'doubtful']),
  snippetUrl: z.string().nullable(),
});
export type OfficerFieldView = z.infer<typeof OfficerFieldView>;

export const OfficerPageView = z.object({
  imageUrl: z.string(),
  width: z.int(),
  height: z.int(),
  kind: z.string(),
  fields: z.array(OfficerFieldView),
});
export type OfficerPageView = z.infer<typeof OfficerPageView>;

export const OfficerDossierView = OfficerDossierSummary.extend({
  parties: z.array(
    z.object({
      fullName: z.string(),
      personNumber: z.string(),
      birthDate: z.string(),
      residence: z.string().nullable(),
    }),
  ),
  paperList: z.array(z.object({ name: z.string(), pages: z.array(OfficerPageView) })),
});
export type OfficerDossierView = z.infer<typeof OfficerDossierView>;

export const OfficerTokenView = z.object({
  label: z.string(),
  serial: z.string(),
  pin: z.enum(['ready', 'few-left', 'last-try', 'locked', 'expired', 'not-set']),
  pinPad: z.boolean(),
  certificates: z.array(
    z.object({
      fingerprint: z.string(),
      name: z.string(),
      issuer: z.string(),
      validUntil: z.string(),
      /** Valid now; signing with another is refused. */
      current: z.boolean(),
      /** The officer who is logged in has this name. */
      own: z.boolean(),
    }),
  ),
});
export type OfficerTokenView = z.infer<typeof OfficerTokenView>;

export const SignatureOrder = z.object({
  dossierIds: z.array(Id).min(1).max(100),
  role: z.enum(['officer', 'agency']),
  serial: z.string().max(64),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** Null where it is typed on the reader's own pad. Kept in memory while this batch is signed, never stored. */
  pin: z.string().max(255).nullable(),
});
export type SignatureOrder = z.infer<typeof SignatureOrder>;

/** One for each dossier of the order, in its sequence; without a problem it is signed and stored. */
export const SignatureAnswer = z.object({
  outcomes: z.array(z.object({ dossierId: Id, problem: Problem.nullable() })),
  /** What stopped the whole order: the token, the PIN. */
  problem: Problem.nullable(),
});
export type SignatureAnswer = z.infer<typeof SignatureAnswer>;

export const RejectionOrder = z.object({ reason: z.string().trim().min(5).max(500) });
export type RejectionOrder = z.infer<typeof RejectionOrder>;
