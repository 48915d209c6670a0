import { SaxesParser } from 'saxes';

/** ASiCManifest of ETSI EN 319 162-1, annex A.4: which files, by digest, one signature covers. */
const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const SHA256_URI = 'http://www.w3.org/2001/04/xmlenc#sha256';
const MAX_REFERENCES = 1_000;
const MAX_DEPTH = 12;

export interface DataObjectReference {
  readonly uri: string;
  readonly mediaType: string | null;
  readonly digestMethod: string;
  /** Base64. */
  readonly digestValue: string;
  /** The manifest of the signature that an archive manifest keeps (annex A.5). */
  readonly rootFile?: boolean;
}

export interface AsicManifest {
  /** A `.p7s`; a `.tst` in an archive manifest. */
  readonly signatureUri: string;
  readonly references: readonly DataObjectReference[];
}

export function writeManifest(manifest: AsicManifest): string {
  const references = manifest.references.map(
    (
      one,
    ) => `  <asic:DataObjectReference URI="${escapeXml(encodeURI(one.uri))}" MimeType="${escapeXml(one.mediaType ?? '')}"${one.rootFile ? ' Rootfile="true"' : ''}>
    <ds:DigestMethod Algorithm="${one.digestMethod}"/>
    <ds:DigestValue>${one.digestValue}</ds:DigestValue>
  </asic:DataObjectReference>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<asic:ASiCManifest xmlns:asic="${ASIC}" xmlns:ds="${XMLDSIG}">
  <asic:SigReference URI="${escapeXml(encodeURI(manifest.signatureUri))}" MimeType="${signatureType(manifest.signatureUri)}"/>
${references.join('')}</asic:ASiCManifest>
`;
}

function signatureType(uri: string): string {
  return uri.endsWith('.tst') ? 'application/vnd.etsi.timestamp-token' : 'application/pkcs7-signature';
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.codePointAt(0)};`);
}

interface Draft {
  uri: string;
  mediaType: string | null;
  digestMethod: string | null;
  digestValue: string | null;
}

/**
 * Reads a manifest of any maker. Undefined when it is not one: not well-formed UTF-8 XML, a document type or an
 * entity in it, elements that are missing, doubled or in a wrong place, too many references.
 */
export function readManifest(bytes: Uint8Array): AsicManifest | undefined {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function parse(xml: string): AsicManifest {
  const parser = new SaxesParser({ xmlns: true });
  const path: string[] = [];
  const references: Draft[] = [];
  const signatures: string[] = [];
  const refuse = (why: string): never => {
    throw new Error(why);
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => refuse('document type'));
  parser.on('xmldecl', (declaration) => {
    if ((declaration.encoding ?? 'UTF-8').toUpperCase() !== 'UTF-8') refuse('encoding');
  });
  parser.on('opentag', (tag) => {
    const name =
      tag.uri === ASIC ? `asic:${tag.local}` : tag.uri === XMLDSIG ? `ds:${tag.local}` : `?:${tag.local}`;
    path.push(name);
    if (path.length > MAX_DEPTH) refuse('depth');
    const attribute = (key: string) => tag.attributes[key]?.value;
    const last = references.at(-1);
    switch (path.join('/')) {
      case 'asic:ASiCManifest/asic:SigReference':
        signatures.push(decodeURIComponent(attribute('URI') ?? refuse('no URI')));
        break;
      case 'asic:ASiCManifest/asic:DataObjectReference':
        if (references.length >= MAX_REFERENCES) refuse('too many references');
        references.push({
          uri: decodeURIComponent(attribute('URI') ?? refuse('no URI')),
          mediaType: attribute('MimeType') ?? null,
          digestMethod: null,
          digestValue: null,
        });
        break;
      case 'asic:ASiCManifest/asic:DataObjectReference/ds:DigestMethod':
        if (last?.digestMethod !== null) refuse('doubled method');
        else last.digestMethod = attribute('Algorithm') ?? refuse('no algorithm');
        break;
      case 'asic:ASiCManifest/asic:DataObjectReference/ds:DigestValue':
        if (last?.digestValue !== null) refuse('doubled value');
        else last.digestValue = '';
        break;
      default:
        if (path.length === 1 && name !== 'asic:ASiCManifest') refuse('not a manifest');
    }
  });
  const text = (value: string) => {
    const last = references.at(-1);
    if (path.at(-1) === 'ds:DigestValue' && typeof last?.digestValue === 'string') last.digestValue += value;
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', () => path.pop());
  parser.write(xml).close();

  const [signatureUri] = signatures;
  if (signatures.length !== 1 || signatureUri === undefined) return refuse('one signature is referenced');
  return {
    signatureUri,
    references: references.map(({ digestMethod, digestValue, ...rest }) => ({
      ...rest,
      digestMethod: digestMethod ?? refuse('no method'),
      digestValue: (digestValue ?? refuse('no value')).replace(/\s/g, ''),
    })),
  };
}
