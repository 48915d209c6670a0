import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { digitiseFiles } from './digitise-files.ts';
import { createDigitiser, type Digitiser } from './digitiser.ts';
import type { DigitisedPage } from './page.ts';
import { jsEngineFacts } from './recognition/engine-facts.ts';
import { characterErrorRate, wordRecall } from './recognition/error-rate.ts';

const PAGES = new URL('./specimens/pages/', import.meta.url).pathname;
const MEASURED = [
  '02-birth-registration-form',
  '04-birth-certificate',
  '12-residence-form',
  '13-contract',
  '14-diploma',
  '18-birth-certificate-upside-down',
  '19-official-letter-sideways',
];

// Reading is work for the processor: 2 s a page when it is idle, much more when other tests share it.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let digitiser: Digitiser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'digitiser-'));
  digitiser = createDigitiser({ workers: 2 });
});
afterAll(async () => {
  await digitiser.close();
  await rm(folder, { recursive: true });
});

/** Processes that this one started, as the kernel lists them. */
function children(): number[] {
  return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((row) => row.includes('page-worker'))
    .map((row) => Number.parseInt(row, 10));
}

/** The external programs that a worker runs at this moment. */
function programsOf(worker: number): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((row) => row.trim().split(/ +/))
    .filter(([, parent, name]) => Number(parent) === worker && name === 'tesseract')
    .map(([pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function measure(pages: readonly (readonly [string, DigitisedPage])[]) {
  const rates = await Promise.all(
    pages.map(async ([name, page]) => {
      const truth = await readFile(join(PAGES, `${name}.txt`), 'utf8');
      return { name, error: characterErrorRate(truth, page.text), recall: wordRecall(truth, page.text) };
    }),
  );
  return { rates, error: rates.reduce((sum, one) => sum + one.error, 0) / rates.length };
}

describe('a picture of several papers', () => {
  it('becomes a page for each when they are wanted apart; on white it may be a copy, and stays whole', async () => {
    const cards = join(PAGES, '01-citizen-card-2021.jpg');
    const work = await mkdtemp(join(folder, 'cards-'));
    const results = await digitiseFiles(digitiser, [cards], work, { papers: 'first' });
    const pages = results.map(({ page }) => (page.ok ? page.value : undefined));
    expect(pages.map((page) => page?.kind.code)).toEqual(['citizen-card', 'citizen-card-back']);
    // ID-1 is 85.6 mm wide.
    for (const page of pages) expect((page!.width / page!.dpi) * 25.4).toBeCloseTo(85.6, -1);
    for (const papers of ['first-unless-copy', undefined] as const) {
      const kept = await digitiseFiles(digitiser, [cards], work, { ...(papers && { papers }) });
      expect(kept).toHaveLength(1);
      expect(kept[0]?.page.ok && kept[0].page.value.height / kept[0].page.value.dpi).toBeGreaterThan(11);
    }
  });
});

describe('the digitiser on degraded specimens', () => {
  it('reads them, straightens them, knows their kind and their people', async () => {
    const files = MEASURED.map((name) => join(PAGES, `${name}.jpg`));
    const results = await digitiseFiles(digitiser, files, folder);
    const pages = results.map(({ file, page }, at) => {
      expect(file).toBe(files[at]);
      if (!page.ok) throw new Error(page.error.code);
      return [MEASURED[at]!, page.value] as const;
    });

    // Measured 1.0 % when written.
    const { rates, error } = await measure(pages);
    expect(error).toBeLessThan(0.025);
    for (const one of rates) expect(one.recall, one.name).toBeGreaterThan(0.85);

    for (const [name, page] of pages) {
      const truth = JSON.parse(await readFile(join(PAGES, `${name}.json`), 'utf8'));
      expect(page.kind.code, name).toBe(truth.kind);
      const found = (field: string) =>
        page.fields.filter((one) => one.name === field).map((one) => one.value);
      if (truth.fields.personNumber) expect(found('personNumber'), name).toContain(truth.fields.personNumber);
      if (truth.fields.birthDate) expect(found('birthDate'), name).toContain(truth.fields.birthDate);
      if (truth.fields.fullName)
        expect(
          found('fullName').map((value) => value.toLowerCase()),
          name,
        ).toContain(truth.fields.fullName.toLowerCase());
    }
    expect(pages.map(([, page]) => page.rotation)).toEqual([0, 0, 0, 0, 0, 180, 270]);

    const [, page] = pages[1]!;
    const archived = await sharp(page.imageFile).metadata();
    expect(archived).toMatchObject({
      width: page.width,
      height: page.height,
      density: page.dpi,
      channels: 3,
    });
    expect(page.dpi).toBeGreaterThanOrEqual(200);
    expect(await sharp(page.thumbnailFile).metadata()).toMatchObject({ format: 'jpeg', height: 480 });
    for (const word of page.lines.flatMap((line) => line.words)) {
      expect(word.box.x).toBeGreaterThanOrEqual(0);
      expect(word.box.x + word.box.width).toBeLessThanOrEqual(page.width);
      expect(word.box.y + word.box.height).toBeLessThanOrEqual(page.height);
    }
    expect(await blackShare(page)).toBeGreaterThan(0.95);
  });

  it.each(['js', 'native'] as const)('reads with the data from npm alone, engine %s', async (engine) => {
    // A folder of its own, to see what is left in it.
    const scratch = await mkdtemp(join(folder, 'scratch-'));
    vi.stubEnv('TMPDIR', scratch);
    const npm = createDigitiser({ workers: 1, languageData: 'npm', engine });
    const file = join(PAGES, '04-birth-certificate.jpg');
    const result = await npm.digitise({ file, workFolder: scratch, name: 'npm' });
    await npm.close();
    vi.unstubAllEnvs();
    if (!result.ok) throw new Error(result.error.code);
    expect(result.value.engine.name).toBe(engine === 'js' ? 'tesseract.js' : 'tesseract');
    expect((await readdir(scratch)).filter((name) => !name.startsWith('npm.'))).toEqual([]);
    expect((await measure([['04-birth-certificate', result.value]])).error).toBeLessThan(0.05);
  });

  it('leaves a page as the person turned it', async () => {
    const file = join(PAGES, '18-birth-certificate-upside-down.jpg');
    const result = await digitiser.digitise({ file, workFolder: folder, name: 'turned', rotation: 0 });
    expect(result).toMatchObject({ ok: true, value: { rotation: 0 } });
  });
});

/** Share of words whose box, in the archived image, holds dark ink: boxes must fit the picture under them. */
async function blackShare(page: DigitisedPage): Promise<number> {
  const { data, info } = await sharp(page.imageFile).greyscale().raw().toBuffer({ resolveWithObject: true });
  const words = page.lines.flatMap((line) => line.words);
  const dark = words.filter(({ box }) => {
    let lowest = 255;
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1) lowest = Math.min(lowest, data[y * info.width + x]!);
    return lowest < 140;
  });
  return dark.length / words.length;
}

describe('the digitiser under trouble', () => {
  const file = join(PAGES, '13-contract.jpg');

  it('repeats the page with the other engine when its process is killed', async () => {
    const one = createDigitiser({ workers: 1 });
    const reading = one.digitise({ file, workFolder: folder, name: 'killed' });
    const before = new Set(children());
    await expect.poll(() => children().filter((pid) => !before.has(pid))).toHaveLength(1);
    const [first] = children().filter((pid) => !before.has(pid));
    process.kill(first!, 'SIGKILL');
    expect(await reading).toMatchObject({ ok: true, value: { engine: jsEngineFacts } });
    expect(children()).not.toContain(first);
    await one.close();
  });

  it('says time-out, cancels at once, and leaves no process when closed', async () => {
    const before = children();
    const slow = createDigitiser({ workers: 1, timeoutMs: 5 });
    expect(await slow.digitise({ file, workFolder: folder, name: 'slow' })).toEqual({
      ok: false,
      error: { code: 'page-timeout', file },
    });
    const abort = new AbortController();
    const reading = slow.digitise({ file, workFolder: folder, name: 'gone', signal: abort.signal });
    abort.abort();
    expect(await reading).toMatchObject({ error: { code: 'page-cancelled' } });
    await slow.close();
    expect(children()).toEqual(before);
  });

  it('repeats it with the native program where nothing else may read, and ends that program with its process', async () => {
    const native = createDigitiser({ workers: 1, engine: 'native' });
    for (const end of ['cancel', 'kill', 'close']) {
      const known = new Set(children());
      const abort = new AbortController();
      const reading = native.digitise({ file, workFolder: folder, name: 'gone', signal: abort.signal });
      const worker = () =>
        children()
          .filter((pid) => !known.has(pid))
          .at(-1) ?? 0;
      await expect.poll(worker, { timeout: 60_000 }).not.toBe(0);
      process.kill(worker(), 'SIGKILL');
      await expect.poll(() => programsOf(worker()), { interval: 10, timeout: 60_000 }).toHaveLength(1);
      const programs = programsOf(worker());
      if (end === 'cancel') abort.abort();
      if (end === 'kill') process.kill(worker(), 'SIGKILL');
      if (end === 'close') await native.close();
      await expect.poll(() => programs.filter(isAlive)).toEqual([]);
      const code = end === 'kill' ? 'page-worker-died' : 'page-cancelled';
      expect(await reading).toMatchObject({ ok: false, error: { code } });
    }
  });

  it('names what is wrong with a file and goes on with the others', async () => {
    const cut = join(folder, 'cut.jpg');
    await copyFile(file, cut);
    await truncate(cut, 60_000);
    const blank = join(folder, 'blank.png');
    await sharp({ create: { width: 1_654, height: 2_339, channels: 3, background: '#fff' } }).toFile(blank);
    const results = await digitiseFiles(digitiser, [cut, join(folder, 'none.jpg'), blank], folder);
    expect(results.map(({ page }) => (page.ok ? page.value.text : page.error.code))).toEqual([
      'page-truncated',
      'page-missing',
      '',
    ]);
  });

  it('writes nothing but its two files a page', async () => {
    const files = (await readdir(folder)).filter((name) => name.startsWith('page-0001'));
    expect(files.sort()).toEqual(['page-0001.jpg', 'page-0001.thumbnail.jpg']);
  });
});
