import type { KioskView, VisitView } from '@motcua/contract';

/** What one visit's screens have said to its person. */
export interface SeenVisit {
  readonly id: string;
  ticket: { readonly id: string; readonly number: string } | null;
  /** Ids of the pages that were shown as taken in. */
  readonly pages: Set<string>;
  dossierId: string | null;
  dossierCode: string | null;
  /** The screen has come to the receipt: from then on it may end. */
  mayEnd: boolean;
}

/** Looks at every screen, remembers what it has acknowledged, and notes when a later one takes it back. */
export interface Witness {
  look(view: KioskView): void;
  /** What is said while the power goes is said by no real kiosk. */
  close(): void;
  open(): void;
  visits(): readonly SeenVisit[];
  readonly contradictions: readonly string[];
}

export function createWitness(): Witness {
  const seen = new Map<string, SeenVisit>();
  const contradictions = new Set<string>();
  let closed = false;
  let last: SeenVisit | null = null;

  const compare = (what: string, before: string | null, now: string | null): string | null => {
    if (before !== null && before !== now) contradictions.add(`${what} ${before} became ${now}`);
    return before ?? now;
  };
  const lookAt = (visit: VisitView) => {
    const fresh: SeenVisit = {
      id: visit.id,
      ticket: null,
      pages: new Set(),
      dossierId: null,
      dossierCode: null,
      mayEnd: false,
    };
    const before = seen.get(visit.id) ?? fresh;
    seen.set(visit.id, before);
    last = before;
    before.mayEnd ||= visit.step === 'receipt';
    const { ticket, submission } = visit;
    compare('number', before.ticket?.number ?? null, ticket?.number ?? null);
    before.ticket ??= ticket && { id: ticket.id, number: ticket.number };
    const pages = new Set(visit.papers.flatMap((paper) => paper.pages.map((page) => page.id)));
    for (const page of before.pages) if (!pages.has(page)) contradictions.add(`page ${page} went`);
    for (const page of pages) before.pages.add(page);
    before.dossierId = compare('dossier', before.dossierId, submission.dossierId);
    before.dossierCode = compare('code', before.dossierCode, submission.dossierCode);
  };

  return {
    look: ({ visit }) => {
      if (closed) return;
      if (last && !last.mayEnd && visit?.id !== last.id)
        contradictions.add(
          `visit ${last.id} went${last.ticket ? `, with number ${last.ticket.number}` : ''}`,
        );
      if (visit) lookAt(visit);
    },
    close: () => {
      closed = true;
    },
    open: () => {
      closed = false;
    },
    visits: () => [...seen.values()],
    get contradictions() {
      return [...contradictions];
    },
  };
}
