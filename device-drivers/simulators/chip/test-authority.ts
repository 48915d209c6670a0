import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { concat } from '../../id-chip/bytes.ts';
import { encodeTlv } from '../../id-chip/tlv.ts';
import {
  bits,
  integer,
  nothing,
  octets,
  oid,
  printable,
  sequence,
  setOf,
  tagged,
  utcTime,
  utf8,
  yes,
} from './der.ts';

/** How the document signer signs. Which one Vietnam uses is not published. */
export type SignatureKind = 'ecdsa-sha256' | 'ecdsa-sha384' | 'rsa-sha256' | 'rsa-pss-sha256';

/** A country's signing authority and one of its document signers, made for one test or one demo: they vouch for nobody. */
export interface TestAuthority {
  /** DER; what an operator would put into the trust folder. */
  readonly cscaCertificate: Uint8Array;
  readonly signerCertificate: Uint8Array;
  /** The SOD of these data groups, by their number: EF.SOD with its tag 77 (ICAO 9303-10, 4.6.2; RFC 5652). */
  signDataGroups(dataGroups: ReadonlyMap<number, Uint8Array>): Uint8Array;
}

const algorithms: Readonly<
  Record<SignatureKind, { readonly hash: string; readonly identifier: Uint8Array }>
> = {
  'ecdsa-sha256': { hash: 'sha256', identifier: sequence(oid('1.2.840.10045.4.3.2')) },
  'ecdsa-sha384': { hash: 'sha384', identifier: sequence(oid('1.2.840.10045.4.3.3')) },
  'rsa-sha256': { hash: 'sha256', identifier: sequence(oid('1.2.840.113549.1.1.11'), nothing) },
  'rsa-pss-sha256': {
    hash: 'sha256',
    identifier: sequence(
      oid('1.2.840.113549.1.1.10'),
      sequence(
        tagged(0, sequence(oid('2.16.840.1.101.3.4.2.1'), nothing)),
        tagged(1, sequence(oid('1.2.840.113549.1.1.8'), sequence(oid('2.16.840.1.101.3.4.2.1'), nothing))),
        tagged(2, integer(32)),
      ),
    ),
  },
};

const HASH_OIDS: Readonly<Record<string, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
};
const LDS_SECURITY_OBJECT = '2.23.136.1.1.1';

export function createTestAuthority(
  options: {
    readonly signature?: SignatureKind;
    /** Common name of the authority: a foreign one differs in name and key. */
    readonly name?: string;
    readonly now?: Date;
  } = {},
): TestAuthority {
  const kind = options.signature ?? 'ecdsa-sha256';
  const name = options.name ?? 'Test CSCA';
  const now = options.now ?? new Date();
  const csca = keyPair(kind);
  const signer = keyPair(kind);
  const cscaCertificate = certificate({
    kind,
    issuer: { name, key: csca },
    subject: { name, key: csca },
    serial: 1,
    now,
    isAuthority: true,
  });
  const signerName = `${name}: document signer`;
  const signerCertificate = certificate({
    kind,
    issuer: { name, key: csca },
    subject: { name: signerName, key: signer },
    serial: 2,
    now,
    isAuthority: false,
  });
  return {
    cscaCertificate,
    signerCertificate,
    signDataGroups: (dataGroups) =>
      encodeTlv(
        0x77,
        signedData(
          kind,
          securityObject(algorithms[kind].hash, dataGroups),
          { certificate: signerCertificate, issuer: distinguishedName(name), serial: 2, key: signer },
          now,
        ),
      ),
  };
}

function keyPair(kind: SignatureKind): KeyObject {
  switch (kind) {
    case 'ecdsa-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
    case 'ecdsa-sha384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
    case 'rsa-sha256':
    case 'rsa-pss-sha256':
      return generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  }
}

function signed(kind: SignatureKind, key: KeyObject, data: Uint8Array): Uint8Array {
  const { hash } = algorithms[kind];
  // RSA_PKCS1_PSS_PADDING
  return sign(hash, data, kind === 'rsa-pss-sha256' ? { key, padding: 6, saltLength: 32 } : key);
}

