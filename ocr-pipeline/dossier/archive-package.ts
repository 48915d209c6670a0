import { createHash } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result, vietnamTime, writeFileDurable } from '@motcua/core';
import { measureFile } from './build-dossier.ts';
import { openContainer } from './container.ts';
import { documentName } from './metadata.ts';
import type { Verification } from './reasons.ts';
import { isFileOfDossier, type VerifyOptions, verifyDossier } from './verify-dossier.ts';

export interface ArchivePackage {
  readonly folder: string;
  /** Paths in the folder, METS.xml and PREMIS.xml among them. */
  readonly files: readonly string[];
}

export type ArchiveError = {
  readonly code: 'archive-dossier-not-valid' | 'archive-not-written';
  readonly detail: string;
};

interface PackedFile {
  readonly id: string;
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha256: string;
}

const MAX_DOCUMENT_BYTES = 536_870_912;

/**
 * Lays a dossier out for an archive (TT 05/2025/TT-BNV: METS and PREMIS, SHA-256, times with +07:00): the container as it
 * was sealed, its documents named by the dossier code that the city gave, and what is known of them. Only a dossier that
 * verifies is packed; the verification becomes a PREMIS event.
 */
export async function exportArchivePackage(options: {
  readonly file: string;
  /** New; made with its parents. */
  readonly folder: string;
  /** Given by the city when it took the dossier; the kiosk's own identifier stands in without it. */
  readonly dossierCode?: string;
  readonly verify: VerifyOptions;
}): Promise<Result<ArchivePackage, ArchiveError>> {
  const { file, folder, verify } = options;
  const seen = await verifyDossier(file, verify);
  if (seen.verdict !== 'valid' || seen.metadata === null)
    return err({ code: 'archive-dossier-not-valid', detail: seen.reasons[0]?.code ?? 'no metadata' });
  const { dossierId } = seen.metadata;
  const code = options.dossierCode ?? dossierId;
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$/.test(code))
    return err({ code: 'archive-not-written', detail: 'a dossier code that cannot be a file name' });
  try {
    await mkdir(join(folder, 'documents'), { recursive: true });
    await mkdir(join(folder, 'original'), { recursive: true });
    const files = await unpack(file, folder, code, seen);
    const original = `original/${code}.asice`;
    await copyFile(file, join(folder, original));
    const whole = await measureFile(join(folder, original));
    files.push({ id: 'original', path: original, mediaType: 'application/vnd.etsi.asic-e+zip', ...whole });
    const now = vietnamTime(verify.at).iso;
    const premis = Buffer.from(writePremis(files, seen, code, now));
    await writeFileDurable(join(folder, 'PREMIS.xml'), premis, 0o644);
    await writeFileDurable(join(folder, 'METS.xml'), writeMets(files, premis, code, seen, now), 0o644);
    return ok({ folder, files: ['METS.xml', 'PREMIS.xml', ...files.map((one) => one.path)] });
  } catch (error) {
    const failure = (error as NodeJS.ErrnoException).code;
    if (typeof failure !== 'string') throw error;
    return err({ code: 'archive-not-written', detail: failure });
  }
}

async function unpack(file: string, folder: string, code: string, seen: Verification): Promise<PackedFile[]> {
  const opened = await openContainer(file);
  if (!opened.ok) throw new Error('a dossier that verified cannot be opened');
  const files: PackedFile[] = [];
  const put = async (name: string, id: string, path: string, mediaType: string) => {
    const bytes = await opened.value.read(name, MAX_DOCUMENT_BYTES);
    if (bytes === undefined) throw new Error('a file that verified cannot be read');
    await writeFileDurable(join(folder, path), bytes, 0o644);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.push({ id, path, mediaType, size: bytes.length, sha256 });
  };
  try {
    for (const [index, { name, mediaType }] of seen.documents.entries()) {
      const sequence = Number(/\.(\d+)\.pdf$/.exec(name)?.[1] ?? index + 1);
      const path = `documents/${documentName(code, sequence)}`;
      await put(name, `document-${sequence}`, path, mediaType ?? 'application/pdf');
    }
    const descriptions = opened.value.names.filter((name) => isFileOfDossier(name) && name.endsWith('.json'));
    for (const name of descriptions) await put(name, name.slice(0, -5), name, 'application/json');
  } finally {
    await opened.value.close();
  }
  return files;
}

