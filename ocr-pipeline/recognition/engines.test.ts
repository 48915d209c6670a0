import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, unwrap } from '@motcua/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanForReading } from '../imaging/clean.ts';
import type { Grey } from '../imaging/image.ts';
import { straightenPage } from '../imaging/straighten.ts';
import type { Word } from '../page.ts';
import { chooseEngine, openEngine } from './choose-engine.ts';
import { type Reading, type RecognitionEngine, readingOf, withSecondTry } from './engine.ts';
import { jsEngineFacts } from './engine-facts.ts';
import { openJsEngine } from './js-engine.ts';
import { findLanguageData, npmLanguageData, unpackLanguageData } from './language-data.ts';
import { openLoadedEngine, openNativeEngine } from './native-engine.ts';
import { tesseractVersion } from './tesseract-program.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const PAGES = new URL('../specimens/pages/', import.meta.url).pathname;
const facts = { name: 'tesseract', version: '5.0.0' } as const;
const white: Grey = { width: 60, height: 40, data: new Uint8Array(60 * 40).fill(255) };

let folder: string;
let scratches = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function scratch(): Promise<string> {
  scratches += 1;
  return mkdtemp(join(folder, 'scratch-'));
}

function wordsOf(reading: Reading): readonly Word[] {
  return reading.lines.flatMap((line) => line.words);
}

/** Pairs of equal words, in order (longest common subsequence). */
function pairUp(one: readonly Word[], other: readonly Word[]): readonly (readonly [Word, Word])[] {
  const length = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1)
    for (let j = other.length - 1; j >= 0; j -= 1)
      length[i]![j] =
        one[i]!.text === other[j]!.text
          ? length[i + 1]![j + 1]! + 1
          : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const pairs: (readonly [Word, Word])[] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; )
    if (one[i]!.text === other[j]!.text) pairs.push([one[i++]!, other[j++]!]);
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i += 1;
    else j += 1;
  return pairs;
}

describe('both engines', () => {
  it('read the same words in the same places', async () => {
    const data = findLanguageData();
    const plan = unwrap(await chooseEngine('native', { data, timeoutMs: 60_000, scratch }));
    const engines = [await openEngine(plan), await openJsEngine(data)] as const;
    const counts = { words: 0, same: 0, sameBox: 0, confidence: 0 };
    for (const name of ['03-live-birth-notice', '11-death-notice', '15-transcript']) {
      const page = await straightenPage(join(PAGES, `${name}.jpg`), undefined);
      const { image } = cleanForReading(page.image, page.dpi);
      const [native, js] = [unwrap(await engines[0].read(image)), unwrap(await engines[1].read(image))];
      expect([native.engine, js.engine]).toEqual([plan.facts, jsEngineFacts]);
      const pairs = pairUp(wordsOf(native), wordsOf(js));
      counts.words += Math.max(wordsOf(native).length, wordsOf(js).length);
      counts.same += pairs.length;
      counts.sameBox += pairs.filter(([a, b]) => JSON.stringify(a.box) === JSON.stringify(b.box)).length;
      counts.confidence += pairs.reduce((sum, [a, b]) => sum + Math.abs(a.confidence - b.confidence), 0);
    }
    await Promise.all(engines.map((engine) => engine.close()));
    // Measured between 5.3.0 and the wasm of tesseract.js 7 on all 19 specimens: 99.3 % of 4,215 words equal, two of
    // them boxed differently, confidence 1 apart. Their arithmetic differs in the last bits; rare letters tip over.
    expect(counts.words).toBeGreaterThan(500);
    expect(counts.same / counts.words).toBeGreaterThan(0.97);
    expect(counts.sameBox / counts.same).toBeGreaterThan(0.99);
    expect(counts.confidence / counts.same).toBeLessThan(3);
  });
});

describe('the choice', () => {
  const options = () => ({ data: npmLanguageData(), timeoutMs: 1_000, scratch });

  it('takes the installed program, with npm’s data unpacked for it, and tesseract.js only when told', async () => {
    const version = unwrap(await tesseractVersion());
    const auto = unwrap(await chooseEngine('auto', options()));
    expect(auto).toMatchObject({
      facts: { name: 'tesseract', version },
      data: { gzip: false },
      secondTry: 'js',
    });
    expect((await readFile(join(auto.data.folder, 'vie.traineddata'))).length).toBeGreaterThan(1_500_000);
    expect(unwrap(await chooseEngine('native', options())).secondTry).toBe('native');
    const before = scratches;
    expect(unwrap(await chooseEngine('js', options()))).toMatchObject({ facts: jsEngineFacts });
    expect(scratches).toBe(before);
  });

  it('falls back to tesseract.js where no program is installed, unless exactly it was asked for', async () => {
    vi.stubEnv('PATH', folder);
    expect(unwrap(await chooseEngine('auto', options())).facts).toEqual(jsEngineFacts);
    expect(await chooseEngine('native', options())).toEqual(err({ code: 'engine-missing' }));
    vi.unstubAllEnvs();
  });

  it('takes nothing that only has the program’s name', async () => {
    for (const words of ['tesseract 3.04.01', 'GNU bash, version 5', ''])
      expect(await tesseractVersion(await programThat(`echo '${words}'`))).toMatchObject({ ok: false });
    expect(await tesseractVersion(await programThat(`echo 'tesseract v5.0.1.20220118'`))).toMatchObject({
      value: '5.0.1.20220118',
    });
  });
});

