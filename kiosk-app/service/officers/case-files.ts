import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import type { DossierMetadata } from '@motcua/ocr-pipeline/dossier';
import {
  extractDossier,
  readDossierMetadata,
  verifyDossier,
  wrongWithOwn,
} from '@motcua/ocr-pipeline/dossier';
import sharp, { type Sharp } from 'sharp';
import type { BlobRef, BlobStore } from '../store/blobs/blob-store.ts';

export interface CaseVersion {
  readonly id: string;
  readonly file: BlobRef;
  /** Certificates (PEM) of those who signed it so far. */
  readonly signers: readonly string[];
}

/** The documents of a container, plain, under their names in it. */
export interface UnpackedCase {
  readonly folder: string;
  /** Null: our own verifier did not accept the container, and nothing of it may be signed. */
  readonly metadata: DossierMetadata | null;
}

/** What an officer looks at, unpacked in the folder of plain files (in memory) for as long as she does. */
export interface CaseFiles {
  open(version: CaseVersion): Promise<UnpackedCase>;
  /** What a container says of itself, unverified; for lists. */
  metadata(version: CaseVersion): Promise<DossierMetadata | null>;
  /** A page as JPEG for the screen, or a part of it; null when the document has no such page. */
  picture(page: CasePage, area?: Area): Promise<Buffer | null>;
  close(versionId: string): Promise<void>;
  /** Forgets what nobody has looked at for a while. */
  sweep(): Promise<void>;
  /** At the start and the end of the service: nothing is left unpacked. */
  clear(): Promise<void>;
}

export interface CasePage {
  readonly folder: string;
  /** Name of the document, and the page in it, from 1. */
  readonly document: string;
  readonly number: number;
  readonly dpi: number;
}

/** In pixels of the page at its resolution. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const KEPT_MS = 10 * 60_000;
const MAX_PIXELS = 200_000_000;
const JPEG_QUALITY = 82;
/** Sharp enough to read small print on at twice the size of the screen. */
const SCREEN_DPI = 150;
const RENDER_MS = 30_000;

export function createCaseFiles(deps: {
  readonly folder: string;
  readonly blobs: Pick<BlobStore, 'restore'>;
  /** The kiosk's own certificate, PEM: it sealed every version. */
  readonly trust: string;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
}): CaseFiles {
  const { blobs } = deps;
  const open = new Map<string, { readonly ready: Promise<UnpackedCase>; seen: number }>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: a page that asks for thirty pictures at once must not fill the memory. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };

  /** The plain container, for as long as `work` takes. */
  async function withContainer<T>(
    { id, file }: CaseVersion,
    work: (container: string) => Promise<T>,
  ): Promise<T> {
    await mkdir(deps.folder, { recursive: true, mode: 0o700 });
    const container = join(deps.folder, `${id}.asice`);
    try {
      await blobs.restore(file, container);
      return await work(container);
    } finally {
      await rm(container, { force: true });
    }
  }

  const unpack = (version: CaseVersion): Promise<UnpackedCase> =>
    withContainer(version, async (container) => {
      const folder = join(deps.folder, version.id);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      const seen = await verifyDossier(container, {
        trust: [deps.trust, ...version.signers],
        at: deps.now(),
      });
      await extractDossier(container, folder, (name) => name.endsWith('.pdf'));
      return { folder, metadata: wrongWithOwn(seen) === undefined ? seen.metadata : null };
    });

  /** A page in its own resolution, once; all that is shown of it is cut from that. Null: there is no such page. */
  async function draw({ folder, document, number, dpi }: CasePage): Promise<string | null> {
    const base = join(folder, `${document}-${number}`);
    const file = `${base}.jpg`;
    if (existsSync(file)) return file;
    const range = ['-f', String(number), '-l', String(number), '-singlefile'];
    const drawn = await exec(
      'pdftoppm',
      [...range, '-jpeg', '-r', String(dpi), join(folder, document), base],
      {
        timeoutMs: RENDER_MS,
      },
    );
    return drawn.ok && existsSync(file) ? file : null;
  }

  const close = async (id: string) => {
    const known = open.get(id);
    open.delete(id);
    await known?.ready.catch(() => undefined);
    await rm(join(deps.folder, id), { recursive: true, force: true });
  };

  return {
    open: (version) => {
      const seen = deps.monotonicMs();
      const known = open.get(version.id);
      if (known) {
        known.seen = seen;
        return known.ready;
      }
      const ready = inTurn(() => unpack(version));
      open.set(version.id, { ready, seen });
      ready.catch(() => open.delete(version.id));
      return ready;
    },
    metadata: (version) => inTurn(() => withContainer(version, readDossierMetadata)),
    picture: (page, area) =>
      inTurn(async () => {
        const drawn = await draw(page);
        if (drawn === null) return null;
        const picture = sharp(drawn, { limitInputPixels: MAX_PIXELS });
        const shown = area
          ? picture.extract({ left: area.x, top: area.y, width: area.width, height: area.height })
          : picture.resize({ width: await screenWidth(picture, page.dpi) });
        return shown.jpeg({ quality: JPEG_QUALITY }).toBuffer();
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

async function screenWidth(picture: Sharp, dpi: number): Promise<number> {
  const { width } = await picture.metadata();
  return Math.max(1, Math.round(width * Math.min(1, SCREEN_DPI / dpi)));
}
