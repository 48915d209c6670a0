import { open, rm, stat } from 'node:fs/promises';
import { moveFileDurable } from '@motcua/core';

/** Room for the updates of a few signatures, so that a large file is not copied in memory for each. */
const SPARE_BYTES = 524_288;

/** A file held in memory once, to whose end updates are appended. */
export interface GrowingFile {
  bytes(): Buffer;
  append(update: Buffer): void;
  /** All of it under another name or its own: whole and durable, or not at all. */
  save(to: string): Promise<void>;
}

/** Null when the file is larger than the cap. Rejects with the file system's error. */
export async function openGrowingFile(file: string, maxBytes: number): Promise<GrowingFile | null> {
  const { size } = await stat(file);
  if (size > maxBytes) return null;
  let buffer = Buffer.allocUnsafe(size + SPARE_BYTES);
  let length = 0;
  const handle = await open(file, 'r');
  try {
    while (length < size) {
      const { bytesRead } = await handle.read(buffer, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return {
    bytes: () => buffer.subarray(0, length),
    append: (update) => {
      if (length + update.length > buffer.length) {
        const larger = Buffer.allocUnsafe(length + update.length + SPARE_BYTES);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      update.copy(buffer, length);
      length += update.length;
    },
    save: async (to) => {
      const temporary = `${to}.${process.pid}.tmp`;
      try {
        const out = await open(temporary, 'w', 0o600);
        try {
          await out.writeFile(buffer.subarray(0, length));
        } finally {
          await out.close();
        }
        await moveFileDurable(temporary, to);
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}
