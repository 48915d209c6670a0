import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createExaminer, type Examiner } from './examiner.ts';
import { WHOLE_PICTURE } from './imaging/sheet.ts';
import { forgeTiff } from './sources/forge-tiff.ts';
import { listSpecimens } from './specimens/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let examiner: Examiner;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examiner-'));
  examiner = createExaminer();
});
afterAll(async () => {
  await examiner.close();
  expect(children()).toEqual([]);
  await rm(folder, { recursive: true });
});

const contract = listSpecimens().find(({ kind }) => kind === 'contract')!.file;

function children(): number[] {
  return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((row) => row.includes('examine-worker'))
    .map((row) => Number.parseInt(row, 10));
}

describe('the examiner', () => {
  it('is ready before the first page comes, and tells all that can be told of it', async () => {
    expect(children()).toHaveLength(1);
    const result = await examiner.examine({ file: contract, workFolder: folder, name: 'page' });
    expect(result).toMatchObject({
      ok: true,
      value: { facts: { format: 'jpeg' }, sheets: [{ quality: { ok: true, side: 'printed', dpi: 240 } }] },
    });
    if (!result.ok) return;
    const thumbnail = await sharp(result.value.sheets[0]!.thumbnailFile).metadata();
    expect(thumbnail).toMatchObject({ format: 'jpeg', height: 480 });
  });

  it('shows and judges a picture upright, as its EXIF says', async () => {
    const file = join(folder, 'turned.jpg');
    const turned = sharp(await readFile(contract))
      .rotate(270)
      .withMetadata({ orientation: 6, density: 240 });
    await writeFile(file, await turned.jpeg().toBuffer());
    const result = await examiner.examine({ file, workFolder: folder, name: 'turned' });
    if (!result.ok) throw new Error(result.error.code);
    const { width, height } = await sharp(result.value.sheets[0]!.thumbnailFile).metadata();
    expect(height).toBeGreaterThan(width);
    expect(result.value.sheets[0]!.quality.findings).toEqual([]);
  });

  it('refuses a file of several pages, of which it would see only the first', async () => {
    const pages = ['black', 'white'].map((colour) => ({
      width: 400,
      height: 300,
      data: new Uint8Array(120_000).fill(colour === 'white' ? 255 : 0),
    }));
    const [one, two] = [join(folder, 'one.tif'), join(folder, 'two.tif')];
    await writeFile(one, forgeTiff(pages.slice(1)));
    await writeFile(two, forgeTiff(pages));
    expect(await examiner.examine({ file: one, workFolder: folder, name: 'one' })).toMatchObject({
      ok: true,
    });
    expect(await examiner.examine({ file: two, workFolder: folder, name: 'two' })).toMatchObject({
      error: { code: 'page-several' },
    });
  });

  it('takes a picture of two cards apart, unless it is known to be one sheet', async () => {
    const cards = { file: listSpecimens()[0]!.file, workFolder: folder, name: 'cards' };
    const apart = await examiner.examine(cards);
    expect(apart.ok && apart.value.sheets).toHaveLength(2);
    const whole = await examiner.examine({ ...cards, separate: false });
    expect(whole.ok && whole.value.sheets.map(({ corners }) => corners)).toEqual([WHOLE_PICTURE]);
  });

  it('says what is wrong with a file that is no whole picture', async () => {
    const cut = join(folder, 'cut.jpg');
    await copyFile(contract, cut);
    await truncate(cut, 60_000);
    expect(await examiner.examine({ file: cut, workFolder: folder, name: 'cut' })).toEqual({
      ok: false,
      error: { code: 'page-truncated', file: cut },
    });
  });

  it('repeats a page when its process is killed, and takes the next', async () => {
    const [pid] = children();
    const examining = examiner.examine({ file: contract, workFolder: folder, name: 'killed' });
    process.kill(pid!, 'SIGKILL');
    expect(await examining).toMatchObject({ ok: true });
    expect(children()).not.toContain(pid);
    expect(await examiner.examine({ file: contract, workFolder: folder, name: 'next' })).toMatchObject({
      ok: true,
    });
  });

  it('gives up a page that hangs it, instead of waiting', async () => {
    const slow = createExaminer({ timeoutMs: 1 });
    expect(await slow.examine({ file: contract, workFolder: folder, name: 'slow' })).toEqual({
      ok: false,
      error: { code: 'page-timeout', file: contract },
    });
    await slow.close();
  });
});
