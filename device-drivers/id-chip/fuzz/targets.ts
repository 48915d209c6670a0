import { parseCitizenCard, parseMrz, unwrap } from '@motcua/core';
import { issueChip } from '../../simulators/chip/chip-files.ts';
import {
  buildCardAccess,
  buildDg14,
  makeActiveAuthenticationKey,
  makeChipAuthenticationKey,
} from '../../simulators/chip/chip-keys.ts';
import { mrzOf, qrOf, sampleChipPerson } from '../../simulators/chip/data-groups.ts';
import { integer, octets, oid, sequence, tagged } from '../../simulators/chip/der.ts';
import { createTestAuthority } from '../../simulators/chip/test-authority.ts';
import { decodeCommand, encodeCommand } from '../apdu.ts';
import { fromHex } from '../bytes.ts';
import { chipAuthenticationKeys } from '../chip-authentication/chip-authentication.ts';
import { describeChip } from '../chip-reading.ts';
import { cipherSuite } from '../crypto/cipher-suite.ts';
import { parseDg1 } from '../files/dg1.ts';
import { parseDg2 } from '../files/dg2.ts';
import { parseDg13 } from '../files/dg13.ts';
import { parseCom } from '../files/ef-com.ts';
import { fileIds } from '../files/lds-files.ts';
import { paceSuites } from '../open-chip.ts';
import { importPublicKey } from '../passive-authentication/algorithms.ts';
import { parseCertificate } from '../passive-authentication/certificate.ts';
import { parseMasterList } from '../passive-authentication/master-list.ts';
import { parseSecurityObject } from '../passive-authentication/security-object.ts';
import { createSecureMessaging } from '../secure-messaging/secure-messaging.ts';
import { parseSecurityInfos } from '../security-infos.ts';
import { encodeTlv, readTlv, readTlvs } from '../tlv.ts';

/** One reader of foreign bytes. */
export interface Target {
  readonly name: string;
  /** Good inputs, to be broken. */
  readonly seeds: readonly Uint8Array[];
  /** How it ended, in a word. Throwing is a failure, and so is what `run` itself throws for. */
  run(input: Uint8Array): string;
}

const TODAY = '2026-11-23';
const NOW = new Date(`${TODAY}T05:00:00Z`);

