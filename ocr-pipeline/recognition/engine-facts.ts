import tesseract from 'tesseract.js/package.json' with { type: 'json' };

/** What read a page, as a dossier's provenance states it: the very version that ran. */
export interface EngineFacts {
  readonly name: 'tesseract' | 'tesseract.js';
  readonly version: string;
}

export const jsEngineFacts: EngineFacts = { name: 'tesseract.js', version: tesseract.version };
