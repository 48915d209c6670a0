import tesseract from 'tesseract.js/package.json' with { type: 'json' };

/** What read the pages, as a dossier's provenance states it: the very version that is installed. */
export const recognitionEngine: { readonly name: string; readonly version: string } = {
  name: tesseract.name,
  version: tesseract.version,
};
