import type { Result } from '@motcua/core';
import type { Grey } from '../imaging/image.ts';
import type { Line } from '../page.ts';
import type { EngineFacts } from './engine-facts.ts';

export interface Reading {
  readonly engine: EngineFacts;
  /** In the engine's reading order; boxes in pixels of the picture that was given. */
  readonly lines: readonly Line[];
  /** 0–100, the words' mean weighted by their length; 0 when nothing was read. */
  readonly confidence: number;
}

export interface ReadOptions {
  /** Takes the picture for one even block of text instead of looking for a layout: for cut-out regions. */
  readonly singleBlock?: boolean;
}

export type EngineError = {
  readonly code: /** The program is not installed, or it is no tesseract that knows LSTM models. */
    | 'engine-missing'
    | 'engine-model-missing'
    | 'engine-crashed'
    /** Ended by a signal from outside: out of memory, or somebody's hand. */
    | 'engine-killed'
    | 'engine-timeout'
    | 'engine-cancelled'
    | 'engine-output-too-long'
    /** Bad UTF-8, or not the table that was asked for. */
    | 'engine-output-invalid';
};

/** Reads upright, evenly lit grey pages. One engine works on one page at a time. */
export interface RecognitionEngine {
  read(image: Grey, options?: ReadOptions): Promise<Result<Reading, EngineError>>;
  close(): Promise<void>;
}

/** The same for every engine, so that a page reads alike whichever of them is there. */
export const ENGINE_PARAMETERS = {
  tessedit_do_invert: '0',
  user_defined_dpi: '200',
} as const;

/** Page segmentation modes of Tesseract. */
export const LAYOUT = { page: '3', block: '6' } as const;

export function readingOf(engine: EngineFacts, lines: readonly Line[]): Reading {
  let sum = 0;
  let letters = 0;
  for (const { words } of lines)
    for (const word of words) {
      sum += word.confidence * word.text.length;
      letters += word.text.length;
    }
  return { engine, lines, confidence: letters === 0 ? 0 : Math.round(sum / letters) };
}

/** Reads again with `second` what the first engine could not: a failure costs one repetition. */
export function withSecondTry(
  first: RecognitionEngine,
  second: () => Promise<RecognitionEngine>,
): RecognitionEngine {
  let opened: Promise<RecognitionEngine> | undefined;
  return {
    async read(image, options) {
      const reading = await first.read(image, options);
      if (reading.ok) return reading;
      opened ??= second();
      return (await opened).read(image, options);
    },
    async close() {
      await first.close();
      await (await opened)?.close();
    },
  };
}
