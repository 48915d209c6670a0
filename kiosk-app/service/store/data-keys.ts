import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

/**
 * One random key for the files of each visit and each dossier, kept wrapped (AES-256-GCM, the owner as associated
 * data). A key that is destroyed takes its files with it, whatever the disk still holds of them.
 */
export interface DataKeys {
  /** Makes the key at the first call; durable when it returns. Not inside a transaction that may be undone. */
  ensure(owner: string): Buffer;
  /** Null once it was destroyed. */
  get(owner: string): Buffer | null;
  /** May be part of the caller's transaction. */
  destroy(owner: string): void;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createDataKeys(db: Db, wrappingKey: Buffer): DataKeys {
  const select = db.prepare<[string], Buffer>('SELECT wrapped FROM data_keys WHERE owner = ?').pluck();
  const insert = db.prepare('INSERT OR IGNORE INTO data_keys (owner, wrapped) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM data_keys WHERE owner = ?');
  const associated = (owner: string) => Buffer.from(`motcua/data-key/1/${owner}`);

  const get = (owner: string): Buffer | null => {
    const wrapped = select.get(owner);
    if (!wrapped) return null;
    const cipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.subarray(0, NONCE_BYTES));
    cipher.setAAD(associated(owner)).setAuthTag(wrapped.subarray(-TAG_BYTES));
    return Buffer.concat([cipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
  };
  return {
    get,
    ensure: (owner) => {
      const known = get(owner);
      if (known) return known;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(associated(owner));
      const wrapped = Buffer.concat([
        nonce,
        cipher.update(randomBytes(32)),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      insert.run(owner, wrapped);
      return get(owner) as Buffer;
    },
    destroy: (owner) => {
      remove.run(owner);
    },
  };
}
