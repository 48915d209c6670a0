import { err, ok } from '@motcua/core';
import { toTiff } from '../imaging/image.ts';
import { LAYOUT, type RecognitionEngine, readingOf } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { LanguageData } from './language-data.ts';
import { loadTesseract } from './tesseract-library.ts';
import { runTesseract } from './tesseract-program.ts';
import { parseTsv, parseTsvRows } from './tsv.ts';

export interface NativeEngineOptions {
  /** As `tesseractVersion` found it. */
  readonly facts: EngineFacts;
  /** Unpacked: the program reads no gzip. */
  readonly data: LanguageData;
  /** Per picture. */
  readonly timeoutMs: number;
  /** For tests: another program that answers in tesseract's place. */
  readonly program?: string;
}

/** The installed program `tesseract`, one process a picture: nothing of a page outlives its reading. */
export function openNativeEngine(options: NativeEngineOptions): RecognitionEngine {
  const { facts, data, timeoutMs, program } = options;
  const closing = new AbortController();
  return {
    async read(image, { singleBlock = false } = {}) {
      const table = await runTesseract({
        tiff: toTiff(image),
        dataFolder: data.folder,
        layout: singleBlock ? LAYOUT.block : LAYOUT.page,
        timeoutMs,
        signal: closing.signal,
        ...(program !== undefined && { program }),
      });
      if (!table.ok) return table;
      const lines = parseTsv(table.value);
      return lines.ok ? ok(readingOf(facts, lines.value)) : err({ code: 'engine-output-invalid' });
    },
    async close() {
      closing.abort();
    },
  };
}

/**
 * The same engine inside this process, from the library of the program: undefined where that is not to be had. A crash
 * ends the process, so only a worker may open it.
 */
export async function openLoadedEngine({
  facts,
  data,
  timeoutMs,
}: NativeEngineOptions): Promise<RecognitionEngine | undefined> {
  const loaded = await loadTesseract({ folder: data.folder, language: 'vie' }, facts.version);
  if (!loaded.ok) return undefined;
  const tesseract = loaded.value;
  return {
    async read(image, { singleBlock = false } = {}) {
      const table = tesseract.read(image, singleBlock ? LAYOUT.block : LAYOUT.page, timeoutMs);
      if (!table.ok) return table;
      const lines = parseTsvRows(table.value);
      return lines.ok ? ok(readingOf(facts, lines.value)) : err({ code: 'engine-output-invalid' });
    },
    async close() {
      tesseract.close();
    },
  };
}
