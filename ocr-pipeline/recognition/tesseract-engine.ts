import { createWorker, OEM, PSM } from 'tesseract.js';
import { toPgm } from '../imaging/image.ts';
import type { Line, Word } from '../page.ts';
import type { Reading, RecognitionEngine } from './engine.ts';
import { findLanguageData, type LanguageData } from './language-data.ts';

/**
 * tesseract.js with local data only: `langPath` is a folder and nothing is cached, so it never asks the network.
 * Its wasm runs on a thread of its own; a failure of the engine rejects.
 */
export async function openTesseract(data: LanguageData = findLanguageData()): Promise<RecognitionEngine> {
  const worker = await createWorker('vie', OEM.LSTM_ONLY, {
    langPath: data.folder,
    gzip: data.gzip,
    cacheMethod: 'none',
    // Without a handler the library throws out of its message callback; the promise rejects all the same.
    errorHandler: () => undefined,
  });
  // The library's default, PSM 6, takes every page for one block: 14–19 % errors instead of about 1 %.
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.AUTO,
    tessedit_do_invert: '0',
    user_defined_dpi: '200',
  });
  let mode = PSM.AUTO;
  return {
    async read(image, options = {}) {
      const wanted = options.singleBlock ? PSM.SINGLE_BLOCK : PSM.AUTO;
      if (wanted !== mode) await worker.setParameters({ tessedit_pageseg_mode: wanted });
      mode = wanted;
      const { data: page } = await worker.recognize(toPgm(image), {}, { text: false, blocks: true });
      const lines = (page.blocks ?? [])
        .flatMap((block) => block.paragraphs)
        .flatMap((paragraph) => paragraph.lines)
        .map((line): Line => ({ words: line.words.map(toWord).filter((word) => word.text !== '') }))
        .filter((line) => line.words.length > 0);
      return { lines, confidence: meanConfidence(lines) };
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

export function meanConfidence(lines: readonly Line[]): Reading['confidence'] {
  let sum = 0;
  let letters = 0;
  for (const line of lines)
    for (const word of line.words) {
      sum += word.confidence * word.text.length;
      letters += word.text.length;
    }
  return letters === 0 ? 0 : Math.round(sum / letters);
}
