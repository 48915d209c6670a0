import { err, ok, type Result } from '@motcua/core';
import { concat } from './bytes.ts';

/** A command of ISO 7816-4. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** At most 65,535 bytes; absent or empty: no Lc. */
  readonly data?: Uint8Array;
  /** Most bytes expected, 1 to 65,536; absent: no Le. Above 256 (or data above 255) the extended form is used. */
  readonly le?: number;
  /** Extended form even where the short one would do: the length fields of secure messaging follow the plain command. */
  readonly extended?: boolean;
}

export interface ResponseApdu {
  readonly data: Uint8Array;
  /** Status word, `0x9000` when all is well. */
  readonly status: number;
}

export type ApduError = { readonly code: 'apdu-malformed' };

export function encodeCommand(command: CommandApdu): Uint8Array {
  const { cla, ins, p1, p2, data = new Uint8Array(0), le } = command;
  if (data.length > 65_535 || (le !== undefined && (le < 1 || le > 65_536)))
    throw new Error('APDU length out of range');
  const extended = command.extended === true || data.length > 255 || (le ?? 0) > 256;
  const header = Uint8Array.of(cla, ins, p1, p2);
  if (!extended) {
    const lc = data.length > 0 ? Uint8Array.of(data.length) : data;
    return concat(header, lc, data, le === undefined ? new Uint8Array(0) : Uint8Array.of(le % 256));
  }
  const lc = data.length > 0 ? Uint8Array.of(0, data.length >> 8, data.length & 255) : data;
  if (le === undefined) return concat(header, lc, data);
  // Without Lc the extended Le carries the leading zero itself (case 2E).
  const lead = data.length > 0 ? new Uint8Array(0) : Uint8Array.of(0);
  return concat(header, lc, data, lead, Uint8Array.of((le >> 8) & 255, le & 255));
}

/** The card's side: short and extended forms, all seven cases. */
export function decodeCommand(bytes: Uint8Array): Result<CommandApdu, ApduError> {
  const bad = err<ApduError>({ code: 'apdu-malformed' });
  if (bytes.length < 4) return bad;
  const [cla, ins, p1, p2] = bytes as unknown as [number, number, number, number];
  const head = { cla, ins, p1, p2 };
  const body = bytes.subarray(4);
  const first = body[0];
  if (first === undefined) return ok(head);
  if (body.length === 1) return ok({ ...head, le: first || 256 });
  if (first !== 0) {
    if (body.length === 1 + first) return ok({ ...head, data: body.subarray(1) });
    if (body.length === 2 + first)
      return ok({ ...head, data: body.subarray(1, 1 + first), le: body[1 + first]! || 256 });
    return bad;
  }
  if (body.length < 3) return bad;
  const length = body[1]! * 256 + body[2]!;
  if (body.length === 3) return ok({ ...head, le: length || 65_536, extended: true });
  if (length === 0) return bad;
  const data = body.subarray(3, 3 + length);
  if (body.length === 3 + length) return ok({ ...head, data, extended: true });
  if (body.length === 5 + length) {
    const le = body[3 + length]! * 256 + body[4 + length]!;
    return ok({ ...head, data, le: le || 65_536, extended: true });
  }
  return bad;
}

export function encodeResponse(response: ResponseApdu): Uint8Array {
  return concat(response.data, Uint8Array.of(response.status >> 8, response.status & 255));
}

export function decodeResponse(bytes: Uint8Array): Result<ResponseApdu, ApduError> {
  if (bytes.length < 2) return err({ code: 'apdu-malformed' });
  return ok({
    data: bytes.subarray(0, -2),
    status: bytes[bytes.length - 2]! * 256 + bytes[bytes.length - 1]!,
  });
}
