export { digitiseFiles, type FileResult } from './digitise-files.ts';
export {
  createDigitiser,
  type Digitiser,
  type DigitiserOptions,
  inspectPage,
  makeThumbnail,
  type PageFacts,
  type PageJob,
} from './digitiser.ts';
export type { PictureEdge, Sheet } from './imaging/find-sheets.ts';
export { lookAtFile, type SheetLook } from './imaging/look-at-file.ts';
export { type Point, type Quad, WHOLE_PICTURE } from './imaging/sheet.ts';
export type {
  Box,
  DigitisedPage,
  FieldName,
  Line,
  PageError,
  PageField,
  PageKind,
  Word,
} from './page.ts';
export { type ComposedPdf, composePdf, type PdfError, type PdfMeta } from './pdf/compose-pdf.ts';
export { chooseEngine, type EngineChoice } from './recognition/choose-engine.ts';
export type { EngineFacts } from './recognition/engine-facts.ts';
export { characterErrorRate, wordRecall } from './recognition/error-rate.ts';
export { findLanguageData, type LanguageData } from './recognition/language-data.ts';
export { type CardFacts, compareWithCard, type FieldFinding } from './understanding/compare-with-card.ts';