/** All that bytes of a chip, of its QR and of an operator's file go through, cheapest first. */
export function createTargets(): readonly Target[] {
  const person = sampleChipPerson;
  const authority = createTestAuthority({ now: NOW });
  const pss = createTestAuthority({ now: NOW, signature: 'rsa-pss-sha256' });
  const csca = unwrap(parseCertificate(authority.cscaCertificate));
  const activeKey = makeActiveAuthenticationKey('ecdsa-sha256');
  const portrait = { picture: fromHex('ffd8ffe000104a464946'), format: 'jpeg', width: 1, height: 1 } as const;
  const cards = [
    issueChip({ person, authority, portrait, activeKey }),
    issueChip({ person, authority: pss, portrait, dg13: 'together' }),
  ];
  const file = (id: number) => cards.flatMap(({ files }) => files.get(id) ?? []);
  const text = (lines: string) => Buffer.from(lines);
  const result = (outcome: { readonly ok: boolean }) => (outcome.ok ? 'read' : 'refused');
  const everything = [...cards[0]!.files.values(), ...cards[1]!.files.values()];
  const suite = cipherSuite('aes-128');
  const keys = { suite, encryption: new Uint8Array(16), mac: new Uint8Array(16) };
  const command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 64 };
  const answer = (() => {
    const [reader, card] = [createSecureMessaging(keys), createSecureMessaging(keys)];
    card.openCommand(reader.protectCommand(command));
    return card.protectResponse({ data: new Uint8Array(40), status: 0x9000 });
  })();
  const sod = file(fileIds.SOD);
  const signedHashes = unwrap(parseSecurityObject(sod[0]!)).hashes;
  const good = cards[0]!.files;

  return [
    { name: 'tlv', seeds: everything, run: (input) => result(readTlvs(input)) },
    { name: 'tlv-nested', seeds: everything, run: (input) => `${depthOf(input)} deep` },
    {
      name: 'apdu',
      seeds: [encodeCommand(command), encodeCommand({ ...command, data: new Uint8Array(300) })],
      run: (input) => result(decodeCommand(input)),
    },
    {
      name: 'secure-messaging',
      seeds: [answer],
      run: (input) => {
        const reader = createSecureMessaging(keys);
        reader.protectCommand(command);
        const opened = reader.openResponse(input);
        if (opened.ok && opened.value.data.length !== 40) throw new Error('a forged answer was opened');
        return result(opened);
      },
    },
    { name: 'dg1', seeds: file(fileIds.DG1), run: (input) => result(parseDg1(input, TODAY)) },
    { name: 'dg2', seeds: file(fileIds.DG2), run: (input) => result(parseDg2(input)) },
    { name: 'dg13', seeds: file(fileIds.DG13), run: (input) => result(parseDg13(input)) },
    { name: 'ef-com', seeds: file(fileIds.COM), run: (input) => `${parseCom(input).length > 0}` },
    {
      name: 'security-infos',
      seeds: [buildCardAccess([{ cipher: 'aes-128', parameterId: 13 }]), ...file(fileIds.CardAccess)],
      run: (input) => `${paceSuites(input).length > 0}`,
    },
    {
      name: 'chip-keys',
      seeds: [
        ...file(fileIds.DG14),
        buildDg14(makeChipAuthenticationKey('3des', 'secp521r1'), activeKey),
      ].map((each) => unwrap(readTlv(each)).value),
      run: (input) => {
        const infos = parseSecurityInfos(input);
        return infos.ok ? `${chipAuthenticationKeys(infos.value).keys.length > 0}` : 'refused';
      },
    },
    {
      name: 'mrz',
      seeds: [text(mrzOf(person).join('\n'))],
      run: (input) => result(parseMrz(Buffer.from(input).toString('latin1').split('\n'), TODAY)),
    },
    {
      name: 'qr',
      seeds: [text(qrOf(person)), text(`${qrOf(person)}||||`)],
      run: (input) => result(parseCitizenCard(input, TODAY)),
    },
    { name: 'sod', seeds: sod, run: (input) => result(parseSecurityObject(input)) },
    {
      name: 'certificate',
      seeds: [authority.cscaCertificate, authority.signerCertificate, pss.signerCertificate],
      run: (input) => {
        const certificate = parseCertificate(input);
        return certificate.ok ? result(importPublicKey(certificate.value.subjectKey)) : 'refused';
      },
    },
    {
      name: 'master-list',
      seeds: [masterListOf(sod[0]!, [authority.cscaCertificate, pss.cscaCertificate])],
      run: (input) => {
        const list = parseMasterList(input, [csca]);
        return list.ok ? 'read' : list.error.code;
      },
    },
    {
      name: 'reading',
      seeds: sod,
      run: (input) => {
        const { verdict } = describeChip({
          access: { protocol: 'bac' },
          files: new Map([
            ['DG1', good.get(fileIds.DG1)!],
            ['DG13', good.get(fileIds.DG13)!],
            ['SOD', input],
          ]),
          refused: new Map(),
          proof: { outcome: 'proved', by: 'chip-authentication' },
          trust: { certificates: [csca] },
          now: NOW,
          today: TODAY,
          traffic: { commands: 0, bytesSent: 0, bytesReceived: 0, losses: 0 },
        });
        if (verdict.verdict === 'genuine') {
          const { hashes } = unwrap(parseSecurityObject(input));
          for (const [number, hash] of hashes)
            if (Buffer.compare(hash, signedHashes.get(number) ?? new Uint8Array(0)) !== 0)
              throw new Error('a security object that nobody signed is genuine');
        }
        return verdict.verdict;
      },
    },
  ];
}

/** In the form of a master list; its signature is another's. */
function masterListOf(sod: Uint8Array, certificates: readonly Uint8Array[]): Uint8Array {
  const inside = (bytes: Uint8Array) => unwrap(readTlvs(unwrap(readTlv(bytes)).value));
  const signedData = inside(inside(unwrap(readTlv(sod)).value)[1]!.value.slice());
  const type = oid('2.23.136.1.1.2');
  const signers = Buffer.from(signedData.at(-1)!.raw).toString('hex');
  const renamed = signers.replace(
    Buffer.from(oid('2.23.136.1.1.1')).toString('hex'),
    Buffer.from(type).toString('hex'),
  );
  const list = sequence(integer(0), encodeTlv(0x31, ...certificates));
  return sequence(
    oid('1.2.840.113549.1.7.2'),
    tagged(
      0,
      sequence(integer(3), encodeTlv(0x31), sequence(type, tagged(0, octets(list))), fromHex(renamed)),
    ),
  );
}

/** Follows every constructed object, as a careless reader would. */
function depthOf(bytes: Uint8Array, depth = 0): number {
  const level = depth < 12 ? readTlvs(bytes, { maxSiblings: 32 }) : undefined;
  if (!level?.ok) return depth;
  return Math.max(
    depth,
    ...level.value.filter((one) => one.constructed).map((one) => depthOf(one.value, depth + 1)),
  );
}
