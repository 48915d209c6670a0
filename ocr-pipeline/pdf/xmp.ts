import type { DigitisationFacts, PdfaLevel, PdfMeta } from './pdf-meta.ts';

/** Namespace of our own properties. PDF/A wants them described in the file itself (ISO 19005-1, 6.7.8). */
const NAMESPACE = 'urn:motcua:digitisation:1:';

const PROPERTIES: readonly {
  readonly name: keyof DigitisationFacts;
  readonly type: 'Text' | 'Date';
  readonly category: 'internal' | 'external';
  readonly description: string;
}[] = [
  {
    name: 'digitisedAt',
    type: 'Date',
    category: 'internal',
    description: 'Time at which the paper was digitised',
  },
  {
    name: 'procedureCode',
    type: 'Text',
    category: 'external',
    description: 'Code of the administrative procedure (mã thủ tục hành chính)',
  },
  { name: 'paperKind', type: 'Text', category: 'external', description: 'Kind of the paper (loại giấy tờ)' },
  {
    name: 'dossierId',
    type: 'Text',
    category: 'internal',
    description: 'Identifier that the kiosk gave to the dossier',
  },
  {
    name: 'dossierCode',
    type: 'Text',
    category: 'external',
    description: 'Code of the dossier (mã hồ sơ)',
  },
  { name: 'kioskId', type: 'Text', category: 'external', description: 'Kiosk that digitised the paper' },
];

/** XMP packet; says the same as the Info dictionary, to the second. `meta` is clean (`cleanMeta`). */
export function xmpPacket(meta: PdfMeta, level: PdfaLevel): string {
  const created = xmpDate(meta.createdAt);
  const author =
    meta.author === undefined
      ? ''
      : `<dc:creator><rdf:Seq><rdf:li>${escapeXml(meta.author)}</rdf:li></rdf:Seq></dc:creator>`;
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>${level === '1b' ? 1 : 2}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(meta.title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>${escapeXml(meta.language)}</rdf:li></rdf:Bag></dc:language>${author}
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>${escapeXml(meta.producer)}</xmp:CreatorTool>
<xmp:CreateDate>${created}</xmp:CreateDate><xmp:ModifyDate>${created}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>${escapeXml(meta.producer)}</pdf:Producer>
</rdf:Description>
${meta.digitisation ? ownProperties(meta.digitisation) : ''}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
}

function ownProperties(facts: DigitisationFacts): string {
  const known = PROPERTIES.filter(({ name }) => facts[name] !== undefined);
  const values = known.map(({ name }) => {
    const value = facts[name]!;
    return `<motcua:${name}>${typeof value === 'string' ? escapeXml(value) : xmpDate(value)}</motcua:${name}>`;
  });
  const descriptions = known.map(
    ({ name, type, category, description }) => `<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>${type}</pdfaProperty:valueType>
<pdfaProperty:category>${category}</pdfaProperty:category>
<pdfaProperty:description>${escapeXml(description)}</pdfaProperty:description></rdf:li>`,
  );
  return `<rdf:Description rdf:about="" xmlns:motcua="${NAMESPACE}">
${values.join('\n')}
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Digitisation of papers by Một Cửa Kiosk</pdfaSchema:schema>
<pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>motcua</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
${descriptions.join('\n')}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
`;
}

function xmpDate(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
