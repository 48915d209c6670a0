import type { Mrz } from '@motcua/core';
import type { Traffic } from './card-session.ts';
import { securityInfosOf } from './chip-proof.ts';
import { parseDg1 } from './files/dg1.ts';
import { type FaceImage, parseDg2 } from './files/dg2.ts';
import { type HolderDetails, parseDg13 } from './files/dg13.ts';
import type { LdsFile } from './files/lds-files.ts';
import type { ChipAccess } from './open-chip.ts';
import { paceSuite } from './pace/pace-suite.ts';
import {
  authenticatePassively,
  type PassiveAuthentication,
} from './passive-authentication/passive-authentication.ts';
import type { TrustStore } from './passive-authentication/trust-store.ts';
import type { ReadFileError } from './read-file.ts';
import { smallInteger } from './security-infos.ts';
import { type ChipProof, type ChipVerdict, judge } from './verdict.ts';

/** What a chip held, and what that proves. */
export interface ChipReading {
  readonly access: ChipAccess;
  /** Opened by BAC although DG14 names PACE: somebody may have hidden EF.CardAccess to weaken the channel. */
  readonly downgraded: boolean;
  /** Null when DG1 is no zone of an identity card, or its check digits do not hold. */
  readonly mrz: Mrz | null;
  /** Null when the chip has no DG13, or one that cannot be read. */
  readonly holder: HolderDetails | null;
  readonly photo: FaceImage | null;
  readonly verdict: ChipVerdict;
  /** What the verdict rests on. */
  readonly passive: PassiveAuthentication;
  readonly proof: ChipProof;
  readonly files: ReadonlyMap<LdsFile, Uint8Array>;
  readonly refused: ReadonlyMap<LdsFile, ReadFileError['code']>;
  readonly traffic: Traffic & { readonly losses: number };
}

export interface ChipContent {
  readonly access: ChipAccess;
  readonly files: ReadonlyMap<LdsFile, Uint8Array>;
  readonly refused: ReadonlyMap<LdsFile, ReadFileError['code']>;
  readonly proof: ChipProof;
  readonly trust: TrustStore;
  readonly now: Date;
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly traffic: ChipReading['traffic'];
}

const dataGroupNumbers: Readonly<Partial<Record<LdsFile, number>>> = {
  DG1: 1,
  DG2: 2,
  DG13: 13,
  DG14: 14,
  DG15: 15,
};

/** Parses the files and judges them. A file that cannot be parsed is null; its hash is checked all the same. */
export function describeChip(content: ChipContent): ChipReading {
  const { files, refused, now } = content;
  const [one, two, thirteen] = [files.get('DG1'), files.get('DG2'), files.get('DG13')];
  const mrz = one ? parseDg1(one, content.today) : undefined;
  const holder = thirteen ? parseDg13(thirteen) : undefined;
  const photo = two ? parseDg2(two) : undefined;
  const issueDate = holder?.ok ? holder.value.issueDate : null;
  const passive = authenticatePassively({
    sod: files.get('SOD'),
    dataGroups: numbered(files),
    refused: [...refused].flatMap(([file, code]) =>
      isHidden(file, code) ? [dataGroupNumbers[file] ?? 0] : [],
    ),
    store: content.trust,
    issuedAt: issueDate ? new Date(`${issueDate}T12:00:00+07:00`) : null,
    now,
    country: mrz?.ok ? alpha2[mrz.value.issuer] : undefined,
  });
  return {
    access: content.access,
    downgraded:
      content.access.protocol === 'bac' &&
      securityInfosOf(files.get('DG14')).some(
        ({ oid, optional }) => paceSuite(oid, smallInteger(optional) ?? -1) !== undefined,
      ),
    mrz: mrz?.ok ? mrz.value : null,
    holder: holder?.ok ? holder.value : null,
    photo: photo?.ok ? photo.value : null,
    verdict: judge(passive, content.proof),
    passive,
    proof: content.proof,
    files,
    refused,
    traffic: content.traffic,
  };
}

function numbered(files: ReadonlyMap<LdsFile, Uint8Array>): ReadonlyMap<number, Uint8Array> {
  const entries = [...files].flatMap(([file, bytes]) => {
    const number = dataGroupNumbers[file];
    return number === undefined ? [] : [[number, bytes] as const];
  });
  return new Map(entries);
}

/**
 * Whether the absence of a signed file says something: the files with the chip's keys are open on every chip, and a
 * file that is there but no data object is not what was signed. Other files may be closed to a kiosk.
 */
const isHidden = (file: LdsFile, code: ReadFileError['code']) =>
  file === 'DG14' || file === 'DG15' || code === 'file-malformed' || code === 'file-too-large';

/** Certificates name countries by two letters, the zone by three. Others are not compared. */
const alpha2: Readonly<Record<string, string>> = { VNM: 'VN' };
