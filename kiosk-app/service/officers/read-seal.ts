import { readFile } from 'node:fs/promises';
import type { SiteConfig } from '@motcua/firmware-config';
import { readSealImage, type SealImage } from '@motcua/ocr-pipeline/dossier';

/**
 * The agency's seal for the profile `tt02`; undefined under `nd30`.
 *
 * @throws {Error} when it is configured and cannot be used: signing without it would silently break the profile.
 */
export async function readSeal(officer: SiteConfig['officer']): Promise<SealImage | undefined> {
  if (officer.signatureProfile !== 'tt02' || officer.sealImage === undefined) return undefined;
  const seal = await readSealImage(await readFile(officer.sealImage));
  if (!seal.ok) throw new Error(`officer.sealImage: ${seal.error.code}`);
  return seal.value;
}
