import type { KeyObject } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { checkSignature, type SignatureCheck } from './algorithms.ts';
import { context, readAll, readTlv, TAG } from './der.ts';

/**
 * The shape that certificates, CRLs and OCSP answers share: SEQUENCE { what is signed, algorithm, BIT STRING, more }.
 * Certificates and CRLs name the algorithm inside, too; both must be the same to the byte (RFC 5280, 4.1.1.2).
 */
export function checkStructure(
  der: Uint8Array,
  key: KeyObject,
  kind: 'certificate' | 'crl' | 'ocsp',
): SignatureCheck {
  const [signed, algorithm, signature] = readAll(readTlv(der)?.content ?? new Uint8Array()) ?? [];
  if (!signed || !algorithm || signature?.tag !== TAG.bitString || signature.content[0] !== 0) return 'wrong';
  if (kind !== 'ocsp') {
    const fields = readAll(signed.content) ?? [];
    // In front of it: version and serial number of a certificate, version of a CRL.
    const at =
      kind === 'certificate'
        ? fields[0]?.tag === context(0)
          ? 2
          : 1
        : fields[0]?.tag === TAG.integer
          ? 1
          : 0;
    if (!fields[at] || !Buffer.from(fields[at].raw).equals(algorithm.raw)) return 'wrong';
  }
  try {
    const schema = asn1.fromBER(algorithm.raw).result;
    return checkSignature({
      algorithm: new pki.AlgorithmIdentifier({ schema }),
      key,
      data: signed.raw,
      value: signature.content.subarray(1),
    });
  } catch {
    return 'wrong';
  }
}