const distinguishedName = (name: string) =>
  sequence(setOf(sequence(oid('2.5.4.6'), printable('VN'))), setOf(sequence(oid('2.5.4.3'), utf8(name))));

const publicKeyInfo = (key: KeyObject): Uint8Array =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });

const keyIdentifier = (key: KeyObject) => createHash('sha1').update(publicKeyInfo(key)).digest();

/** X.509 version 3 by the profile of ICAO 9303-12. */
function certificate(made: {
  readonly kind: SignatureKind;
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly subject: { readonly name: string; readonly key: KeyObject };
  readonly serial: number;
  readonly now: Date;
  readonly isAuthority: boolean;
}): Uint8Array {
  const { identifier } = algorithms[made.kind];
  const year = 365 * 24 * 3_600_000;
  const extension = (id: string, content: Uint8Array, critical = false) =>
    sequence(oid(id), ...(critical ? [yes] : []), octets(content));
  // keyCertSign and cRLSign, or digitalSignature.
  const usage = encodeTlv(0x03, made.isAuthority ? Uint8Array.of(1, 0x06) : Uint8Array.of(7, 0x80));
  const body = sequence(
    tagged(0, integer(2)),
    integer(made.serial),
    identifier,
    distinguishedName(made.issuer.name),
    sequence(utcTime(new Date(made.now.getTime() - year)), utcTime(new Date(made.now.getTime() + 10 * year))),
    distinguishedName(made.subject.name),
    publicKeyInfo(made.subject.key),
    tagged(
      3,
      sequence(
        extension('2.5.29.14', octets(keyIdentifier(made.subject.key))),
        extension('2.5.29.35', sequence(encodeTlv(0x80, keyIdentifier(made.issuer.key)))),
        extension('2.5.29.15', usage, true),
        ...(made.isAuthority ? [extension('2.5.29.19', sequence(yes, integer(0)), true)] : []),
      ),
    ),
  );
  return sequence(body, identifier, bits(signed(made.kind, made.issuer.key, body)));
}

/** LDSSecurityObject, version 0. */
function securityObject(hash: string, dataGroups: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const hashes = [...dataGroups].map(([number, content]) =>
    sequence(integer(number), octets(createHash(hash).update(content).digest())),
  );
  return sequence(integer(0), sequence(oid(HASH_OIDS[hash]!), nothing), sequence(...hashes));
}

function signedData(
  kind: SignatureKind,
  content: Uint8Array,
  signer: {
    readonly certificate: Uint8Array;
    readonly issuer: Uint8Array;
    readonly serial: number;
    readonly key: KeyObject;
  },
  now: Date,
): Uint8Array {
  const { hash, identifier } = algorithms[kind];
  const digestAlgorithm = sequence(oid(HASH_OIDS[hash]!), nothing);
  const attributes = setOf(
    sequence(oid('1.2.840.113549.1.9.3'), setOf(oid(LDS_SECURITY_OBJECT))),
    sequence(oid('1.2.840.113549.1.9.4'), setOf(octets(createHash(hash).update(content).digest()))),
    sequence(oid('1.2.840.113549.1.9.5'), setOf(utcTime(now))),
  );
  const signature = signed(kind, signer.key, attributes);
  // In place the attributes carry the tag [0] of the field; what is signed is the SET (RFC 5652, 5.4).
  const inPlace = concat(Uint8Array.of(0xa0), attributes.subarray(1));
  return sequence(
    oid('1.2.840.113549.1.7.2'),
    tagged(
      0,
      sequence(
        integer(3),
        setOf(digestAlgorithm),
        sequence(oid(LDS_SECURITY_OBJECT), tagged(0, octets(content))),
        tagged(0, signer.certificate),
        setOf(
          sequence(
            integer(1),
            sequence(signer.issuer, integer(signer.serial)),
            digestAlgorithm,
            inPlace,
            identifier,
            octets(signature),
          ),
        ),
      ),
    ),
  );
}
