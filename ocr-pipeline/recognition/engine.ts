import type { Grey } from '../imaging/image.ts';
import type { Line } from '../page.ts';

export interface Reading {
  /** In the engine's reading order; boxes in pixels of the picture that was given. */
  readonly lines: readonly Line[];
  /** 0–100, the words' mean weighted by their length; 0 when nothing was read. */
  readonly confidence: number;
}

export interface ReadOptions {
  /** Takes the picture for one even block of text instead of looking for a layout: for cut-out regions. */
  readonly singleBlock?: boolean;
}

/** Reads upright, evenly lit grey pages. One engine works on one page at a time. */
export interface RecognitionEngine {
  read(image: Grey, options?: ReadOptions): Promise<Reading>;
  close(): Promise<void>;
}
