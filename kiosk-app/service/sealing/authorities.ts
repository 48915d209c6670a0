import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@motcua/core';
import type { SiteConfig } from '@motcua/firmware-config';
import {
  type Authorities,
  createRevocationClient,
  createTimeStampClient,
  readPems,
} from '@motcua/ocr-pipeline/dossier';

const MAX_FILES = 100;
const MAX_PEM_BYTES = 65_536;

/** The authorities of the site's configuration; null where none are configured: seals then stay at B-B. */
export function openAuthorities(site: SiteConfig, clock: Clock): Authorities | null {
  if (!site.signing) return null;
  const { timeStampUrl, timeoutMs, trustFolder } = site.signing;
  return {
    timeStamps: createTimeStampClient({ url: timeStampUrl, timeoutMs }),
    revocation: createRevocationClient({ clock, timeoutMs }),
    known: trustFolder === undefined ? [] : readPems(readTexts(trustFolder)),
  };
}

/** A folder that is not there only means that no issuer is known beforehand. */
function readTexts(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(pem|crt|cer)$/.test(name))
      .sort()
      .slice(0, MAX_FILES)
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).size <= MAX_PEM_BYTES)
      .map((file) => readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}
