export { type AppearanceOptions, drawAppearance } from './draw-appearance.ts';
export { readSealImage, type SealImage, type SealImageError } from './seal-image.ts';
export { signVisibly } from './sign-visibly.ts';
export type { BlockContent, CopyForm } from './wording.ts';
