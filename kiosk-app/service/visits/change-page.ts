import { makeThumbnail, type Quad } from '@motcua/ocr-pipeline';
import type { PageRow } from './page-store.ts';
import type { CommandDeps, Outcome } from './visit-commands.ts';
import type { VisitRow } from './visit-store.ts';

/** The page as the person wants it, clockwise; it is then read anew. */
export function turnPage(
  deps: CommandDeps,
  visit: VisitRow,
  page: PageRow,
  degrees: 90 | 180 | 270,
): Outcome {
  // What the person sees and turns is the page as the pipeline has set it upright.
  const shown = deps.digitised(page)?.rotation ?? page.rotation;
  const rotation = ((shown + degrees) % 360) as PageRow['rotation'];
  deps.pages.change(page.id, {
    rotation,
    revision: page.revision + 1,
    state: 'waiting',
    result: null,
    problem: null,
  });
  deps.visits.change(visit.id, {});
  deps.audit.record('page-turned', visit.id, { page: page.id, degrees });
  return { after: () => void showTurned(deps, page.id) };
}

/** The turned thumbnail first, within the blink of an eye; reading the page again takes longer. */
async function showTurned(deps: CommandDeps, pageId: string): Promise<void> {
  const page = deps.pages.get(pageId);
  if (!page) return;
  const to = `${deps.files.work(page.visit_id)}/${page.id}-r${page.revision}-turned.jpg`;
  const sheet = page.sheet ? (JSON.parse(page.sheet) as Quad) : undefined;
  const made = await makeThumbnail(page.file, to, page.rotation, sheet);
  // Turned again or removed meanwhile: whoever did that reads the page anew, or nobody does.
  if (deps.pages.get(pageId)?.revision !== page.revision) return;
  if (made.ok) deps.pages.change(pageId, { thumbnail: to });
  deps.digitising.enqueue(page);
  deps.changes.bump();
}

export function removePage(deps: CommandDeps, visit: VisitRow, page: PageRow): Outcome {
  deps.pages.remove(page.id);
  deps.visits.change(visit.id, {});
  deps.audit.record('page-removed', visit.id, { page: page.id });
  // Its files go with the visit's folder.
  return { after: () => deps.digitising.cancel(page.id) };
}
