import { err, ok, type Result } from '@motcua/core';
import type { ResponseApdu } from './apdu.ts';
import { fromInteger } from './bytes.ts';
import type { CardSession, SessionError } from './card-session.ts';
import type { ReadLength } from './read-length.ts';
import { encodeTlv, readTlv, readTlvHeader } from './tlv.ts';

export type ReadFileError =
  | SessionError
  /** `6A82`: there is no such file; `6982`: it is closed to us. */
  | { readonly code: 'file-refused'; readonly status: number }
  /** The chip claims more than such a file ever has. Nothing of it is kept. */
  | { readonly code: 'file-too-large' }
  /** Not one data object of the tag that belongs there, or reading it does not advance. */
  | { readonly code: 'file-malformed' };

/** A file as far as it has been read; survives the loss of the card. */
export interface PartialFile {
  readonly id: number;
  /** First byte that the file must have. */
  readonly tag: number;
  /** Largest length that is believed. */
  readonly maxLength: number;
  /** Of the length that its header states; undefined before that was read. */
  buffer?: Uint8Array;
  received: number;
}

/** Offsets above go into a data object, and the command's INS becomes odd (ISO 7816-4). */
const MAX_PLAIN_OFFSET = 0x7fff;
const HEADER = 8;

/**
 * Reads on where `file` stands, to its end: SELECT (without Le), then READ BINARY in the steps of `length`, which
 * goes down when the card or the reader does not take them.
 */
export async function readFile(
  session: CardSession,
  file: PartialFile,
  length: ReadLength,
  onBytes: (received: number, total: number) => void = () => {},
): Promise<Result<Uint8Array, ReadFileError>> {
  const selected = await selectFile(session, file.id);
  if (!selected.ok) return selected;
  if (selected.value !== 0x9000) return err({ code: 'file-refused', status: selected.value });
  let headerOnly = false;
  while (!file.buffer || file.received < file.buffer.length) {
    const asked = file.buffer
      ? Math.min(length.bytes, file.buffer.length - file.received)
      : headerOnly
        ? HEADER
        : length.bytes;
    const answer = await readBinary(session, file.received, asked);
    if (!answer.ok) {
      fitLength(answer.error, length, `${file.id}:${file.received}`);
      return answer;
    }
    const { data, status } = answer.value;
    if (isLengthRefused(status) && data.length === 0) {
      // Some chips refuse to be asked for more than the file has: its header tells how much that is.
      if (!file.buffer && !headerOnly) headerOnly = true;
      else if (!length.stepDown()) return err({ code: 'file-refused', status });
      continue;
    }
    if (status !== 0x9000 && status !== 0x6282) return err({ code: 'file-refused', status });
    if (data.length === 0 || data.length > asked) return err({ code: 'file-malformed' });
    length.worked();
    const kept = keep(file, data);
    if (!kept.ok) return kept;
    onBytes(file.received, file.buffer?.length ?? 0);
  }
  return ok(file.buffer);
}

/** The status word of SELECT by file identifier under the current application. */
async function selectFile(session: CardSession, id: number): Promise<Result<number, SessionError>> {
  const answer = await session.send({
    cla: 0,
    ins: 0xa4,
    p1: 2,
    p2: 0x0c,
    data: Uint8Array.of(id >> 8, id & 255),
  });
  return answer.ok ? ok(answer.value.status) : answer;
}

function keep(file: PartialFile, data: Uint8Array): Result<void, ReadFileError> {
  if (!file.buffer) {
    const header = readTlvHeader(data);
    if (!header.ok || data[0] !== file.tag) return err({ code: 'file-malformed' });
    const total = header.value.headerLength + header.value.length;
    if (total > file.maxLength) return err({ code: 'file-too-large' });
    file.buffer = new Uint8Array(total);
  }
  // What follows the object in the file, if anything, is not of it.
  const part = data.subarray(0, file.buffer.length - file.received);
  file.buffer.set(part, file.received);
  file.received += part.length;
  return ok(undefined);
}

/** Beyond the plain offsets the data come in an object of their own, whose tag and length count as well. */
async function readBinary(
  session: CardSession,
  offset: number,
  asked: number,
): Promise<Result<ResponseApdu, SessionError>> {
  if (offset <= MAX_PLAIN_OFFSET)
    return session.send({ cla: 0, ins: 0xb0, p1: offset >> 8, p2: offset & 255, le: asked });
  const data = encodeTlv(0x54, fromInteger(BigInt(offset)));
  const le = Math.max(asked, HEADER);
  const answer = await session.send({ cla: 0, ins: 0xb1, p1: 0, p2: 0, data, le });
  if (!answer.ok || answer.value.data.length === 0) return answer;
  const object = readTlv(answer.value.data);
  const value = object.ok && object.value.tag === 0x53 ? object.value.value : new Uint8Array(0);
  return ok({ data: value.subarray(0, asked), status: answer.value.status });
}

/** Wrong length, wrong Le, offset or range beyond the file, or no reason given. */
const isLengthRefused = (status: number) =>
  status === 0x6700 || status >> 8 === 0x6c || status === 0x6b00 || status === 0x6f00;

/** The session is over; the next one may do better with shorter answers. */
function fitLength(error: SessionError, length: ReadLength, place: string): void {
  switch (error.code) {
    case 'length-refused':
    case 'card-mute':
    case 'sm-forged':
      length.stepDown();
      return;
    case 'sm-unprotected':
      if (isLengthRefused(error.status)) length.stepDown();
      else length.lost(place);
      return;
    case 'card-removed':
      length.lost(place);
      return;
    case 'reader-lost':
    case 'service-lost':
    case 'card-busy':
    case 'chip-endless':
    case 'cancelled':
  }
}
