export {
  alterDg1,
  type ChipContent,
  type ChipContentOptions,
  claimHugeLength,
  cloneChip,
  drawPortrait,
  issueChip,
  jpeg2000Portrait,
  type Portrait,
  wrongTag,
} from './chip/chip-files.ts';
export { createInProcessReader, type InProcessReader } from './chip/chip-in-process.ts';
export { type ChipPerson, canOf, mrzOf, qrOf, sampleChipPerson } from './chip/data-groups.ts';
export { sampleChip } from './chip/sample-chip.ts';
export {
  type ChipFault,
  type ChipHabits,
  createSimulatedChip,
  type SimulatedChip,
} from './chip/simulated-chip.ts';
export { createTestAuthority, type TestAuthority } from './chip/test-authority.ts';
export { startVirtualReader, type VirtualReader, virtualReaderLacks } from './chip/virtual-reader.ts';
export { type VirtualCardSlot, virtualCardSlot } from './chip/vpcd-card.ts';
export {
  asLatin1,
  asWindows1252,
  throughKeyboardWedge,
  toWindows1258,
} from './code-reader/damage.ts';
export { simulatedCameraPicture } from './code-reader/simulated-camera-picture.ts';
export { type SimulatedHidReader, startSimulatedHidReader } from './code-reader/simulated-hid-reader.ts';
export type { SimulatedReader } from './code-reader/simulated-reader.ts';
export { startSimulatedSerialReader } from './code-reader/simulated-serial-reader.ts';
export { startSimulatedTcpReader } from './code-reader/simulated-tcp-reader.ts';
export { loadPrinterLetters, type PrinterLetters } from './printer/draw-native.ts';
export type { PrintedPaper } from './printer/paper-roll.ts';
export {
  type PrinterMisbehaviour,
  type SimulatedPrinter,
  type SimulatedPrinterOptions,
  startSimulatedPrinter,
} from './printer/simulated-printer.ts';
export type { PrinterFault } from './printer/status-bytes.ts';
export { configureAirscanBackend } from './scanner/airscan-backend.ts';
export { type EsclFault, type EsclMisbehaviour, esclMisbehaviours } from './scanner/escl-faults.ts';
export { configureSaneTestBackend } from './scanner/sane-test-backend.ts';
export {
  type Sheet,
  type SimulatedEsclOptions,
  type SimulatedEsclScanner,
  startSimulatedEsclScanner,
} from './scanner/simulated-escl-scanner.ts';
export {
  type SimulatedScannerFolder,
  type SimulatedScannerOptions,
  simulatedScannerFolder,
} from './scanner/simulated-scanner-folder.ts';
