import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { unwrap } from '@motcua/core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { loadKinds } from '../understanding/load-kinds.ts';
import { cleanScan, degradePage, listSpecimens, specimenPeople, specimenPerson } from './index.ts';
import { checkDigit } from './papers/citizen-card.ts';
import { specimenPlans } from './papers/index.ts';

describe('the pages', () => {
  test('are those that are planned, of kinds that there are, and stay small', async () => {
    const specimens = listSpecimens();
    expect(specimens.map(({ name }) => name)).toEqual(specimenPlans.map(({ name }) => name));
    const codes = unwrap(loadKinds()).kinds.map(({ code }) => code);
    for (const { kind, name } of specimens) expect([...codes, 'unknown'], name).toContain(kind);
    const sizes = await Promise.all(specimens.map(async ({ file }) => (await stat(file)).size));
    expect(Math.max(...sizes)).toBeLessThan(700 * 1024);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(12 * 1024 * 1024);
  });

  test('have the resolution they state, and a true text in NFC that holds the fields they state', async () => {
    for (const { file, text, fields, degradation, name } of listSpecimens()) {
      expect((await sharp(file).metadata()).density, name).toBe(degradation.dpi);
      expect(text, name).toBe(text.normalize('NFC'));
      const folded = text.replace(/\s+/g, ' ').toLocaleUpperCase('vi');
      const printed = [
        fields.personNumber,
        fields.fullName,
        fields.birthDate?.split('-').reverse().join('/'),
      ];
      for (const each of printed.filter((value) => value !== undefined))
        expect(folded, name).toContain(each.toLocaleUpperCase('vi'));
    }
  });

  test('show a card whose QR says what the person’s card says', async () => {
    // From the package: by itself the library would fetch it from the network.
    const wasm = await readFile(
      createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'),
    );
    const wasmBinary = new Uint8Array(wasm).buffer;
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    for (const name of ['01-citizen-card-2021', '06-citizen-card-2024']) {
      const specimen = listSpecimens().find((each) => each.name === name)!;
      const codes = await readBarcodes(await readFile(specimen.file), {
        tryHarder: true,
        formats: ['QRCode'],
      });
      expect(codes.map(({ text }) => text)).toEqual([specimenPerson(specimen.person!).cardText]);
    }
  });
});

test('people have numbers that agree with sex and birth date, and each set has one main person', () => {
  for (const { personNumber, birthDate, sex } of specimenPeople()) {
    const century = (Number(birthDate.slice(0, 2)) - 19) * 2 + (sex === 'female' ? 1 : 0);
    expect(personNumber).toMatch(new RegExp(`^079${century}${birthDate.slice(2, 4)}\\d{6}$`));
  }
  const mains = specimenPeople().filter(({ main }) => main);
  expect(mains.map(({ set }) => set)).toEqual([...new Set(specimenPeople().map(({ set }) => set))]);
});

test('check digits of the machine-readable zone follow the published vector', () => {
  // ICAO 9303-3, appendix A.
  expect(checkDigit('520727')).toBe(3);
  expect(checkDigit('AB2134<<<')).toBe(5);
});

describe('degradation', () => {
  const page = () =>
    sharp({ create: { width: 620, height: 877, channels: 3, background: '#fff' } })
      .composite([
        {
          input: { create: { width: 400, height: 20, channels: 3, background: '#000' } },
          left: 100,
          top: 100,
        },
      ])
      .png()
      .toBuffer();

  test('is the same for the same seed, and another for another', async () => {
    const how = { ...cleanScan, dpi: 75, noise: 3, dust: 20, light: 0.2, skew: 1.5 };
    const first = await degradePage(await page(), 75, how);
    expect((await degradePage(await page(), 75, how)).equals(first)).toBe(true);
    expect((await degradePage(await page(), 75, { ...how, seed: 2 })).equals(first)).toBe(false);
  });

  test('scales to the resolution, turns the paper and lays it on a larger bed', async () => {
    const size = async (how: Partial<typeof cleanScan>) => {
      const { width, height } = await sharp(
        await degradePage(await page(), 75, { ...cleanScan, dpi: 75, ...how }),
      ).metadata();
      return [width, height];
    };
    expect(await size({ dpi: 150 })).toEqual([1240, 1754]);
    expect(await size({ turn: 90 })).toEqual([877, 620]);
    expect(await size({ bed: { width: 254, height: 508, left: 10, top: -10 } })).toEqual([750, 1500]);
  });

  test('darkens the edge that the shadow lies on, and tilts clockwise', async () => {
    const how = {
      ...cleanScan,
      dpi: 75,
      skew: 3,
      shadow: { edge: 'right', depth: 0.6, reach: 0.1 },
    } as const;
    const { data, info } = await sharp(await degradePage(await page(), 75, how))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => data[y * info.width + x]!;
    expect(at(615, 700)).toBeLessThan(at(5, 700) * 0.6);
    const firstDark = (x: number) =>
      Array.from({ length: 300 }, (_, y) => at(x, y)).findIndex((level) => level < 128);
    expect(firstDark(450)).toBeGreaterThan(firstDark(150) + 8);
  });
});
