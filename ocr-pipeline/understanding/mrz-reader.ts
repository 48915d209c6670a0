import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Grey, toPgm } from '../imaging/image.ts';
import type { EnginePlan } from '../recognition/choose-engine.ts';
import { LAYOUT } from '../recognition/engine.ts';
import { loadTesseract } from '../recognition/tesseract-library.ts';
import { parseTsvRows } from '../recognition/tsv.ts';

/** Reads the lines of a cut-out machine-readable zone. */
export interface MrzReader {
  read(zone: Grey): Promise<readonly string[]>;
}

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<';
const INSTALLED = '/usr/share/tesseract-ocr/5/tessdata';

/**
 * English data and the zone's 37 signs only: the Vietnamese model reads a Latin I as T and a zero with a stroke as 6. By
 * the native library where the plan has it and the data is installed, else by tesseract.js, which takes half a second to
 * start. Starts at the first zone, since few pages have one.
 */
export function createMrzReader(plan: Pick<EnginePlan, 'facts' | 'timeoutMs'>): MrzReader {
  let starting: Promise<MrzReader> | undefined;
  return {
    async read(zone) {
      starting ??= openNative(plan).then((native) => native ?? openJs());
      return (await starting).read(zone);
    },
  };
}

async function openNative({
  facts,
  timeoutMs,
}: Pick<EnginePlan, 'facts' | 'timeoutMs'>): Promise<MrzReader | undefined> {
  if (facts.name !== 'tesseract' || !isInstalled()) return undefined;
  const loaded = await loadTesseract({ folder: INSTALLED, language: 'eng' }, facts.version, {
    tessedit_char_whitelist: SIGNS,
  });
  if (!loaded.ok) return undefined;
  return {
    async read(zone) {
      const table = loaded.value.read(zone, LAYOUT.block, timeoutMs);
      const lines = table.ok ? parseTsvRows(table.value) : table;
      // A zone that cannot be read is left as it was.
      return lines.ok ? lines.value.map(({ words }) => words.map(({ text }) => text).join(' ')) : [];
    },
  };
}

async function openJs(): Promise<MrzReader> {
  const { createWorker, OEM, PSM } = await import('tesseract.js');
  const { folder, gzip } = englishData();
  const worker = await createWorker('eng', OEM.LSTM_ONLY, {
    langPath: folder,
    gzip,
    cacheMethod: 'none',
    errorHandler: () => undefined,
  });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_BLOCK,
    tessedit_char_whitelist: SIGNS,
    tessedit_do_invert: '0',
  });
  return {
    async read(zone) {
      const { data } = await worker.recognize(toPgm(zone), {}, { text: true, blocks: false });
      return data.text.split('\n').filter((line) => line.trim() !== '');
    },
  };
}

/** The distribution's data, else the npm package's; never the network. */
function englishData(): { readonly folder: string; readonly gzip: boolean } {
  if (isInstalled()) return { folder: INSTALLED, gzip: false };
  const manifest = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
  return { folder: join(dirname(manifest), '4.0.0_best_int'), gzip: true };
}

function isInstalled(): boolean {
  return existsSync(join(INSTALLED, 'eng.traineddata'));
}
