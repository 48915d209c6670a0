import { err, ok, type Result } from '@motcua/core';
import { readTlvs } from '../tlv.ts';

/** The holder's photo as the chip has it. */
export interface FaceImage {
  readonly format: 'jpeg' | 'jpeg2000';
  readonly bytes: Uint8Array;
}

export type Dg2Error = { readonly code: 'dg2-malformed' | 'dg2-no-image' | 'dg2-unknown-format' };

const GROUP = 0x7f61;
const TEMPLATE = 0x7f60;
const BLOCKS: readonly number[] = [0x5f2e, 0x7f2e];

/**
 * The first face in DG2: `75 { 7F61 { 02 n, 7F60 { A1 …, 5F2E|7F2E block } … } }` (9303-10, 4.7.2), the block being a
 * facial record of ISO 19794-5.
 */
export function parseDg2(bytes: Uint8Array): Result<FaceImage, Dg2Error> {
  const group = child(bytes, 0x75) ?? new Uint8Array(0);
  const templates = child(group, GROUP);
  const template = templates && child(templates, TEMPLATE);
  const parts = template ? readTlvs(template, { maxSiblings: 8 }) : undefined;
  const block = parts?.ok ? parts.value.find((each) => BLOCKS.includes(each.tag))?.value : undefined;
  return block ? faceOfRecord(block) : err({ code: 'dg2-malformed' });
}

function child(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const level = readTlvs(bytes, { maxSiblings: 16 });
  return level.ok ? level.value.find((each) => each.tag === tag)?.value : undefined;
}

const RECORD_HEADER = 14;
const FACE_HEADER = 20;
const FEATURE_POINT = 8;
const IMAGE_HEADER = 12;

/** ISO 19794-5, chapter 5: record header, facial information, feature points, image information, image. */
function faceOfRecord(record: Uint8Array): Result<FaceImage, Dg2Error> {
  if (record.length < RECORD_HEADER + FACE_HEADER + IMAGE_HEADER) return err({ code: 'dg2-malformed' });
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (Buffer.from(record.subarray(0, 4)).toString('latin1') !== 'FAC\0')
    return err({ code: 'dg2-malformed' });
  if (view.getUint16(12) === 0) return err({ code: 'dg2-no-image' });
  const faceLength = view.getUint32(RECORD_HEADER);
  const points = view.getUint16(RECORD_HEADER + 4);
  const start = RECORD_HEADER + FACE_HEADER + points * FEATURE_POINT + IMAGE_HEADER;
  const end = RECORD_HEADER + faceLength;
  if (start >= end || end > record.length) return err({ code: 'dg2-malformed' });
  const image = record.subarray(start, end);
  const format = formatOf(image);
  return format ? ok({ format, bytes: image }) : err({ code: 'dg2-unknown-format' });
}

/** By the first bytes: what the record says of it is not always true. */
function formatOf(image: Uint8Array): FaceImage['format'] | undefined {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, at) => image[at] === byte);
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  // The JP2 container, or the bare codestream.
  if (starts(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20) || starts(0xff, 0x4f, 0xff, 0x51)) return 'jpeg2000';
  return undefined;
}
