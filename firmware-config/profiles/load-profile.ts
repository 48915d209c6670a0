import { readdirSync } from 'node:fs';
import { err, ok, type Result } from '@motcua/core';
import { listProblems, ownFolder, readJsonFile } from '../files.ts';
import { type ProfileKind, type ProfileOf, profileSchemas } from './profile-schema.ts';

export type ProfileError = {
  readonly code: 'profile-unknown' | 'profile-invalid';
  readonly message: string;
};

/** Names of the device profiles of a kind, in order. */
export function listProfiles(kind: ProfileKind, folder = ownFolder('profiles')): readonly string[] {
  return readdirSync(`${folder}/${kind}`)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** A device profile by its name: `loadProfile('printers', 'epson-tm-t82iii')`. */
export function loadProfile<Kind extends ProfileKind>(
  kind: Kind,
  name: string,
  folder = ownFolder('profiles'),
): Result<ProfileOf<Kind>, ProfileError> {
  const known = listProfiles(kind, folder);
  if (!known.includes(name))
    return err({
      code: 'profile-unknown',
      message: `no profile "${name.slice(0, 60)}" in ${kind}: there are ${known.join(', ')}`,
    });
  const json = readJsonFile(`${folder}/${kind}/${name}.json`);
  const refuse = (detail: string) =>
    err({ code: 'profile-invalid', message: `profile ${kind}/${name}: ${detail}` } as const);
  if (!json.ok) return refuse(json.error.detail);
  const parsed = profileSchemas[kind].safeParse(json.value);
  if (!parsed.success) return refuse(listProblems(parsed.error).join('; '));
  return ok(parsed.data as ProfileOf<Kind>);
}
