import type { OfficerDossierState, OfficerDossierSummary, OfficerDossierView } from '@motcua/contract';
import type { DossierMetadata } from '@motcua/ocr-pipeline/dossier';
import type { DossierRow } from '../dossiers/dossier-store.ts';
import { SealedFileError } from '../store/blobs/sealed-file.ts';
import type { Db } from '../store/database.ts';
import type { OfficerAccounts } from './accounts.ts';
import type { Area, CaseFiles, CaseVersion } from './case-files.ts';
import type { VersionRow, VersionStore } from './version-store.ts';

/** A dossier with what officers decided on it so far; `newest` is what the next decision is about. */
export interface Case {
  readonly dossier: DossierRow;
  readonly state: OfficerDossierState;
  readonly newest: CaseVersion & { readonly sha256: string };
  readonly decision: VersionRow | null;
}

export interface Cases {
  list(): Promise<readonly OfficerDossierSummary[]>;
  /** Null when there is none, or it no longer lies on this kiosk. */
  find(dossierId: string): Case | null;
  view(found: Case): Promise<OfficerDossierView | null>;
  metadata(found: Case): Promise<DossierMetadata | null>;
  /** Nobody is logged in any more: nothing of the dossiers stays in memory. */
  forget(): void;
}

const MAX_LISTED = 200;
/** As on the citizen's review screen. */
const SURE = 60;
const MAX_FIELDS = 100;

export function createCases(deps: {
  readonly db: Db;
  readonly versions: VersionStore;
  readonly accounts: OfficerAccounts;
  readonly caseFiles: CaseFiles;
}): Cases {
  // Not what the city refused, and not what is no longer kept here.
  const present = deps.db.prepare<[number], DossierRow>(
    `SELECT * FROM dossiers WHERE state IN ('sealed', 'accepted') AND file IS NOT NULL
     ORDER BY sealed_at DESC LIMIT ?`,
  );
  const one = deps.db.prepare<[string], DossierRow>(
    `SELECT * FROM dossiers WHERE id = ? AND state IN ('sealed', 'accepted') AND file IS NOT NULL`,
  );
  const cache = new Map<string, DossierMetadata>();

  function caseOf(dossier: DossierRow): Case {
    const versions = deps.versions.ofDossier(dossier.id);
    const decision = versions.at(-1) ?? null;
    const signers = versions.flatMap((one) => one.certificate ?? []);
    const original = { id: dossier.id, file: dossier.file!, sha256: dossier.sha256!, signers: [] };
    return {
      dossier,
      state: decision?.outcome ?? 'waiting',
      newest: decision?.file
        ? { id: decision.id, file: decision.file, sha256: decision.sha256, signers }
        : original,
      decision,
    };
  }

  async function metadata({ newest }: Case): Promise<DossierMetadata | null> {
    const known = cache.get(newest.id);
    if (known) return known;
    const read = await deps.caseFiles.metadata(newest).catch((error: unknown) => {
      if (error instanceof SealedFileError) return null;
      throw error;
    });
    if (!read) return null;
    if (cache.size >= MAX_LISTED) cache.clear();
    cache.set(newest.id, read);
    return read;
  }

  async function summary(found: Case): Promise<OfficerDossierSummary | null> {
    const about = await metadata(found);
    if (!about) return null;
    const { dossier, decision } = found;
    const pages = about.papers.flatMap((paper) => paper.pages);
    return {
      id: dossier.id,
      dossierCode: dossier.dossier_code,
      procedure: about.procedure.name || about.procedure.code,
      submitter: about.parties[0]?.fullName ?? '',
      ticketNumber: about.provenance.ticketNumber,
      submittedAt: about.provenance.submittedAt,
      papers: about.papers.length,
      pages: pages.length,
      doubtful: pages.flatMap((page) => page.fields).filter(isDoubtful).length,
      state: found.state,
      decidedAt: decision ? new Date(decision.decided_at).toISOString() : null,
      decidedBy: decision ? (deps.accounts.get(decision.officer_id)?.fullName ?? null) : null,
      reason: decision?.reason ?? null,
      city: cityState(decision?.state ?? dossier.state),
    };
  }

  return {
    list: async () => {
      const summaries: OfficerDossierSummary[] = [];
      for (const row of present.all(MAX_LISTED)) {
        const one = await summary(caseOf(row));
        if (one) summaries.push(one);
      }
      return summaries;
    },
    find: (dossierId) => {
      const row = one.get(dossierId);
      return row ? caseOf(row) : null;
    },
    metadata,
    forget: () => cache.clear(),
    view: async (found) => {
      const [short, about] = [await summary(found), await metadata(found)];
      if (!short || !about) return null;
      const base = `/officer/api/dossiers/${found.dossier.id}/papers`;
      return {
        ...short,
        parties: about.parties.map(({ fullName, personNumber, birthDate, residence }) => ({
          fullName,
          personNumber,
          birthDate,
          residence: residence ?? null,
        })),
        paperList: about.papers.map((paper, paperIndex) => ({
          name: paper.name,
          pages: paper.pages.map((page, pageIndex) => {
            const url = `${base}/${paperIndex}/pages/${pageIndex}`;
            return {
              imageUrl: `${url}?v=${found.newest.id}`,
              width: page.width,
              height: page.height,
              kind: page.kind.name,
              fields: page.fields.slice(0, MAX_FIELDS).flatMap((field, index) =>
                field.label === undefined
                  ? []
                  : [
                      {
                        label: field.label,
                        person: field.person ?? null,
                        value: field.value,
                        state: isDoubtful(field) ? ('doubtful' as const) : ('read' as const),
                        snippetUrl: field.box ? `${url}/fields/${index}?v=${found.newest.id}` : null,
                      },
                    ],
              ),
            };
          }),
        })),
      };
    },
  };
}

type Field = DossierMetadata['papers'][number]['pages'][number]['fields'][number];

function isDoubtful(field: Field): boolean {
  return field.label !== undefined && (field.check?.outcome === 'failed' || field.confidence < SURE);
}

function cityState(state: DossierRow['state'] | VersionRow['state']): OfficerDossierSummary['city'] {
  if (state === 'withdrawn') return 'refused';
  return state === 'accepted' || state === 'refused' ? state : 'waiting';
}

/** A field with a little of what stands around it, inside its page; null for a box that lies outside. */
export function fieldArea(
  box: Area,
  page: { readonly width: number; readonly height: number; readonly dpi: number },
): Area | null {
  const line = Math.min(box.height, Math.round(page.dpi / 4));
  const x = Math.max(0, Math.floor(box.x - line));
  const y = Math.max(0, Math.floor(box.y - 0.5 * line));
  const width = Math.min(page.width, Math.ceil(box.x + box.width + line)) - x;
  const height =
    Math.min(page.height, Math.ceil(box.y + box.height + 0.5 * line), y + Math.ceil(page.height / 3)) - y;
  return width >= 4 && height >= 4 ? { x, y, width, height } : null;
}
