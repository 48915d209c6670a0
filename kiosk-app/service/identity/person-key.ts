import { createHmac } from 'node:crypto';
import type { StorageKey } from '../store/storage-key.ts';

/** A keyed hash of a person's number: finds the person's draft again, and tells nobody who it is. */
export type PersonKey = (personNumber: string) => string;

export function createPersonKey(storageKey: StorageKey): PersonKey {
  const secret = storageKey.derive('person-keys');
  return (number) => createHmac('sha256', secret).update(`motcua/person/1/${number}`).digest('hex');
}
