export type { MrzKey } from './bac/bac-keys.ts';
export type { CardChannel, ChannelError } from './card-channel.ts';
export { type ChipProblem, problemOfReader, problemOfReading, problemOfVerdict } from './chip-problem.ts';
export type { ChipReading } from './chip-reading.ts';
export { type Contradiction, crossCheck, type IdentitySources } from './cross-check.ts';
export type { FaceImage } from './files/dg2.ts';
export type { HolderDetails } from './files/dg13.ts';
export type { LdsFile } from './files/lds-files.ts';
export type { ChipAccess, ChipKey } from './open-chip.ts';
export {
  emptyTrustStore,
  type LoadedTrust,
  loadTrustFolder,
  type TrustError,
  type TrustStore,
} from './passive-authentication/trust-store.ts';
export type { CardPresence, ChipReader, ChipReaderCondition } from './pcsc/chip-reader.ts';
export { listChipReaders } from './pcsc/list-chip-readers.ts';
export { type ChipReaderDependencies, openChipReader, parseChipReaderUri } from './pcsc/open-chip-reader.ts';
export { type PhotoError, type ShownPhoto, showPhoto } from './photo/show-photo.ts';
export {
  type ChipProgress,
  type ReadChipDependencies,
  type ReadChipError,
  type ReadChipRequest,
  readChip,
} from './read-chip.ts';
export { createReadLengthMemory, type ReadLengthMemory } from './read-length.ts';
export type { ChipVerdict } from './verdict.ts';
