import { err, ok, type Result } from '@motcua/core';
import { readTlv, readTlvs } from '../tlv.ts';
import { type Certificate, isSignedBy, parseCertificate } from './certificate.ts';
import { parseSignedData, signerCandidates, verifySigner } from './signed-data.ts';

export type MasterListError = {
  readonly code: 'master-list-malformed' | 'master-list-signature';
};

const CSCA_MASTER_LIST = '2.23.136.1.1.2';
const MAX_CERTIFICATES = 5_000;

/**
 * The certificates of a master list (9303-12, chapter 9): a SignedData whose signer was certified by one of the CSCAs
 * that the list itself, or `known`, holds. Whose list is to be trusted is the operator's choice of file.
 */
export function parseMasterList(
  bytes: Uint8Array,
  known: readonly Certificate[] = [],
): Result<readonly Certificate[], MasterListError> {
  const signed = parseSignedData(bytes);
  if (!signed.ok || signed.value.contentType !== CSCA_MASTER_LIST)
    return err({ code: 'master-list-malformed' });
  const content = readTlv(signed.value.content);
  const parts = content.ok ? readTlvs(content.value.value, { maxSiblings: 3 }) : undefined;
  const set = parts?.ok ? parts.value.find((each) => each.tag === 0x31) : undefined;
  const entries = set && readTlvs(set.value, { maxSiblings: MAX_CERTIFICATES });
  if (!entries?.ok) return err({ code: 'master-list-malformed' });
  const certificates = entries.value.flatMap((entry) => {
    const certificate = parseCertificate(entry.raw);
    return certificate.ok ? [certificate.value] : [];
  });
  const issuers = [...certificates, ...known];
  const signer = signerCandidates(signed.value, known).find(
    (candidate) => verifySigner(signed.value, candidate) === null,
  );
  const certified =
    signer && issuers.some((issuer) => issuer.subject === signer.issuer && isSignedBy(signer, issuer));
  return certified ? ok(certificates) : err({ code: 'master-list-signature' });
}
