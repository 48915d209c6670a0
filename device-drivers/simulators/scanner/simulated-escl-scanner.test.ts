import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configureAirscanBackend } from './airscan-backend.ts';
import { esclMisbehaviours as bad } from './escl-faults.ts';
import { type SimulatedEsclScanner, startSimulatedEsclScanner } from './simulated-escl-scanner.ts';

/** The judge is code that is not ours: Debian's sane-airscan behind `scanimage`. */
describe('sane-airscan at the simulated eSCL scanner', () => {
  let folder: string;
  let simulator: SimulatedEsclScanner;
  let sheets: readonly string[];
  let environment: { readonly SANE_CONFIG_DIR: string };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'motcua-airscan-'));
    simulator = await startSimulatedEsclScanner();
    environment = await configureAirscanBackend(folder, { sim: simulator.url });
    sheets = await Promise.all(
      [30, 120, 210].map(async (r) => {
        const file = join(folder, `sheet-${r}.png`);
        await sharp({
          create: { width: 210, height: 297, channels: 3, background: { r, g: 20, b: 60 } },
        }).toFile(file);
        return file;
      }),
    );
    simulator.lay(sheets);
  });
  afterEach(async () => {
    await simulator.close();
    rmSync(folder, { recursive: true });
  });

  const scanimage = async (...args: readonly string[]) => {
    const run = await exec(
      'scanimage',
      ['-d', 'airscan:e0:sim', '--resolution', '75', '--format=png', `--batch=${folder}/p%d.png`, ...args],
      { env: { ...process.env, ...environment, LC_ALL: 'C.UTF-8' }, timeoutMs: 50_000 },
    );
    return run.ok ? 0 : run.error.code === 'exec-failed' ? run.error.exitCode : run.error.code;
  };
  const pages = () =>
    readdirSync(folder)
      .filter((name) => /^p\d+\.png$/.test(name))
      .sort();
  /** At the upper left corner. */
  const redOf = async (name: string) =>
    (await sharp(join(folder, name)).extract({ left: 9, top: 9, width: 1, height: 1 }).raw().toBuffer())[0];

  test('gets every sheet of the feeder, in order, in the size of 75 dpi', async () => {
    expect(await scanimage('--source', 'ADF')).toBe(0);
    expect(await Promise.all(pages().map(redOf))).toEqual([30, 120, 210]);
    expect(await sharp(join(folder, 'p1.png')).metadata()).toMatchObject({ width: 637, height: 877 });
    expect(simulator.openJobs()).toBe(0);
  });

  test('gets both sides of a sheet, and one page in grey from the glass', async () => {
    expect(await scanimage('--source', 'ADF Duplex')).toBe(0);
    expect(await Promise.all(pages().map(redOf))).toEqual([30, 255, 120, 255, 210, 255]);
    expect(await scanimage('--source', 'Flatbed', '--mode', 'Gray', '--batch-count=1')).toBe(0);
    expect(await sharp(join(folder, 'p1.png')).metadata()).toMatchObject({ channels: 1 });
  });

  test.each([
    ['503 before every sheet', bad['503-between-sheets']()],
    ['409 at the end', bad['409-at-the-end']()],
    ['a relative address of the job', bad['relative-location']()],
  ])('copes with %s', async (_, how) => {
    simulator.misbehave(how);
    expect(await scanimage('--source', 'ADF')).toBe(0);
    expect(pages()).toHaveLength(3);
  });

  test.each([
    ['jam', 6],
    ['door-open', 8],
    ['empty', 7],
  ] as const)('understands %s as SANE status %d', async (fault, status) => {
    simulator.setFault(fault);
    expect(await scanimage('--source', 'ADF')).toBe(status);
  });

  test('a jam after two sheets leaves two', async () => {
    simulator.setFault('jam', 2);
    expect(await scanimage('--source', 'ADF')).toBe(6);
    expect(pages()).toHaveLength(2);
    expect(simulator.openJobs()).toBe(0);
  });
});
