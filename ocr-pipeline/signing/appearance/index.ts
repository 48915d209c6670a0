export { type AppearanceOptions, drawAppearance } from './draw-appearance.ts';
export { readSealImage, type SealImage, type SealImageError } from './seal-image.ts';
export { ANNOTATION_FLAGS, type PdfObject, type SignatureAppearance } from './signature-appearance.ts';
export type { BlockContent, CopyForm } from './wording.ts';
