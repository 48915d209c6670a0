import { ulidPattern } from '@motcua/core';

/** The bytes of dossiers while they come and for as long as they are kept. What a call has resolved is durable. */
export interface CityStore {
  /** Makes ready for an upload; keeps what is there. */
  ensure(id: string): Promise<void>;
  /** How many bytes are there, without a gap from the first on. */
  receivedBytes(id: string): Promise<number>;
  /**
   * Adds bytes at the end and resolves with the new end. When `bytes` breaks off it rejects, but keeps what came.
   * Rejects with `OffsetConflict` when `offset` is not the end, or another writer was faster.
   */
  append(id: string, offset: number, bytes: AsyncIterable<Buffer>): Promise<number>;
  /** What arrived is not what was announced: begin again. */
  discard(id: string): Promise<void>;
  /** Gives a local file of all bytes to `work`; it may be gone afterwards. */
  withFile<T>(id: string, work: (file: string) => Promise<T>): Promise<T>;
  /** The bytes are whole and verified, `file` is what `withFile` gave: brings them into the form in which they stay. */
  seal(id: string, file: string): Promise<void>;
  /** After the receipt is stored: removes what only the upload needed. */
  tidy(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  hasRoomFor(bytes: number): Promise<boolean>;
  /** Removes what processes that died have left behind and nothing refers to. */
  sweep(now: Date): Promise<void>;
  close(): Promise<void>;
}

export class OffsetConflict extends Error {
  constructor() {
    super('the upload does not end where this part begins');
    this.name = 'OffsetConflict';
  }
}

/** Never answers with a path that a name from outside has shaped. */
export function assertId(id: string): string {
  if (!ulidPattern.test(id)) throw new Error('an id that is no ULID reached the store');
  return id;
}
