import { mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedScannerFolder } from './simulated-scanner-folder.ts';

let folder: string;
let papers: readonly string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glass-'));
  papers = ['one.png', 'two.png'].map((name) => join(folder, name));
  for (const paper of papers) await writeFile(paper, paper);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each([{ slow: false }, { slow: true }])('papers on the glass, slow: $slow', (options) => {
  it('lie there from the moment they are laid, also for one who looks before they have arrived', async () => {
    const glass = join(folder, 'glass');
    const scanner = simulatedScannerFolder(glass, options);
    const laying = scanner.lay(papers);
    expect(scanner.lying()).toEqual(papers);
    await laying;
    expect(scanner.lying()).toEqual(papers);
    const [first] = (await readdir(glass)).sort();
    await unlink(join(glass, first!));
    expect(scanner.lying()).toEqual(papers.slice(1));
    await scanner.close();
  });

  it('are gone when a paper cannot be laid', async () => {
    const scanner = simulatedScannerFolder(join(folder, 'glass'), options);
    await scanner.lay([join(folder, 'missing.png')]).catch(() => undefined);
    await scanner.clear();
    expect(scanner.lying()).toEqual([]);
    await scanner.close();
  });
});
