import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentClaims } from '@motcua/contract';
import { type DeviceKey, signContent } from '@motcua/ocr-pipeline/dossier';

export interface PublishedContent {
  readonly token: string;
  /** Of the content, not of the token: signatures differ from one gateway to the next. */
  readonly etag: string;
}

export interface ContentSource {
  /** Null when the operator has published none. */
  catalogue(): Promise<PublishedContent | null>;
  /** Of this kiosk, or else the one of all. */
  configuration(kioskId: string): Promise<PublishedContent | null>;
}

const VERSION_FILE = /^([1-9]\d{0,8})\.json$/;
const MAX_BYTES = 4_194_304;
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What the city gives its kiosks, from a folder that an operator fills: `catalogue/12.json`, `configuration/all/3.json`,
 * `configuration/K-27475-01/4.json`. The name is the version, the highest is in force: a new one is put beside the old
 * one by a rename, and needs no restart.
 */
export function createContentSource(folder: string, key: DeviceKey): ContentSource {
  const signed = new Map<string, PublishedContent & { readonly seen: string }>();

  const newest = async (
    kind: ContentClaims['kind'],
    kioskId: string | null,
    path: string,
  ): Promise<PublishedContent | null> => {
    const names = await readdir(path).catch(() => []);
    const versions = names.flatMap((name) => VERSION_FILE.exec(name)?.[1] ?? []).map(Number);
    if (versions.length === 0) return null;
    const version = Math.max(...versions);
    const file = join(path, `${version}.json`);
    const { mtimeMs, size } = await stat(file);
    if (size > MAX_BYTES) throw new Error('a published document is too long');
    const seen = `${version} ${mtimeMs} ${size}`;
    const before = signed.get(path);
    if (before?.seen === seen) return before;
    const text = await readFile(file, 'utf8');
    const content = JSON.parse(text) as ContentClaims['content'];
    const claims: ContentClaims = { kind, kioskId, version, content };
    const published = {
      seen,
      token: await signContent(claims, key),
      etag: `"${version}-${hash('sha256', text, 'hex').slice(0, 32)}"`,
    };
    signed.set(path, published);
    return published;
  };

  return {
    catalogue: () => newest('catalogue', null, join(folder, 'catalogue')),
    configuration: async (kioskId) => {
      if (!SAFE_NAME.test(kioskId)) return null;
      const own = await newest('configuration', kioskId, join(folder, 'configuration', kioskId));
      return own ?? newest('configuration', null, join(folder, 'configuration', 'all'));
    },
  };
}
