import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { extractDossier } from '@motcua/ocr-pipeline/dossier';

/** The documents of dossiers that an officer looks at, unpacked for as long as she does. */
export interface CaseFiles {
  /** The folder with the PDFs of a container, under their names in it. */
  open(version: { readonly id: string; readonly file: string }): Promise<string>;
  /** A page as JPEG; null when the document has no such page. `area` in pixels at `dpi`. */
  picture(document: string, page: number, dpi: number, area?: Area): Promise<Buffer | null>;
  close(versionId: string): Promise<void>;
  /** Forgets what nobody has looked at for a while. */
  sweep(): Promise<void>;
  /** At the start and the end of the service: nothing is left unpacked. */
  clear(): Promise<void>;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const KEPT_MS = 10 * 60_000;
const MAX_PICTURE_BYTES = 16_777_216;
const RENDER_MS = 30_000;

export function createCaseFiles(deps: {
  readonly folder: string;
  readonly monotonicMs: () => number;
}): CaseFiles {
  const open = new Map<string, { readonly ready: Promise<string>; seen: number }>();
  let last: Promise<unknown> = Promise.resolve();

  /** Pictures are drawn one after the other: a page that asks for thirty at once must not fill the memory. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };

  async function unpack(id: string, file: string): Promise<string> {
    const folder = join(deps.folder, id);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await extractDossier(file, folder, (name) => name.endsWith('.pdf'));
    return folder;
  }

  const close = async (id: string) => {
    const known = open.get(id);
    open.delete(id);
    await known?.ready.catch(() => undefined);
    await rm(join(deps.folder, id), { recursive: true, force: true });
  };

  return {
    open: ({ id, file }) => {
      const seen = deps.monotonicMs();
      const known = open.get(id);
      if (known) {
        known.seen = seen;
        return known.ready;
      }
      const ready = unpack(id, file);
      open.set(id, { ready, seen });
      ready.catch(() => open.delete(id));
      return ready;
    },
    picture: (document, page, dpi, area) =>
      inTurn(async () => {
        const cut = area
          ? ['-x', area.x, '-y', area.y, '-W', area.width, '-H', area.height].map((one) => String(one))
          : [];
        const range = ['-f', String(page), '-l', String(page), '-singlefile'];
        const drawn = await exec(
          'pdftoppm',
          [...range, '-jpeg', '-jpegopt', 'quality=82', '-r', String(dpi), ...cut, document],
          { timeoutMs: RENDER_MS, maxOutputBytes: MAX_PICTURE_BYTES },
        );
        return drawn.ok && drawn.value.stdout.length > 0 ? drawn.value.stdout : null;
      }),
    close,
    sweep: async () => {
      const oldest = deps.monotonicMs() - KEPT_MS;
      for (const [id, { seen }] of open) if (seen < oldest) await close(id);
    },
    clear: async () => {
      await Promise.all([...open.keys()].map(close));
      await rm(deps.folder, { recursive: true, force: true });
    },
  };
}
