import { randomBytes } from 'node:crypto';
import { type CommandApdu, decodeCommand, encodeResponse } from '../../id-chip/apdu.ts';
import { bacKeys, bacSessionKeys, mrzInformation, openBac, sealBac } from '../../id-chip/bac/bac-keys.ts';
import { concat, equalBytes, fromHex, toInteger } from '../../id-chip/bytes.ts';
import { cipherSuite } from '../../id-chip/crypto/cipher-suite.ts';
import { ecGroup } from '../../id-chip/crypto/ec-group.ts';
import { fileIds, LDS_APPLICATION } from '../../id-chip/files/lds-files.ts';
import { decodeOid } from '../../id-chip/oid.ts';
import { type PaceSuite, paceSuite } from '../../id-chip/pace/pace-suite.ts';
import {
  createSecureMessaging,
  type SecureMessaging,
} from '../../id-chip/secure-messaging/secure-messaging.ts';
import { encodeTlv, findTlv } from '../../id-chip/tlv.ts';
import { type ChipContent, DG3_FILE } from './chip-files.ts';
import { answerChallenge, chipAuthenticationOid, paceOid } from './chip-keys.ts';
import { canOf, mrzOf } from './data-groups.ts';
import { type Answer, only, type PaceRun, startPace, status } from './simulated-pace.ts';

/** How this card differs from a patient one. */
export interface ChipHabits {
  /** False: commands in the extended form are refused with 6700, and so are those longer than 255 bytes. */
  readonly extendedLength: boolean;
  /** More than so many bytes in one answer is refused, or cut (`whenTooLong`). */
  readonly maxRead: number;
  readonly whenTooLong: '6700' | 'cut';
  /** What SELECT of the master file answers: 6D00 on the cards seen. */
  readonly selectMasterFile: 'refused' | 'ok';
  /** Without BAC only PACE opens the card. */
  readonly bac: boolean;
}

export const usualHabits: ChipHabits = {
  extendedLength: true,
  maxRead: 65_536,
  whenTooLong: '6700',
  selectMasterFile: 'refused',
  bac: true,
};

/** What goes wrong with one command. */
export type ChipFault =
  /** The card leaves the field: no answer, and everything forgotten. */
  | 'gone'
  /** Nothing but silence; the card stays. */
  | 'no-answer'
  | 'short-answer'
  /** The last byte before the status word is another one: a MAC that does not hold. */
  | 'wrong-mac'
  /** The answer before once more: its counter is old. */
  | 'replayed'
  | '6982'
  | '6d00';

/** A chip as the one on the citizen card: an APDU goes in, another comes out. Nothing is readable before PACE or BAC. */
export interface SimulatedChip {
  readonly atr: Uint8Array;
  /** Cold reset: every authentication and selection is forgotten. */
  powerOn(): void;
  /** `gone`: the card has left in the middle of this command. */
  answer(command: Uint8Array): Uint8Array | 'gone';
  /** The command after `index` others goes wrong; once. Replaces an earlier fault. */
  failAt(index: number, fault: ChipFault): void;
  /** Commands answered since it was made. */
  commands(): number;
}

const MASTER_FILE = 0x3f00;
interface ChipSession {
  readonly messaging: SecureMessaging;
  readonly blockLength: 8 | 16;
}

/** Of a short answer under secure messaging, what is left for data (DO 87, 99 and 8E around them). */
const SHORT_LIMIT = { 8: 231, 16: 223 } as const;

