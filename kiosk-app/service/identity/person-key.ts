import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';

/** A keyed hash of a person's number: finds the person's draft again, and tells nobody who it is. */
export type PersonKey = (personNumber: string) => string;

export async function openPersonKey(keyFolder: string): Promise<PersonKey> {
  const file = join(keyFolder, 'person-key');
  const secret = await readFile(file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    const fresh = randomBytes(32);
    await writeFileDurable(file, fresh);
    return fresh;
  });
  if (secret.length !== 32)
    throw new Error('keys/person-key is damaged: drafts cannot be matched to their owners');
  return (number) => createHmac('sha256', secret).update(`motcua/person/1/${number}`).digest('hex');
}
