import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { integer, nothing, octets, oid, sequence } from '../../simulators/chip/der.ts';
import { encodeTlv } from '../tlv.ts';

export type KeyKind = 'rsa' | 'brainpoolP256r1' | 'brainpoolP384r1-explicit' | 'secp384r1';

export interface OpensslParty {
  /** File names without ending, in the folder: `.key`, `.pem`, `.der`. */
  readonly name: string;
  readonly kind: KeyKind;
}

/** A country's signing authority, document signers and security objects made by OpenSSL's own programs. */
export interface OpensslAuthority extends AsyncDisposable {
  readonly folder: string;
  csca(name: string, kind: KeyKind, country?: string): Promise<OpensslParty>;
  /** Document signer of `issuer`. */
  signer(name: string, kind: KeyKind, issuer: OpensslParty): Promise<OpensslParty>;
  /** The name and key of `subject`, certified by `issuer`: a link certificate. */
  link(name: string, subject: OpensslParty, issuer: OpensslParty): Promise<OpensslParty>;
  certificate(party: OpensslParty): Promise<Uint8Array>;
  /** EF.SOD over these data groups. */
  securityObject(
    dataGroups: ReadonlyMap<number, Uint8Array>,
    signer: OpensslParty,
    options?: { readonly hash?: string; readonly arguments?: readonly string[] },
  ): Promise<Uint8Array>;
  /** EF.SOD with any content at all, properly signed. */
  seal(content: Uint8Array, signer: OpensslParty): Promise<Uint8Array>;
  masterList(certificates: readonly OpensslParty[], signer: OpensslParty): Promise<Uint8Array>;
}

const extensions = `
[ca]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[signer]
keyUsage=critical,digitalSignature
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`;

const HASHES: Readonly<Record<string, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha512: '2.16.840.1.101.3.4.2.3',
};

export async function createOpensslAuthority(): Promise<OpensslAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-csca-'));
  const openssl = async (...words: readonly string[]) => {
    const result = await exec('openssl', [...words], { timeoutMs: 60_000, cwd: folder });
    if (!result.ok) throw new Error(`openssl ${words[0]}: ${result.error.code}`);
  };
  await writeFile(join(folder, 'extensions.cnf'), extensions);
  const makeKey = (name: string, kind: KeyKind) => {
    const [curve, explicit] = kind.split('-');
    return kind === 'rsa'
      ? openssl('genrsa', '-out', `${name}.key`, '2048')
      : openssl(
          ...['ecparam', '-name', curve!, '-genkey', '-noout', '-out', `${name}.key`],
          ...(explicit ? ['-param_enc', 'explicit'] : []),
        );
  };
  const certify = async (
    name: string,
    request: { key: string; subject: string; section: string },
    issuer: OpensslParty | null,
  ) => {
    await openssl('req', '-new', '-key', request.key, '-subj', request.subject, '-out', `${name}.csr`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-days', '3000', '-out', `${name}.pem`],
      ...['-extfile', 'extensions.cnf', '-extensions', request.section],
      ...(issuer
        ? ['-CA', `${issuer.name}.pem`, '-CAkey', `${issuer.name}.key`, '-CAcreateserial']
        : ['-signkey', request.key]),
    );
    await openssl('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
  };
  const subjects = new Map<string, string>();
  const sign = async (content: Uint8Array, type: string, signer: OpensslParty, more: readonly string[]) => {
    await writeFile(join(folder, 'content'), content);
    await openssl(
      ...['cms', '-sign', '-in', 'content', '-binary', '-nodetach', '-outform', 'DER', '-out', 'signed'],
      ...['-econtent_type', type, '-signer', `${signer.name}.pem`, '-inkey', `${signer.name}.key`],
      ...more,
    );
    return Uint8Array.from(await readFile(join(folder, 'signed')));
  };
  const certificate = async (party: OpensslParty) =>
    Uint8Array.from(await readFile(join(folder, `${party.name}.der`)));

  return {
    folder,
    certificate,
    csca: async (name, kind, country = 'VN') => {
      await makeKey(name, kind);
      subjects.set(name, `/C=${country}/O=Test/CN=${name}`);
      await certify(name, { key: `${name}.key`, subject: subjects.get(name)!, section: 'ca' }, null);
      return { name, kind };
    },
    signer: async (name, kind, issuer) => {
      await makeKey(name, kind);
      const subject = `/C=VN/O=Test/CN=${name}`;
      await certify(name, { key: `${name}.key`, subject, section: 'signer' }, issuer);
      return { name, kind };
    },
    link: async (name, subject, issuer) => {
      const request = { key: `${subject.name}.key`, subject: subjects.get(subject.name)!, section: 'ca' };
      await certify(name, request, issuer);
      return { name, kind: subject.kind };
    },
    securityObject: async (dataGroups, signer, options = {}) => {
      const hash = options.hash ?? 'sha256';
      const list = [...dataGroups].map(([number, content]) =>
        sequence(integer(number), octets(createHash(hash).update(content).digest())),
      );
      const object = sequence(integer(0), sequence(oid(HASHES[hash]!), nothing), sequence(...list));
      return encodeTlv(0x77, await sign(object, '2.23.136.1.1.1', signer, options.arguments ?? []));
    },
    seal: async (content, signer) => encodeTlv(0x77, await sign(content, '2.23.136.1.1.1', signer, [])),
    masterList: async (parties, signer) => {
      const certificates = await Promise.all(parties.map(certificate));
      const list = sequence(integer(0), encodeTlv(0x31, ...certificates));
      return sign(list, '2.23.136.1.1.2', signer, []);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