export function createSimulatedChip(content: ChipContent, habits: Partial<ChipHabits> = {}): SimulatedChip {
  const own = { ...usualHabits, ...habits };
  const mrz = mrzOf(content.person);
  const mrzKey = mrzInformation({
    documentNumber: mrz[0].slice(5, 14),
    birthDate: mrz[1].slice(0, 6),
    expiryDate: mrz[1].slice(8, 14),
  });
  let place: 'master-file' | 'application' = 'master-file';
  let selected: number | null = null;
  let session: ChipSession | null = null;
  /** Becomes the session after the answer in which it was agreed. */
  let agreed: ChipSession | null = null;
  let challenge: Uint8Array | null = null;
  let pace: PaceRun | null = null;
  let chipAuthentication = false;
  let count = 0;
  let fault: { readonly at: number; readonly kind: ChipFault } | null = null;
  let last: Uint8Array = new Uint8Array(0);

  const powerOn = () => {
    place = 'master-file';
    selected = session = agreed = challenge = pace = null;
    chipAuthentication = false;
  };

  const startSession = (keys: Parameters<typeof createSecureMessaging>[0]) => {
    agreed = { messaging: createSecureMessaging(keys), blockLength: keys.suite.blockLength };
  };

  /** In the clear or under secure messaging, whichever the card is in. */
  const respond = (raw: Uint8Array): Uint8Array => {
    const outer = decodeCommand(raw);
    if (!outer.ok) return encodeResponse(only(status.wrongLength));
    if (!own.extendedLength && outer.value.extended) return encodeResponse(only(status.wrongLength));
    let answer: Uint8Array;
    if (session) {
      const opened = session.messaging.openCommand(raw);
      if (!opened.ok) {
        // Any mistake ends the session; what was opened is closed again.
        session = null;
        return encodeResponse(
          only(opened.error.code === 'sm-unprotected' ? status.smMissing : status.smWrong),
        );
      }
      const limit = outer.value.extended
        ? own.maxRead
        : Math.min(own.maxRead, SHORT_LIMIT[session.blockLength]);
      answer = session.messaging.protectResponse(work(opened.value, true, limit));
    } else {
      answer = encodeResponse(work(outer.value, false, outer.value.extended ? own.maxRead : 256));
    }
    if (agreed) session = agreed;
    agreed = null;
    return answer;
  };

  const work = (command: CommandApdu, isProtected: boolean, limit: number): Answer => {
    const data = command.data ?? new Uint8Array(0);
    if ((command.cla & 0xe0) !== 0) return only(status.unknownClass);
    switch (command.ins) {
      case 0xa4:
        return select(command, data, isProtected);
      case 0xb0:
      case 0xb1:
        return read(command, data, isProtected, limit);
      case 0x22:
        return setEnvironment(command, data, isProtected);
      case 0x84:
        if (!own.bac || place !== 'application' || isProtected) return only(status.conditionsNotSatisfied);
        challenge = Uint8Array.from(randomBytes(8));
        return { data: challenge, status: status.ok };
      case 0x82:
        return authenticateReader(data);
      case 0x86:
        return generalAuthenticate(data, isProtected);
      case 0x88:
        if (!isProtected || !content.activeKey) return only(status.securityNotSatisfied);
        if (data.length !== 8) return only(status.wrongLength);
        return { data: answerChallenge(content.activeKey, data), status: status.ok };
      default:
        return only(status.unknownInstruction);
    }
  };

  const select = ({ p1, p2 }: CommandApdu, data: Uint8Array, isProtected: boolean): Answer => {
    if ((p2 & 0x0c) !== 0x0c) return only(status.wrongData);
    if (p1 === 0x04) {
      if (!equalBytes(data, LDS_APPLICATION)) return only(status.fileNotFound);
      place = 'application';
      selected = null;
      return only(status.ok);
    }
    const file = Number(toInteger(data.length === 0 ? Uint8Array.of(0x3f, 0) : data.subarray(0, 2)));
    if (p1 === 0x00 && file === MASTER_FILE) {
      if (own.selectMasterFile === 'refused') return only(status.unknownInstruction);
      place = 'master-file';
      selected = null;
      return only(status.ok);
    }
    if (p1 !== 0x00 && p1 !== 0x02) return only(status.wrongData);
    return open(file, isProtected) ?? only(status.ok);
  };

  /** Selects a file; null when that was allowed. */
  const open = (file: number, isProtected: boolean): Answer | null => {
    const isFree = file === fileIds.CardAccess;
    if (isFree !== (place === 'master-file') || !content.files.has(file)) return only(status.fileNotFound);
    if (file === DG3_FILE || (!isFree && !isProtected)) return only(status.securityNotSatisfied);
    selected = file;
    return null;
  };

  const read = (
    { ins, p1, p2, le }: CommandApdu,
    data: Uint8Array,
    isProtected: boolean,
    limit: number,
  ): Answer => {
    const isOdd = ins === 0xb1;
    const short = !isOdd && p1 >= 0x80 ? p1 & 0x1f : 0;
    if (short > 0) {
      const refused = open(0x0100 + short, isProtected);
      if (refused) return refused;
    }
    if (selected === null) return only(status.conditionsNotSatisfied);
    if (selected !== fileIds.CardAccess && !isProtected) return only(status.securityNotSatisfied);
    const file = content.files.get(selected) ?? new Uint8Array(0);
    const offset = isOdd
      ? Number(toInteger((findTlv(data, 0x54) ?? new Uint8Array(0)).subarray(0, 4)))
      : short > 0
        ? p2
        : p1 * 256 + p2;
    if (le === undefined) return only(status.wrongLength);
    // DO 53 around the data of the odd command.
    const wanted = isOdd ? Math.max(0, le - 4) : le;
    if (wanted > limit && own.whenTooLong === '6700' && file.length - offset > limit)
      return only(status.wrongLength);
    if (offset >= file.length) return only(status.wrongOffset);
    const part = file.subarray(offset, offset + Math.min(wanted, limit));
    const isWhole = part.length === wanted || part.length === limit;
    return { data: isOdd ? encodeTlv(0x53, part) : part, status: isWhole ? status.ok : status.endOfFile };
  };

  const setEnvironment = ({ p1, p2 }: CommandApdu, data: Uint8Array, isProtected: boolean): Answer => {
    const named = decodeOid(findTlv(data, 0x80) ?? new Uint8Array(0));
    if (p1 === 0xc1 && p2 === 0xa4) {
      const offer = content.pace.find((one) => paceOid(one) === named);
      const suite: PaceSuite | undefined = offer && paceSuite(paceOid(offer), offer.parameterId);
      const reference = findTlv(data, 0x83)?.[0];
      if (!suite) return only(status.wrongData);
      if (reference !== 1 && reference !== 2) return only(status.referenceNotFound);
      pace = startPace(
        suite,
        reference === 2 ? { kind: 'can', can: canOf(content.person) } : { kind: 'mrz', information: mrzKey },
      );
      return only(status.ok);
    }
    const { chipKey } = content;
    if (!isProtected || !chipKey || p1 !== 0x41) return only(status.wrongData);
    if (p2 === 0xa4 && named === chipAuthenticationOid(chipKey.cipher)) {
      chipAuthentication = true;
      return only(status.ok);
    }
    if (p2 === 0xa6 && chipKey.cipher === '3des') return agreeOnKeys(findTlv(data, 0x91)) ?? only(status.ok);
    return only(status.wrongData);
  };

  const authenticateReader = (data: Uint8Array): Answer => {
    const keys = bacKeys(mrzKey);
    const sent = challenge && openBac(keys, data);
    const own8 = challenge;
    challenge = null;
    if (!sent || !own8 || !equalBytes(sent.subarray(8, 16), own8)) return only(status.verificationFailed);
    const keyOfCard = Uint8Array.from(randomBytes(16));
    const challengeOfReader = sent.subarray(0, 8);
    startSession(bacSessionKeys(sent.subarray(16), keyOfCard, own8, challengeOfReader));
    return { data: sealBac(keys, concat(own8, challengeOfReader, keyOfCard)), status: status.ok };
  };

  const generalAuthenticate = (data: Uint8Array, isProtected: boolean): Answer => {
    if (isProtected && chipAuthentication) {
      chipAuthentication = false;
      const key = findTlv(findTlv(data, 0x7c) ?? new Uint8Array(0), 0x80);
      return agreeOnKeys(key) ?? { data: encodeTlv(0x7c), status: status.ok };
    }
    if (!pace) return only(status.conditionsNotSatisfied);
    const answer = pace.step(data);
    const keys = pace.keys();
    if (keys) startSession(keys);
    if (keys || answer.status !== status.ok) pace = null;
    return answer;
  };

  /** Chip authentication (9303-11, 6.2): from the next command on, keys that only the issued chip can know. */
  const agreeOnKeys = (otherPublicKey: Uint8Array | undefined): Answer | null => {
    const { chipKey } = content;
    if (!chipKey || !otherPublicKey) return only(status.wrongData);
    const secret = ecGroup(chipKey.curve).sharedSecret(chipKey.privateKey, otherPublicKey);
    if (!secret.ok) return only(status.wrongData);
    const suite = cipherSuite(chipKey.cipher);
    startSession({
      suite,
      encryption: suite.deriveKey(secret.value, 1),
      mac: suite.deriveKey(secret.value, 2),
    });
    return null;
  };

  return {
    atr: fromHex('3b8180018080'),
    powerOn,
    commands: () => count,
    failAt: (index, kind) => {
      fault = { at: count + index, kind };
    },
    answer: (command) => {
      const kind = fault?.at === count ? fault.kind : null;
      count += 1;
      if (kind === null) {
        last = respond(command);
        return last;
      }
      fault = null;
      return spoil(kind, last, () => respond(command), powerOn);
    },
  };
}

function spoil(
  kind: ChipFault,
  before: Uint8Array,
  respond: () => Uint8Array,
  powerOn: () => void,
): Uint8Array | 'gone' {
  switch (kind) {
    case 'gone':
      powerOn();
      return 'gone';
    case 'no-answer':
      return new Uint8Array(0);
    case 'short-answer':
      return Uint8Array.of(0x90);
    case 'replayed':
      respond();
      return before;
    case '6982':
      return encodeResponse(only(status.securityNotSatisfied));
    case '6d00':
      return encodeResponse(only(status.unknownInstruction));
    case 'wrong-mac': {
      const answer = respond().slice();
      if (answer.length > 2) answer[answer.length - 3]! ^= 1;
      return answer;
    }
  }
}
