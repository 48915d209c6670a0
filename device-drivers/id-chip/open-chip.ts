import { err, ok, type Result } from '@motcua/core';
import { type BacError, performBac } from './bac/bac.ts';
import { type MrzKey, mrzInformation } from './bac/bac-keys.ts';
import { fromHex, type RandomBytes } from './bytes.ts';
import type { CardSession, SessionError } from './card-session.ts';
import { fileIds, LDS_APPLICATION } from './files/lds-files.ts';
import { type PaceError, performPace } from './pace/pace.ts';
import type { PacePassword } from './pace/pace-keys.ts';
import { type PaceSuite, paceSuite } from './pace/pace-suite.ts';
import { type PartialFile, readFile } from './read-file.ts';
import { createReadLength, createReadLengthMemory, FIRST_SHORT } from './read-length.ts';
import { parseSecurityInfos, smallInteger } from './security-infos.ts';

/** What the citizen's card is opened with. */
export type ChipKey =
  /** The last six digits of the number: the QR has them. */
  | { readonly kind: 'can'; readonly can: string }
  /** Of the zone on the back, or typed. */
  | { readonly kind: 'mrz'; readonly mrz: MrzKey };

/** How the chip was opened. */
export type ChipAccess =
  | { readonly protocol: 'pace'; readonly password: 'can' | 'mrz'; readonly suite: PaceSuite }
  | { readonly protocol: 'bac' };

export type OpenError =
  | PaceError
  | BacError
  /** The chip offers nothing that the given key opens. */
  | { readonly code: 'no-common-protocol' }
  /** No application of ICAO 9303 on this card. */
  | { readonly code: 'not-an-identity-chip'; readonly status: number };

/** What several citizen cards have in EF.CardAccess: ECDH, generic mapping, AES-128, brainpoolP256r1; CA and TA. */
const CARD_ACCESS_OF_CITIZEN_CARDS = fromHex(
  '3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d',
);

/**
 * Opens the chip right after a reset: PACE when it offers that, else, and only with the data of the MRZ, BAC. A PACE
 * that was begun and failed is an error, whatever else the card offers.
 */
export async function openChip(
  session: CardSession,
  key: ChipKey,
  random: RandomBytes,
): Promise<Result<ChipAccess, OpenError>> {
  const read = await readCardAccess(session);
  if (!read.ok) return read;
  const offered = paceSuites(read.value ?? CARD_ACCESS_OF_CITIZEN_CARDS);
  // A card without a readable EF.CardAccess may be one of those that do PACE all the same; with the MRZ, BAC is sure.
  const suite = read.value || key.kind === 'can' ? offered[0] : undefined;
  if (suite) {
    const password: PacePassword =
      key.kind === 'can' ? key : { kind: 'mrz', information: mrzInformation(key.mrz) };
    const done = await performPace(session, suite, password, random);
    // Refused at the door by a card that had not offered it: there is no PACE on this one.
    if (!done.ok && !read.value && done.error.code === 'pace-failed' && done.error.step === 0)
      return err({ code: 'no-common-protocol' });
    if (!done.ok) return done;
    const selected = await selectApplication(session);
    return selected.ok ? ok({ protocol: 'pace', password: key.kind, suite }) : selected;
  }
  if (key.kind === 'can') return err({ code: 'no-common-protocol' });
  const selected = await selectApplication(session);
  if (!selected.ok) return selected;
  const done = await performBac(session, mrzInformation(key.mrz), random);
  return done.ok ? ok({ protocol: 'bac' }) : done;
}

/**
 * EF.CardAccess, or undefined where it cannot be had. Before anything is selected: citizen cards answer 6D00 to
 * SELECT MF, and others need it.
 */
async function readCardAccess(session: CardSession): Promise<Result<Uint8Array | undefined, SessionError>> {
  const read = () => {
    const file: PartialFile = { id: fileIds.CardAccess, tag: 0x31, maxLength: 1024, received: 0 };
    return readFile(session, file, createReadLength(createReadLengthMemory(), '', FIRST_SHORT));
  };
  let result = await read();
  if (!result.ok && result.error.code === 'file-refused') {
    const masterFile = { cla: 0, ins: 0xa4, p1: 0, p2: 0x0c, data: Uint8Array.of(0x3f, 0x00) };
    const moved = await session.send(masterFile);
    if (!moved.ok) return moved;
    if (moved.value.status === 0x9000) result = await read();
  }
  if (result.ok) return result;
  switch (result.error.code) {
    case 'file-refused':
    case 'file-too-large':
    case 'file-malformed':
      return ok(undefined);
    default:
      return err(result.error);
  }
}

/** What of a file of SecurityInfos can be done here, as PACEInfo entries name it. */
export function paceSuites(securityInfos: Uint8Array): readonly PaceSuite[] {
  const infos = parseSecurityInfos(securityInfos);
  if (!infos.ok) return [];
  return infos.value.flatMap(({ oid, optional }) => {
    const suite = paceSuite(oid, smallInteger(optional) ?? -1);
    return suite ? [suite] : [];
  });
}

async function selectApplication(session: CardSession): Promise<Result<void, OpenError>> {
  const answer = await session.send({ cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: LDS_APPLICATION });
  if (!answer.ok) return answer;
  const { status } = answer.value;
  return status === 0x9000 ? ok(undefined) : err({ code: 'not-an-identity-chip', status });
}
