import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import { readTlv, readTlvs } from '../tlv.ts';
import { type Certificate, isSignedBy, isValidAt, parseCertificate } from './certificate.ts';
import { parseMasterList } from './master-list.ts';

/** What the operator supplied: CSCA certificates (self-signed: the anchors), link and document signer certificates. */
export interface TrustStore {
  readonly certificates: readonly Certificate[];
}

export interface LoadedTrust {
  readonly store: TrustStore;
  /** Files that held nothing usable, by name. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

export type TrustError = { readonly code: 'trust-folder-unreadable' };

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 1_000;

export const emptyTrustStore: TrustStore = { certificates: [] };

/** Every file of the folder: certificates in PEM or DER, and ICAO master lists in PEM (`CMS`, `PKCS7`) or DER. */
export async function loadTrustFolder(folder: string): Promise<Result<LoadedTrust, TrustError>> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).sort().slice(0, MAX_FILES);
  } catch {
    return err({ code: 'trust-folder-unreadable' });
  }
  const files: { readonly name: string; readonly objects: readonly Uint8Array[] }[] = [];
  const skipped: { file: string; reason: string }[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      const about = await stat(path);
      if (!about.isFile()) continue;
      if (about.size > MAX_FILE_BYTES) skipped.push({ file: name, reason: 'too large' });
      else files.push({ name, objects: objectsOf(await readFile(path)) });
    } catch {
      skipped.push({ file: name, reason: 'unreadable' });
    }
  }
  const certificates: Certificate[] = [];
  const lists: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  for (const { name, objects } of files) {
    if (objects.length === 0) skipped.push({ file: name, reason: 'no certificate' });
    for (const bytes of objects) {
      const certificate = parseCertificate(bytes);
      if (certificate.ok) certificates.push(certificate.value);
      else lists.push({ name, bytes });
    }
  }
  for (const { name, bytes } of lists) {
    const list = parseMasterList(bytes, certificates);
    if (list.ok) certificates.push(...list.value);
    else skipped.push({ file: name, reason: list.error.code });
  }
  return ok({ store: { certificates }, skipped });
}

/** PEM blocks whatever they are called, or the one object of a DER file. */
function objectsOf(file: Buffer): readonly Uint8Array[] {
  const text = file.toString('latin1');
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g)];
  if (blocks.length > 0) return blocks.map((block) => Uint8Array.from(Buffer.from(block[2]!, 'base64')));
  const object = readTlv(file);
  return object.ok && object.value.tag === 0x30 && readTlvs(object.value.value, { maxSiblings: 3 }).ok
    ? [Uint8Array.from(object.value.raw)]
    : [];
}

export type PathFault =
  /** No certificate of that name and key among those supplied. */
  | 'issuer-unknown'
  /** A certificate on the way was not valid when the document was signed. */
  | 'not-valid-then'
  /** The anchor is another country's: a master list holds them all. */
  | 'another-country';

/** DSC, at most two link certificates, CSCA. */
const MAX_LINKS = 4;
const MAX_CANDIDATES = 8;

/**
 * The way from a document signer to a self-signed anchor of the store: every signature verified, every issuer a CA,
 * every certificate valid at `moment`, when the document was signed.
 */
export function findAnchor(
  signer: Certificate,
  store: TrustStore,
  moment: Date,
  country: string | undefined,
): Result<Certificate, PathFault> {
  if (!isValidAt(signer, moment)) return err('not-valid-then');
  let fault: PathFault = 'issuer-unknown';
  const climb = (certificate: Certificate, links: number): Certificate | undefined => {
    if (links === 0) return undefined;
    const issuers = store.certificates
      .filter((one) => one.isCa && isIssuerOf(one, certificate))
      // Several keys can bear one name: the one that is named first.
      .sort((one, other) => Number(names(other, certificate)) - Number(names(one, certificate)))
      .slice(0, MAX_CANDIDATES);
    for (const issuer of issuers) {
      if (!isSignedBy(certificate, issuer)) continue;
      if (!isValidAt(issuer, moment)) {
        fault = 'not-valid-then';
        continue;
      }
      if (issuer.country && country && issuer.country !== country) {
        fault = 'another-country';
        continue;
      }
      if (issuer.issuer === issuer.subject && isSignedBy(issuer, issuer)) return issuer;
      const anchor = climb(issuer, links - 1);
      if (anchor) return anchor;
    }
    return undefined;
  };
  const anchor = climb(signer, MAX_LINKS);
  return anchor ? ok(anchor) : err(fault);
}

const names = (issuer: Certificate, certificate: Certificate) =>
  certificate.authorityKeyId !== undefined && issuer.subjectKeyId === certificate.authorityKeyId;

const isIssuerOf = (issuer: Certificate, certificate: Certificate) =>
  issuer.raw !== certificate.raw && (issuer.subject === certificate.issuer || names(issuer, certificate));