let programs = 0;
async function programThat(does: string): Promise<string> {
  programs += 1;
  const file = join(folder, `program-${programs}`);
  await writeFile(file, `#!/bin/sh\n${does}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('the native program in trouble', () => {
  const HEAD =
    'level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n';
  const read = async (does: string, timeoutMs = 30_000) => {
    const data = { folder, gzip: false };
    const engine = openNativeEngine({ facts, data, timeoutMs, program: await programThat(does) });
    return engine.read(white);
  };

  it.each([
    ['exits with an error', 'cat >/dev/null; echo bad >&2; exit 1', 'engine-crashed'],
    ['dies without reading its input', 'kill -SEGV $$', 'engine-killed'],
    ['is killed', 'cat >/dev/null; kill -KILL $$', 'engine-killed'],
    ['is not there', 'exec /nowhere', 'engine-crashed'],
    [
      'writes bytes that are no UTF-8',
      `printf '${HEAD}5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t9\\t90\\t\\377\\n'`,
      'engine-output-invalid',
    ],
    ['writes another table', 'echo nothing', 'engine-output-invalid'],
    ['writes without end', 'exec yes', 'engine-output-too-long'],
  ])('that %s is told apart', async (_, does, code) => {
    expect(await read(does)).toEqual(err({ code }));
  });

  it('that hangs is stopped', async () => {
    expect(await read('exec sleep 1000', 200)).toEqual(err({ code: 'engine-timeout' }));
  });

  it('that ignores every polite signal is stopped when the engine is closed', async () => {
    const program = await programThat('trap \'\' TERM INT; echo $$ > "$0.pid"; while :; do sleep 0.1; done');
    const engine = openNativeEngine({ facts, data: { folder, gzip: false }, timeoutMs: 60_000, program });
    const reading = engine.read(white);
    await expect.poll(() => readFile(`${program}.pid`, 'utf8').catch(() => '')).toMatch(/\d/);
    await engine.close();
    expect(await reading).toEqual(err({ code: 'engine-cancelled' }));
    const pid = Number(await readFile(`${program}.pid`, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('without its model, or with a damaged one, says so', async () => {
    const empty = await scratch();
    const engineWith = (where: string) =>
      openNativeEngine({ facts, data: { folder: where, gzip: false }, timeoutMs: 30_000 });
    expect(await engineWith(empty).read(white)).toEqual(err({ code: 'engine-model-missing' }));
    const damaged = await scratch();
    await writeFile(join(damaged, 'vie.traineddata'), Buffer.alloc(4_096, 7));
    expect(await engineWith(damaged).read(white)).toMatchObject({ ok: false });
  });

  it('finds nothing on a white picture', async () => {
    const data = await unpackLanguageData(npmLanguageData(), await scratch());
    const reading = await openNativeEngine({ facts, data, timeoutMs: 30_000 }).read(white);
    expect(reading).toEqual(ok({ engine: facts, lines: [], confidence: 0 }));
  });
});

describe('the library of the native program', () => {
  it('reads what the program reads, page after page', async () => {
    const data = findLanguageData();
    const plan = unwrap(await chooseEngine('native', { data, timeoutMs: 60_000, scratch }));
    const loaded = (await openLoadedEngine(plan))!;
    const page = await straightenPage(join(PAGES, '17-invitation.jpg'), undefined);
    const { image } = cleanForReading(page.image, page.dpi);
    const first = unwrap(await loaded.read(image));
    expect(wordsOf(first).length).toBeGreaterThan(80);
    expect(unwrap(await loaded.read(white)).lines).toEqual([]);
    expect(unwrap(await loaded.read(image))).toEqual(first);
    await loaded.close();
    expect(unwrap(await openNativeEngine(plan).read(image))).toEqual(first);
  });

  it('stops at its deadline', async () => {
    const plan = unwrap(
      await chooseEngine('native', { data: findLanguageData(), timeoutMs: 60_000, scratch }),
    );
    const hurried = (await openLoadedEngine({ ...plan, timeoutMs: 1 }))!;
    const page = await straightenPage(join(PAGES, '17-invitation.jpg'), undefined);
    const { image } = cleanForReading(page.image, page.dpi);
    expect(await hurried.read(image)).toEqual(err({ code: 'engine-timeout' }));
    await hurried.close();
  });

  it('is left alone when it is of another version than the program, or has no model', async () => {
    const data = findLanguageData();
    expect(await openLoadedEngine({ facts, data, timeoutMs: 1_000 })).toBeUndefined();
    const { facts: installed } = unwrap(await chooseEngine('native', { data, timeoutMs: 1_000, scratch }));
    const empty = { folder: await scratch(), gzip: false };
    expect(await openLoadedEngine({ facts: installed, data: empty, timeoutMs: 1_000 })).toBeUndefined();
  });
});

describe('the second try', () => {
  const good: RecognitionEngine = {
    read: async () => ok(readingOf(jsEngineFacts, [])),
    close: async () => undefined,
  };

  it('reads what the first engine could not, opened once and only then', async () => {
    let works = true;
    let opened = 0;
    const shaky: RecognitionEngine = {
      ...good,
      read: async () => (works ? ok(readingOf(facts, [])) : err({ code: 'engine-crashed' })),
    };
    const engine = withSecondTry(shaky, async () => {
      opened += 1;
      return good;
    });
    expect(unwrap(await engine.read(white)).engine).toEqual(facts);
    expect(opened).toBe(0);
    works = false;
    for (let page = 0; page < 2; page += 1)
      expect(unwrap(await engine.read(white)).engine).toEqual(jsEngineFacts);
    expect(opened).toBe(1);
  });
});
