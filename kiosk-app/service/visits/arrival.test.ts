import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok } from '@motcua/core';
import type { Examination, Examiner, PageJob, Quad } from '@motcua/ocr-pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import {
  cannedPage,
  goodQuality,
  openTestKiosk,
  pageImage,
  type TestKiosk,
  type TestKioskOptions,
} from '../service-test-bench.ts';

let bench: PrinterBench;
let kiosk: TestKiosk;
/** What the examination answers to the next pictures; then one good paper each. */
let answers: ((name: string, folder: string) => Awaited<ReturnType<Examiner['examine']>>)[];
let jobs: PageJob[];

const options = (): TestKioskOptions => ({
  printer: bench.printer,
  examiner: {
    examine: async ({ workFolder, name }) => (answers.shift() ?? sheets(1))(name, workFolder),
    close: async () => undefined,
  },
  digitise: async (job) => {
    jobs.push(job);
    return ok(await cannedPage(job));
  },
});

beforeEach(async () => {
  answers = [];
  jobs = [];
  bench = await createPrinterBench();
  kiosk = await openTestKiosk(options());
  await kiosk.walkTo('papers');
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

/** The part of the picture in which the paper of that number lies, of so many. */
const part = (number: number, of: number): Quad => [
  { x: 0.1, y: number / of },
  { x: 0.9, y: number / of },
  { x: 0.9, y: (number + 0.9) / of },
  { x: 0.1, y: (number + 0.9) / of },
];

function sheets(count: number, quality: Examination['sheets'][number]['quality'] = goodQuality) {
  return (name: string, folder: string) =>
    ok<Examination>({
      facts: { width: 2_000, height: 3_000, format: 'jpeg' },
      sheets: Array.from({ length: count }, (_, at) => ({
        corners: part(at, count),
        quality,
        thumbnailFile: join(folder, `${name}-${at + 1}.jpg`),
      })),
      milliseconds: 1,
    });
}

const pages = async () => (await kiosk.visit()).papers[0]?.pages ?? [];
const ids = async () => (await pages()).map(({ id }) => id);
const settled = () =>
  kiosk.until(
    (visit) => visit.scan.state === 'idle' && visit.papers[0]!.pages.every(({ state }) => state === 'ready'),
  );

describe('several papers on one glass', () => {
  it('become as many pages, each read from its own part of the one picture', async () => {
    answers = [sheets(2)];
    await kiosk.scan();
    expect(await pages()).toHaveLength(2);
    expect(jobs.map(({ sheet }) => sheet)).toEqual([part(0, 2), part(1, 2)]);
    expect(new Set(jobs.map(({ file }) => file)).size).toBe(1);
    expect(jobs[0]?.file).toContain((await ids())[0]);
  });

  it('can be removed one by one: the other stays readable', async () => {
    answers = [sheets(2)];
    await kiosk.scan();
    const [first, second] = await ids();
    await kiosk.done(
      { type: 'remove-page', pageId: first! },
      { type: 'turn-page', pageId: second!, degrees: 90 },
    );
    await settled();
    expect(await ids()).toEqual([second]);
    expect(jobs.at(-1)).toMatchObject({ sheet: part(1, 2), rotation: 90 });
  });

  it('scanned again alone replace one page; laid down together again, all of them', async () => {
    await kiosk.scan();
    answers = [sheets(2)];
    await kiosk.scan();
    await kiosk.scan();
    const [before, first, second, after] = await ids();
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'rescan-page', pageId: second! });
    await settled();
    const alone = await ids();
    expect([alone[0], alone[1], alone[3]]).toEqual([before, first, after]);
    expect(alone[2]).not.toBe(second);
    expect(alone).toHaveLength(4);

    answers = [sheets(2), sheets(2)];
    await kiosk.scan();
    const pair = (await ids()).slice(4);
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'rescan-page', pageId: pair[0]! });
    await settled();
    expect((await ids()).slice(0, 4)).toEqual(alone);
    expect(await ids()).toHaveLength(6);
    expect(await ids()).not.toContain(pair[1]);
  });

  it('are taken in all at once after a crash, and never a second time', async () => {
    answers = [sheets(2)];
    await kiosk.scan();
    const kept = await ids();
    // Dies with one picture on disk that is not a page yet, and one whose page the person had removed.
    await kiosk.scan();
    const removed = (await ids())[2]!;
    await kiosk.done({ type: 'remove-page', pageId: removed });
    const visit = await kiosk.visit();
    const arriving = kiosk.ids.next();
    await copyFile(pageImage, join(kiosk.files.work(visit.id), `${arriving}.jpg`));
    kiosk.db.prepare(`UPDATE visits SET scan_paper = 'original' WHERE id = ?`).run(visit.id);
    await kiosk.stop();
    answers = [sheets(3)];
    kiosk = await openTestKiosk({ ...options(), printer: bench.reopen(), reopens: kiosk });
    await settled();
    const after = await ids();
    expect(after.slice(0, 2)).toEqual(kept);
    expect(after[2]).toBe(arriving);
    expect(after).toHaveLength(5);
    expect(after).not.toContain(removed);
  });

  it('wait as a draft for their owner, all of them', async () => {
    answers = [sheets(2)];
    await kiosk.scan();
    const kept = await ids();
    await kiosk.done({ type: 'finish' });
    await kiosk.walkTo('papers');
    expect(await ids()).toEqual(kept);
    await kiosk.done({ type: 'review' });
  });
});

describe('what the examination finds', () => {
  it('stands at the page, the worst first, one remark a code, and does not keep the person from going on', async () => {
    answers = [
      sheets(1, {
        ...goodQuality,
        ok: false,
        findings: [
          { code: 'glare', severity: 'bad' },
          { code: 'glare', severity: 'bad' },
          { code: 'shadow', severity: 'warn' },
        ],
      }),
    ];
    await kiosk.scan();
    expect((await pages())[0]?.quality).toMatchObject([
      { severity: 'bad', problem: { code: 'quality-glare' } },
      { severity: 'warn', problem: { code: 'quality-shadow' } },
    ]);
    await kiosk.done({ type: 'review' });
  });

  it.each(['blank', 'show-through'] as const)('keeps a %s side and says that it is empty', async (side) => {
    answers = [sheets(1, { ...goodQuality, side, findings: [{ code: 'blur', severity: 'bad' }] })];
    await kiosk.scan();
    expect((await pages())[0]).toMatchObject({
      state: 'ready',
      quality: [{ severity: 'warn', problem: { code: 'quality-empty' } }],
    });
  });

  it('is gone when the page is scanned again', async () => {
    answers = [sheets(1, { ...goodQuality, ok: false, findings: [{ code: 'blur', severity: 'bad' }] })];
    await kiosk.scan();
    kiosk.scanner.lay(pageImage);
    await kiosk.done({ type: 'rescan-page', pageId: (await ids())[0]! });
    await settled();
    expect((await pages()).map(({ quality }) => quality)).toEqual([[]]);
  });

  it.each([
    'page-worker-died',
    'page-timeout',
  ] as const)('is nothing when it ended with %s: the page is taken', async (code) => {
    answers = [() => err({ code, file: '' })];
    await kiosk.scan();
    expect((await pages())[0]).toMatchObject({ state: 'ready', quality: [], problem: null });
    expect(jobs[0]?.sheet).toBeUndefined();
  });
});
