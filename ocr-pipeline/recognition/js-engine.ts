import { ok } from '@motcua/core';
import { createWorker, OEM, type PSM } from 'tesseract.js';
import { toPgm } from '../imaging/image.ts';
import type { Line, Word } from '../page.ts';
import { ENGINE_PARAMETERS, LAYOUT, type RecognitionEngine, readingOf } from './engine.ts';
import { jsEngineFacts } from './engine-facts.ts';
import type { LanguageData } from './language-data.ts';

/**
 * tesseract.js with local data only: `langPath` is a folder and nothing is cached, so it never asks the network.
 * Its wasm runs on a thread of its own. A failure rejects: the wasm's memory cannot be trusted after it, so the
 * process should end.
 */
export async function openJsEngine(data: LanguageData): Promise<RecognitionEngine> {
  const worker = await createWorker('vie', OEM.LSTM_ONLY, {
    langPath: data.folder,
    gzip: data.gzip,
    cacheMethod: 'none',
    // Without a handler the library throws out of its message callback; the promise rejects all the same.
    errorHandler: () => undefined,
  });
  // The library's default, PSM 6, takes every page for one block: 14–19 % errors instead of about 1 %.
  let layout: string = LAYOUT.page;
  await worker.setParameters({ ...ENGINE_PARAMETERS, tessedit_pageseg_mode: layout as PSM });
  return {
    async read(image, options = {}) {
      const wanted = options.singleBlock ? LAYOUT.block : LAYOUT.page;
      if (wanted !== layout) await worker.setParameters({ tessedit_pageseg_mode: wanted as PSM });
      layout = wanted;
      const { data: page } = await worker.recognize(toPgm(image), {}, { text: false, blocks: true });
      const lines = (page.blocks ?? [])
        .flatMap((block) => block.paragraphs)
        .flatMap((paragraph) => paragraph.lines)
        .map((line): Line => ({ words: line.words.map(toWord).filter((word) => word.text !== '') }))
        .filter((line) => line.words.length > 0);
      return ok(readingOf(jsEngineFacts, lines));
    },
    async close() {
      await worker.terminate();
    },
  };
}

function toWord(word: {
  text: string;
  confidence: number;
  bbox: { x0: number; y0: number; x1: number; y1: number };
}): Word {
  const { x0, y0, x1, y1 } = word.bbox;
  return {
    text: word.text.normalize('NFC').trim(),
    confidence: Math.round(word.confidence),
    box: { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },
  };
}
