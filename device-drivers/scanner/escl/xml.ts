import { SaxesParser } from 'saxes';

/** An element by its local name: scanners bind the namespaces of eSCL to prefixes of their own, or to none. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of this element alone, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export const MAX_XML_BYTES = 524_288;
const MAX_ELEMENTS = 20_000;
const MAX_DEPTH = 32;

/** Undefined for what is not well-formed, has a document type, or is deeper or longer than a scanner's answer. */
export function parseXml(bytes: Uint8Array): XmlElement | undefined {
  if (bytes.length > MAX_XML_BYTES) return undefined;
  try {
    return parse(new TextDecoder('utf-8').decode(bytes));
  } catch {
    return undefined;
  }
}

interface Draft {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
  readonly children: Draft[];
}

function parse(text: string): XmlElement | undefined {
  const parser = new SaxesParser();
  const open: Draft[] = [];
  let root: Draft | undefined;
  let elements = 0;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS || open.length >= MAX_DEPTH) throw new Error('too much');
    const draft: Draft = { name: localName(name), attributes: {}, text: '', children: [] };
    for (const [key, value] of Object.entries(attributes)) draft.attributes[localName(key)] = value;
    open.at(-1)?.children.push(draft);
    root ??= draft;
    open.push(draft);
  });
  parser.on('text', (part) => {
    const element = open.at(-1);
    if (element) element.text += part;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element) element.text = element.text.trim();
  });
  parser.write(text).close();
  return root;
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** The first element of that name directly inside. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** All elements of that name at any depth inside, in document order. */
export function descendants(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).flatMap((one) => [
    ...(one.name === name ? [one] : []),
    ...descendants(one, name),
  ]);
}

/** A whole number of at most seven digits, or null. */
export function numberIn(element: XmlElement | undefined, name: string): number | null {
  const text = child(element, name)?.text ?? '';
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}
