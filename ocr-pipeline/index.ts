export { digitiseFiles, type FileResult, type PageSource } from './digitise-files.ts';
export {
  createDigitiser,
  type Digitiser,
  type DigitiserOptions,
  inspectPage,
  makeThumbnail,
  type PageFacts,
  type PageJob,
} from './digitiser.ts';
export type { Examination, ExaminedSheet, ExamineOrder } from './examine-page.ts';
export { createExaminer, type Examiner } from './examiner.ts';
export type { PictureEdge, Sheet } from './imaging/find-sheets.ts';
export type { ImageProfile } from './imaging/page-files.ts';
export type { PageQuality, QualityCode, QualityFinding } from './imaging/quality.ts';
export { type Point, type Quad, WHOLE_PICTURE } from './imaging/sheet.ts';
export type { FirstPaper } from './imaging/straighten.ts';
export type {
  Box,
  DigitisedPage,
  FieldCheck,
  Line,
  PageCode,
  PageError,
  PageField,
  PageKind,
  PictureLayer,
  Sentence,
  Word,
} from './page.ts';
export { type ComposedPdf, composePdf, MAX_PDF_PAGES, type PdfError } from './pdf/compose-pdf.ts';
export { loadPdfLibrary } from './pdf/pdf-library.ts';
export type { DigitisationFacts, PdfaLevel, PdfMeta } from './pdf/pdf-meta.ts';
export { chooseEngine, type EngineChoice } from './recognition/choose-engine.ts';
export type { EngineFacts } from './recognition/engine-facts.ts';
export { characterErrorRate, wordRecall } from './recognition/error-rate.ts';
export { findLanguageData, type LanguageData } from './recognition/language-data.ts';
export { planSources, type Source } from './sources/plan-sources.ts';
export { type SinglePicture, singlePictures } from './sources/single-pictures.ts';
export {
  type CardFacts,
  type ComparedField,
  compareWithCard,
  type FieldFinding,
} from './understanding/compare-with-card.ts';
export { type Kind, type Kinds, loadKinds } from './understanding/load-kinds.ts';
export { cutSnippet, hasSnippet } from './understanding/snippet.ts';
export { understandPage } from './understanding/understand-page.ts';