function writeMets(
  files: readonly PackedFile[],
  premis: Buffer,
  code: string,
  { metadata }: Verification,
  now: string,
): string {
  const entry = (one: PackedFile) =>
    `      <mets:file ID="${one.id}" MIMETYPE="${escapeXml(one.mediaType)}" SIZE="${one.size}" CREATED="${now}" CHECKSUM="${one.sha256}" CHECKSUMTYPE="SHA-256">
        <mets:FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="${escapeXml(one.path)}"/>
      </mets:file>`;
  const title = escapeXml(metadata?.procedure.name ?? code);
  return `<?xml version="1.0" encoding="UTF-8"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" OBJID="${escapeXml(code)}" TYPE="dossier" LABEL="${title}">
  <mets:metsHdr CREATEDATE="${now}" RECORDSTATUS="NEW">
    <mets:agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><mets:name>Một Cửa Kiosk</mets:name></mets:agent>
    <mets:agent ROLE="CUSTODIAN" TYPE="ORGANIZATION"><mets:name>${escapeXml(metadata?.receivingUnit.name ?? '')}</mets:name></mets:agent>
  </mets:metsHdr>
  <mets:amdSec ID="amd">
    <mets:digiprovMD ID="premis" CREATED="${now}">
      <mets:mdRef LOCTYPE="URL" MDTYPE="PREMIS" MIMETYPE="text/xml" SIZE="${premis.length}" CHECKSUM="${createHash('sha256').update(premis).digest('hex')}" CHECKSUMTYPE="SHA-256" xlink:type="simple" xlink:href="PREMIS.xml"/>
    </mets:digiprovMD>
  </mets:amdSec>
  <mets:fileSec>
    <mets:fileGrp ID="package" ADMID="premis">
${files.map(entry).join('\n')}
    </mets:fileGrp>
  </mets:fileSec>
  <mets:structMap TYPE="PHYSICAL" LABEL="dossier">
    <mets:div ORDER="1" LABEL="${title}">
${files.map((one, index) => `      <mets:div ORDER="${index + 1}" LABEL="${escapeXml(one.path)}"><mets:fptr FILEID="${one.id}"/></mets:div>`).join('\n')}
    </mets:div>
  </mets:structMap>
</mets:mets>
`;
}

function writePremis(files: readonly PackedFile[], seen: Verification, code: string, now: string): string {
  const identifier = (kind: 'object' | 'event' | 'agent', value: string) =>
    `<premis:${kind}Identifier><premis:${kind}IdentifierType>local</premis:${kind}IdentifierType><premis:${kind}IdentifierValue>${escapeXml(value)}</premis:${kind}IdentifierValue></premis:${kind}Identifier>`;
  const objects = files.map(
    (one) => `  <premis:object xsi:type="premis:file">
    ${identifier('object', `${code}/${one.path}`)}
    <premis:objectCharacteristics>
      <premis:fixity><premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm><premis:messageDigest>${one.sha256}</premis:messageDigest></premis:fixity>
      <premis:size>${one.size}</premis:size>
      <premis:format><premis:formatDesignation><premis:formatName>${escapeXml(one.mediaType)}</premis:formatName></premis:formatDesignation></premis:format>
    </premis:objectCharacteristics>
  </premis:object>`,
  );
  const event = (id: string, type: string, time: string, outcome: string) => `  <premis:event>
    ${identifier('event', `${code}/${id}`)}
    <premis:eventType>${type}</premis:eventType>
    <premis:eventDateTime>${time}</premis:eventDateTime>
    <premis:eventOutcomeInformation><premis:eventOutcome>${escapeXml(outcome)}</premis:eventOutcome></premis:eventOutcomeInformation>
    <premis:linkingAgentIdentifier><premis:linkingAgentIdentifierType>local</premis:linkingAgentIdentifierType><premis:linkingAgentIdentifierValue>${escapeXml(seen.metadata?.provenance.kioskId ?? 'kiosk')}</premis:linkingAgentIdentifierValue></premis:linkingAgentIdentifier>
  </premis:event>`;
  const { provenance, sealedAt } = seen.metadata!;
  const level = seen.signatures[0]?.level ?? 'none';
  return `<?xml version="1.0" encoding="UTF-8"?>
<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">
${objects.join('\n')}
${event('digitization', 'digitization', provenance.submittedAt, provenance.engines.map((one) => `${one.name} ${one.version}`).join(', '))}
${event('seal', 'digital signature generation', sealedAt, 'sealed by the kiosk')}
${event('validation', 'digital signature validation', now, `valid, ${level}`)}
  <premis:agent>
    ${identifier('agent', provenance.kioskId)}
    <premis:agentName>${escapeXml(provenance.kioskName)}</premis:agentName>
    <premis:agentType>software</premis:agentType>
  </premis:agent>
</premis:premis>
`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.codePointAt(0)};`);
}
