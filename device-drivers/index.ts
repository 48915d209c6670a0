// What a code reader delivers; the papers' codes are read by the same parser, so it stands in core.
export {
  type CardError,
  type CardWarning,
  type CitizenCard,
  type CodeRepair,
  type DecodedCode,
  type DecodeError,
  decodeCode,
  MAX_CODE_BYTES,
  maskNumber,
  parseCitizenCard,
} from '@motcua/core';
export {
  type CardCamera,
  type CardCameraProfile,
  openCardCamera,
} from './code-reader/camera/card-camera.ts';
export type { CodeReader } from './code-reader/code-reader.ts';
export { type ForeignCode, recogniseForeignCode } from './code-reader/foreign-code.ts';
export {
  type CodeReaderDependencies,
  type CodeReaderProfile,
  defaultCodeReaderProfile,
  openCodeReader,
} from './code-reader/open-code-reader.ts';
export {
  type SetUpBarCode,
  setUpBarCodes,
  setUpMessages,
} from './code-reader/set-up/set-up-commands.ts';
export { renderSetUpSheet } from './code-reader/set-up/set-up-sheet.ts';
export { type SetUpAnswer, writeToSerialReader } from './code-reader/set-up/write-serial.ts';
export { type DeviceAddress, type DeviceUriError, parseDeviceUri } from './device-uri.ts';
export {
  type CardChannel,
  type CardPresence,
  type ChannelError,
  type ChipAccess,
  type ChipKey,
  type ChipProblem,
  type ChipProgress,
  type ChipReader,
  type ChipReaderCondition,
  type ChipReaderDependencies,
  type ChipReading,
  type ChipVerdict,
  type Contradiction,
  createReadLengthMemory,
  crossCheck,
  emptyTrustStore,
  type FaceImage,
  type HolderDetails,
  type IdentitySources,
  type LdsFile,
  type LoadedTrust,
  listChipReaders,
  loadTrustFolder,
  type MrzKey,
  openChipReader,
  type PhotoError,
  parseChipReaderUri,
  problemOfReader,
  problemOfReading,
  problemOfVerdict,
  type ReadChipDependencies,
  type ReadChipError,
  type ReadChipRequest,
  type ReadLengthMemory,
  readChip,
  type ShownPhoto,
  showPhoto,
  type TrustError,
  type TrustStore,
} from './id-chip/index.ts';
export { type FoundDevice, listDevices } from './list-devices.ts';
export { checkDeclaredDevice, type DeviceCheck } from './manager/check-device.ts';
export { claimDevice, type ReleaseDevice } from './manager/claim-device.ts';
export type { DeviceReading, DeviceState, DeviceStatus } from './manager/device-status.ts';
export { type Proposal, proposeDevices } from './manager/propose-devices.ts';
export {
  readingOfCamera,
  readingOfChipReader,
  readingOfPrinter,
  readingOfReader,
  readingOfScanner,
} from './manager/readings.ts';
export {
  type SupervisedDriver,
  type SuperviseOptions,
  superviseDriver,
} from './manager/supervise-driver.ts';
export { bitmapFromImage, bitmapToPng } from './printer/bitmap.ts';
export { type EncodeOptions, encodeSlip } from './printer/encode-slip.ts';
export {
  type JournalFile,
  type JournalFileError,
  openJournalFile,
} from './printer/journal/journal-file.ts';
export type {
  JournalChange,
  JournalJob,
  JournalState,
  JournalStore,
} from './printer/journal/journal-store.ts';
export {
  createPrintJournal,
  type PrintJournal,
  type PrintJournalDependencies,
} from './printer/journal/print-journal.ts';
export { encodeForPrinter } from './printer/native/encode-for-printer.ts';
export type {
  PrintCertainty,
  PrinterCondition,
  PrinterError,
  PrintReceipt,
  ThermalPrinter,
} from './printer/printer.ts';
export { type PrinterAddress, parsePrinterUri } from './printer/printer-uri.ts';
export { defaultPrinterProfile, type PrinterProfile } from './printer/profile.ts';
export { type RenderOptions, renderSlip } from './printer/render-slip.ts';
export type { Bitmap, Slip, SlipBlock } from './printer/slip.ts';
export { loadSlipFonts, type SlipFonts } from './printer/slip-fonts.ts';
export { blockingError } from './printer/status.ts';
export { openThermalPrinter, type ThermalPrinterDependencies } from './printer/thermal-printer.ts';
export { defaultPrinterTimeouts, type PrinterTimeouts } from './printer/timeouts.ts';
export { readCertificate } from './scanner/escl/connect.ts';
export { discoverScanners } from './scanner/escl/discover.ts';
export { type FittedScan, fitScan, paperSizes } from './scanner/fit-scan.ts';
export {
  type DocumentScannerDependencies,
  defaultScannerProfile,
  openDocumentScanner,
  type ScannerDriverProfile,
} from './scanner/open-document-scanner.ts';
export type {
  DocumentScanner,
  PaperSize,
  ScanColour,
  ScannedPage,
  ScannerCapabilities,
  ScannerCondition,
  ScannerError,
  ScanRequest,
  ScanSource,
  SourceCapabilities,
} from './scanner/scanner.ts';
export { systemTimers, type Timers } from './timers.ts';
