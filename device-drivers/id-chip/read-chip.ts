import { err, ok, type Result, unreachable, vietnamTime } from '@motcua/core';
import { equalBytes, type RandomBytes, toHex } from './bytes.ts';
import type { CardChannel } from './card-channel.ts';
import {
  type CardSession,
  createCardSession,
  createTrafficMeter,
  type SessionError,
  type TrafficMeter,
} from './card-session.ts';
import { proveChip } from './chip-proof.ts';
import { type ChipReading, describeChip } from './chip-reading.ts';
import { parseCom } from './files/ef-com.ts';
import { fileIds, fileTags, type LdsFile } from './files/lds-files.ts';
import { type ChipAccess, type ChipKey, type OpenError, openChip } from './open-chip.ts';
import { parseSecurityObject } from './passive-authentication/security-object.ts';
import type { TrustStore } from './passive-authentication/trust-store.ts';
import { type PartialFile, type ReadFileError, readFile } from './read-file.ts';
import {
  createReadLength,
  createReadLengthMemory,
  type ReadLength,
  type ReadLengthMemory,
} from './read-length.ts';
import type { ChipProof } from './verdict.ts';

export interface ReadChipRequest {
  readonly key: ChipKey;
  readonly trust: TrustStore;
  /** Read DG2 as well; default true. */
  readonly photo?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ChipProgress) => void;
}

export type ChipProgress =
  | { readonly step: 'waiting-for-card' }
  | { readonly step: 'opening' }
  /** `total` is 0 until the file's header is read. */
  | { readonly step: 'reading'; readonly file: LdsFile; readonly received: number; readonly total: number }
  | { readonly step: 'proving' };

export interface ReadChipDependencies {
  readonly random: RandomBytes;
  readonly now: () => Date;
  /** Shared between readings, so that a card's or a reader's limits are found once. */
  readonly lengths?: ReadLengthMemory;
  /** Milliseconds to wait for the card, first and after each loss; default 10,000. */
  readonly waitMs?: number;
}

export type ReadChipError =
  | OpenError
  /** A file that belongs to every chip is refused or damaged. */
  | { readonly code: 'file-unreadable'; readonly file: LdsFile; readonly reason: ReadFileError['code'] }
  /** Another card was put on the reader. */
  | { readonly code: 'card-swapped' }
  /** The card came and went too often. */
  | { readonly code: 'card-unsteady' };

/** Losses in all: what a trembling hand does, not a machine. */
const MAX_LOSSES = 40;
const MAX_BROKEN_PROOFS = 3;
/** A photo of the largest size in steps of 128 bytes takes about 2,000. */
const MAX_COMMANDS = 4_000;

/** What is believed of a file's length: the largest seen on cards of any state, and some. */
const maxLengths: Readonly<Record<LdsFile, number>> = {
  COM: 1_024,
  SOD: 65_536,
  DG1: 1_024,
  DG2: 262_144,
  DG13: 16_384,
  DG14: 16_384,
  DG15: 8_192,
};

/** The person first, then what proves it, the photo last. */
const order: readonly LdsFile[] = ['DG1', 'DG13', 'SOD', 'COM', 'DG14', 'DG15', 'DG2'];

/** One reading, over all the sessions that it takes. */
interface Reading {
  readonly channel: CardChannel;
  readonly request: ReadChipRequest;
  readonly random: RandomBytes;
  readonly lengths: ReadLengthMemory;
  readonly waitMs: number;
  readonly meter: TrafficMeter;
  readonly files: Map<LdsFile, Uint8Array>;
  /** Files that the chip does not give, with its reason. */
  readonly refused: Map<LdsFile, ReadFileError['code']>;
  /** By reader and kind of card: another card may be put back. */
  readonly ladders: Map<string, ReadLength>;
  partial: PartialFile | undefined;
  access: ChipAccess | undefined;
  proof: ChipProof | undefined;
  /** One failed proof is not believed: a tag at the edge of the field makes mistakes. */
  failedProofs: number;
  /** Proofs that came to no end. */
  brokenProofs: number;
}

/**
 * Reads the chip from reset to verdict. When the card is lost, waits for it, opens it again, makes sure by DG1 that it
 * is the same, and goes on where it stood. Bounded in commands, bytes and losses whatever the chip does.
 */
export async function readChip(
  channel: CardChannel,
  request: ReadChipRequest,
  dependencies: ReadChipDependencies,
): Promise<Result<ChipReading, ReadChipError>> {
  const reading: Reading = {
    channel,
    request,
    random: dependencies.random,
    lengths: dependencies.lengths ?? createReadLengthMemory(),
    waitMs: dependencies.waitMs ?? 10_000,
    meter: createTrafficMeter(MAX_COMMANDS),
    files: new Map(),
    refused: new Map(),
    ladders: new Map(),
    partial: undefined,
    access: undefined,
    proof: undefined,
    failedProofs: 0,
    brokenProofs: 0,
  };
  let [losses, idleLosses] = [0, 0];
  for (;;) {
    const before = standing(reading);
    request.onProgress?.({ step: 'waiting-for-card' });
    const reset = await channel.reset({
      waitMs: reading.waitMs,
      ...(request.signal && { signal: request.signal }),
    });
    if (request.signal?.aborted) return err({ code: 'cancelled' });
    // A card that does not come within the wait is gone.
    if (!reset.ok && reset.error.code === 'card-removed') return reset;
    const result = reset.ok ? await readInOneSession(reading) : reset;
    if (result.ok) break;
    losses += 1;
    idleLosses = standing(reading) > before ? 0 : idleLosses + 1;
    if (idleLosses >= patienceWith(result.error)) return err(result.error);
    if (losses > MAX_LOSSES) return err({ code: 'card-unsteady' });
  }
  const now = dependencies.now();
  return ok(
    describeChip({
      access: reading.access!,
      files: reading.files,
      refused: reading.refused,
      proof: reading.proof ?? { outcome: 'none' },
      trust: request.trust,
      now,
      today: vietnamTime(now).localDay,
      traffic: { ...reading.meter.traffic, losses },
    }),
  );
}

