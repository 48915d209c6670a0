import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface SimulatedScannerOptions {
  /** Pages are fed one after another: the next one grows under its `.part` name while the last is being taken. */
  readonly slow?: boolean;
}

/** A scanner that feeds the given image files through a watched folder (`folder:` address). */
export interface SimulatedScannerFolder {
  readonly uri: string;
  /** Lays papers on the scanner, in the given order, after those that lie there. */
  lay(files: readonly string[]): Promise<void>;
  /** The laid files that nobody has scanned yet, by the paths they were laid from, in order. */
  lying(): readonly string[];
  /** Takes the papers away. */
  clear(): Promise<void>;
  /** The scanner is unplugged: its folder is gone with everything in it. */
  vanish(): Promise<void>;
  /** Plugged in again, empty. */
  appear(): Promise<void>;
  close(): Promise<void>;
}

interface Page {
  readonly from: string;
  readonly name: string;
}

export function simulatedScannerFolder(
  folder: string,
  options: SimulatedScannerOptions = {},
): SimulatedScannerFolder {
  mkdirSync(folder, { recursive: true });
  let laid = 0;
  let queue: Page[] = [];
  let placed: Page[] = [];
  /** Names that are not whole on the glass yet: they lie there all the same. */
  const arriving = new Set<string>();
  let feeding: Promise<void> = Promise.resolve();
  let watcher: ReturnType<typeof watch> | undefined;

  const placeWhole = async ({ from, name }: Page) => {
    const hidden = join(folder, `.${randomUUID()}`);
    try {
      await copyFile(from, hidden);
      await rename(hidden, join(folder, name));
    } finally {
      arriving.delete(name);
    }
  };

  /** The page under way gets whole when the folder holds no other; then the one after it begins. */
  const feed = async () => {
    const [page] = queue;
    if (!page) return;
    const names = await readdir(folder);
    if (names.some((name) => !name.startsWith('.') && !name.endsWith('.part'))) return;
    queue.shift();
    const [following] = queue;
    if (following) await beginPart(following);
    await growWhole(page);
  };
  const beginPart = async ({ name }: Page) => {
    const handle = await open(join(folder, `${name}.part`), 'a');
    await handle.writeFile('…').finally(() => handle.close());
  };
  const growWhole = async ({ from, name }: Page) => {
    const part = join(folder, `${name}.part`);
    const bytes = await readFile(from);
    const handle = await open(part, 'a');
    try {
      await truncate(part, 0);
      const half = Math.ceil(bytes.length / 2);
      await handle.write(bytes.subarray(0, half));
      await handle.write(bytes.subarray(half));
    } finally {
      await handle.close();
    }
    await rename(part, join(folder, name));
    arriving.delete(name);
  };
  const feedNext = () => {
    feeding = feeding.then(feed).catch(() => undefined);
  };

  const startWatching = () => {
    if (!options.slow) return;
    watcher = watch(folder, feedNext);
    watcher.on('error', () => undefined);
    watcher.unref();
  };
  const stopFeeding = async () => {
    queue = [];
    await feeding;
    arriving.clear();
  };
  startWatching();

  return {
    uri: `folder:${folder}`,
    lay: async (files) => {
      const pages = files.map((from) => {
        laid += 1;
        return { from, name: `page-${String(laid).padStart(4, '0')}${extname(from)}` };
      });
      for (const { name } of pages) arriving.add(name);
      placed.push(...pages);
      if (!options.slow) {
        for (const page of pages) await placeWhole(page);
        return;
      }
      queue.push(...pages);
      feedNext();
      await feeding;
    },
    lying: () => {
      placed = placed.filter(({ name }) => arriving.has(name) || existsSync(join(folder, name)));
      return placed.map((page) => page.from);
    },
    clear: async () => {
      await stopFeeding();
      for (const name of await readdir(folder))
        await rm(join(folder, name), { recursive: true, force: true });
    },
    vanish: async () => {
      watcher?.close();
      await stopFeeding();
      await rm(folder, { recursive: true, force: true });
    },
    appear: async () => {
      await mkdir(folder, { recursive: true });
      startWatching();
    },
    close: async () => {
      watcher?.close();
      await stopFeeding();
    },
  };
}
