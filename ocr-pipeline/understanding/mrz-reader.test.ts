import { fileURLToPath } from 'node:url';
import { unwrap } from '@motcua/core';
import { describe, expect, test } from 'vitest';
import { cleanForReading } from '../imaging/clean.ts';
import { straightenPage } from '../imaging/straighten.ts';
import { jsEngineFacts } from '../recognition/engine-facts.ts';
import { tesseractVersion } from '../recognition/tesseract-program.ts';
import { findMrz } from './find-mrz.ts';
import { createMrzReader } from './mrz-reader.ts';

const CARD = fileURLToPath(new URL('../specimens/pages/20-citizen-card-back.jpg', import.meta.url));
/** The zone is the card's lower third. */
const ZONE_FROM = 0.6;

async function zoneOfCard() {
  const page = await straightenPage(CARD, undefined);
  const { width, height, data } = cleanForReading(page.image, page.dpi).image;
  const top = Math.floor(height * ZONE_FROM);
  return { width, height: height - top, data: data.slice(top * width) };
}

describe('the zone of a card', () => {
  const engines = {
    'the native library': async () =>
      ({ name: 'tesseract', version: unwrap(await tesseractVersion()) }) as const,
    'tesseract.js': async () => jsEngineFacts,
    'tesseract.js, where the library is of another version than the program': async () =>
      ({ name: 'tesseract', version: '5.999' }) as const,
  };
  for (const [name, facts] of Object.entries(engines))
    test(`is read by ${name}`, async () => {
      const reader = createMrzReader({ facts: await facts(), timeoutMs: 20_000 });
      const texts = await reader.read(await zoneOfCard());
      const words = texts.map((text) => ({
        words: [{ text, box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 0 }],
      }));
      expect(findMrz(words)?.lines).toEqual([
        'IDVNM0880543219079088054321<<9',
        '8809036M2809034VNM<<<<<<<<<<<8',
        'DANG<<HUU<NGHIA<<<<<<<<<<<<<<<',
      ]);
    });
});