/** The card is there, and what it was asked does not come to an end. */
const isBreakOff = ({ code }: SessionError) =>
  code === 'length-refused' || code === 'card-mute' || code === 'sm-forged' || code === 'sm-unprotected';

/** How many times in a row, with nothing new read in between, an error ends the reading. */
function patienceWith(error: ReadChipError): number {
  switch (error.code) {
    case 'card-removed':
    case 'card-mute':
    case 'length-refused':
    case 'sm-forged':
    case 'sm-unprotected':
    case 'reader-lost':
    case 'service-lost':
      return 6;
    // Perhaps the chip lost its power for a moment. The same protocol again, never a weaker one.
    case 'pace-failed':
    case 'bac-failed':
    case 'no-common-protocol':
    case 'not-an-identity-chip':
      return 2;
    case 'card-busy':
    case 'wrong-password':
    case 'file-unreadable':
    case 'card-swapped':
    case 'card-unsteady':
    case 'chip-endless':
    case 'cancelled':
      return 1;
    default:
      return unreachable(error);
  }
}

/** Grows with every byte and every answer that need not be asked for again. */
function standing({ files, refused, partial, failedProofs }: Reading): number {
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  return bytes + (partial?.received ?? 0) + refused.size + failedProofs;
}

/** From the opened chip to the proof, or to where the card is lost. */
async function readInOneSession(reading: Reading): Promise<Result<void, ReadChipError>> {
  const { channel, request, files } = reading;
  request.onProgress?.({ step: 'opening' });
  const session = createCardSession(channel, reading.meter, request.signal);
  const opened = await openChip(session, request.key, reading.random);
  if (!opened.ok)
    // The key has opened one card already.
    return opened.error.code === 'wrong-password' && reading.access ? err({ code: 'card-swapped' }) : opened;
  reading.access = opened.value;
  const kind = `${channel.reader}|${toHex(channel.atr)}`;
  const length = reading.ladders.get(kind) ?? createReadLength(reading.lengths, kind);
  reading.ladders.set(kind, length);
  const known = files.get('DG1');
  if (known) {
    const again = await readFile(session, newFile('DG1'), length);
    if (!again.ok) return isAboutFile(again.error) ? err({ code: 'card-swapped' }) : err(again.error);
    if (!equalBytes(again.value, known)) return err({ code: 'card-swapped' });
  }
  for (const file of order) {
    if (!isWanted(file, reading)) continue;
    const read = await readNext(session, file, length, reading);
    if (!read.ok) return read;
  }
  return prove(session, reading);
}

/** Asked for its proof, a chip can fail, refuse, or break off; what was read stays read. */
async function prove(session: CardSession, reading: Reading): Promise<Result<void, ReadChipError>> {
  reading.request.onProgress?.({ step: 'proving' });
  const proof = await proveChip(session, reading.files, reading.random);
  if (!proof.ok) {
    if (!isBreakOff(proof.error)) return proof;
    reading.brokenProofs += 1;
    if (reading.brokenProofs < MAX_BROKEN_PROOFS) return proof;
    reading.proof = { outcome: 'not-possible' };
    return ok(undefined);
  }
  if (proof.value.outcome === 'failed' && reading.failedProofs === 0) {
    reading.failedProofs += 1;
    return err({ code: 'sm-forged' });
  }
  reading.proof = proof.value;
  return ok(undefined);
}

async function readNext(
  session: CardSession,
  file: LdsFile,
  length: ReadLength,
  reading: Reading,
): Promise<Result<void, ReadChipError>> {
  // DG1 tells the card: only one that was read in one go counts.
  const resumed = file !== 'DG1' && reading.partial?.id === fileIds[file] ? reading.partial : newFile(file);
  reading.partial = resumed;
  const read = await readFile(session, resumed, length, (received, total) =>
    reading.request.onProgress?.({ step: 'reading', file, received, total }),
  );
  if (read.ok) {
    reading.partial = undefined;
    reading.files.set(file, read.value);
    return ok(undefined);
  }
  if (!isAboutFile(read.error)) return err(read.error);
  reading.partial = undefined;
  if (file === 'DG1') return err({ code: 'file-unreadable', file, reason: read.error.code });
  reading.refused.set(file, read.error.code);
  return ok(undefined);
}

function isWanted(file: LdsFile, { files, refused, request }: Reading): boolean {
  if (files.has(file) || refused.has(file)) return false;
  switch (file) {
    case 'DG2':
      return request.photo !== false;
    // Asked for when the signed list names them. EF.COM is not signed, and serves where there is no list.
    case 'DG14':
    case 'DG15': {
      const sod = files.get('SOD');
      const signed = sod && parseSecurityObject(sod);
      const number = file === 'DG14' ? 14 : 15;
      if (signed?.ok) return signed.value.hashes.has(number);
      const listed = files.get('COM');
      return listed === undefined || parseCom(listed).includes(number);
    }
    case 'DG1':
    case 'DG13':
    case 'SOD':
    case 'COM':
      return true;
  }
}

const newFile = (file: LdsFile): PartialFile => ({
  id: fileIds[file],
  tag: fileTags[file],
  maxLength: maxLengths[file],
  received: 0,
});

/** The chip answered, about this file; the session goes on. */
function isAboutFile(error: ReadFileError): error is Exclude<ReadFileError, SessionError> {
  return error.code === 'file-refused' || error.code === 'file-too-large' || error.code === 'file-malformed';
}
