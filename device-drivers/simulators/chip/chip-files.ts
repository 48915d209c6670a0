import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { fileIds } from '../../id-chip/files/lds-files.ts';
import {
  type ActiveAuthenticationKey,
  buildCardAccess,
  buildDg14,
  buildDg15,
  type ChipAuthenticationKey,
  makeChipAuthenticationKey,
  type PaceOffer,
} from './chip-keys.ts';
import { buildCom, buildDg1, buildDg2, buildDg13, type ChipPerson } from './data-groups.ts';
import type { TestAuthority } from './test-authority.ts';

/** Fingerprints: for the issuer's own readers only. */
export const DG3_FILE = 0x0103;

/** Everything that a card's chip holds, keys included. */
export interface ChipContent {
  readonly person: ChipPerson;
  readonly files: ReadonlyMap<number, Uint8Array>;
  readonly pace: readonly PaceOffer[];
  readonly chipKey: ChipAuthenticationKey | null;
  readonly activeKey: ActiveAuthenticationKey | null;
}

export interface Portrait {
  readonly picture: Uint8Array;
  readonly format: 'jpeg' | 'jpeg2000';
  readonly width: number;
  readonly height: number;
}

/** A drawn face, nobody's: 240 × 320. `bytes`: about so many, by adding noise to the background. */
export async function drawPortrait(bytes = 15_000): Promise<Portrait> {
  const [width, height] = [240, 320];
  const face = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <path d="M30 320c0-70 40-95 90-95s90 25 90 95z" fill="#31507a"/>
    <ellipse cx="120" cy="130" rx="62" ry="82" fill="#e8c4a0"/>
    <path d="M56 120c0-60 30-78 64-78s64 18 64 78c-12-34-30-46-64-46s-52 12-64 46z" fill="#22201f"/>
    <circle cx="97" cy="128" r="6"/><circle cx="143" cy="128" r="6"/>
    <path d="M120 135v28h-9M98 182c14 10 30 10 44 0" fill="none" stroke="#7a5a44" stroke-width="4"/>
  </svg>`);
  const noise = { type: 'gaussian', mean: 205, sigma: 12 } as const;
  const background = await sharp({ create: { width, height, channels: 3, background: '#fff', noise } })
    .png()
    .toBuffer();
  const drawn = await sharp(background)
    .composite([{ input: face }])
    .png()
    .toBuffer();
  let picture: Buffer = Buffer.alloc(0);
  for (let quality = 20; quality <= 100 && picture.length < bytes; quality += 5)
    picture = await sharp(drawn).jpeg({ quality }).toBuffer();
  return { picture, format: 'jpeg', width, height };
}

/** The same face as JPEG 2000, from a file: nothing here can write it. */
export function jpeg2000Portrait(): Portrait {
  const picture = readFileSync(new URL('./fixtures/portrait.jp2', import.meta.url));
  return { picture, format: 'jpeg2000', width: 240, height: 320 };
}

export interface ChipContentOptions {
  readonly person: ChipPerson;
  readonly authority: TestAuthority;
  readonly portrait: Portrait;
  readonly dg13?: 'siblings' | 'together';
  readonly pace?: readonly PaceOffer[];
  /** Absent: one of the usual kind. Null: the chip cannot be told from a copy that way. */
  readonly chipKey?: ChipAuthenticationKey | null;
  readonly activeKey?: ActiveAuthenticationKey | null;
}

/** A chip as its issuer would write it. */
export function issueChip(options: ChipContentOptions): ChipContent {
  const { person, authority, portrait } = options;
  const pace = options.pace ?? [{ cipher: 'aes-128', parameterId: 13 }];
  const chipKey = options.chipKey === undefined ? makeChipAuthenticationKey() : options.chipKey;
  const activeKey = options.activeKey ?? null;
  const groups = new Map<number, Uint8Array>([
    [1, buildDg1(person)],
    [2, buildDg2(portrait.picture, portrait.format, portrait)],
    // Fingerprints: nobody here may read them.
    [3, new Uint8Array(4_000)],
    [13, buildDg13(person, options.dg13 ?? 'siblings')],
    ...(chipKey || activeKey?.kind === 'ecdsa-sha256' ? [[14, buildDg14(chipKey, activeKey)] as const] : []),
    ...(activeKey ? [[15, buildDg15(activeKey)] as const] : []),
  ]);
  const TAGS: Readonly<Record<number, number>> = { 1: 0x61, 2: 0x75, 3: 0x63, 13: 0x6d, 14: 0x6e, 15: 0x6f };
  return {
    person,
    pace,
    chipKey,
    activeKey,
    files: new Map([
      ...(pace.length > 0 ? [[fileIds.CardAccess, buildCardAccess(pace)] as const] : []),
      [fileIds.COM, buildCom([...groups.keys()].map((number) => TAGS[number]!))],
      [fileIds.SOD, authority.signDataGroups(groups)],
      ...[...groups].map(([number, content]) => [0x0100 + number, content] as const),
    ]),
  };
}

const withFile = (chip: ChipContent, file: number, content: Uint8Array): ChipContent => ({
  ...chip,
  files: new Map([...chip.files, [file, content]]),
});

/** Another name written over DG1; the security object is still the old one. */
export const alterDg1 = (chip: ChipContent, other: ChipPerson): ChipContent =>
  withFile(chip, fileIds.DG1, buildDg1(other));

/** Every readable file of `chip` on a chip of one's own: what cannot be read, the keys, differs. */
export const cloneChip = (chip: ChipContent, activeKey: ActiveAuthenticationKey | null): ChipContent => ({
  ...chip,
  chipKey: chip.chipKey && makeChipAuthenticationKey(chip.chipKey.cipher, chip.chipKey.curve),
  activeKey,
});

/** The first file that says of itself to be four gigabytes long. */
export function claimHugeLength(chip: ChipContent, file: number): ChipContent {
  const content = chip.files.get(file) ?? new Uint8Array(0);
  return withFile(
    chip,
    file,
    Uint8Array.of(content[0] ?? 0x61, 0x84, 0xff, 0xff, 0xff, 0xff, ...content.subarray(2)),
  );
}

/** A file that begins with another one's tag. */
export const wrongTag = (chip: ChipContent, file: number): ChipContent =>
  withFile(chip, file, Uint8Array.of(0x7e, ...(chip.files.get(file) ?? new Uint8Array(1)).subarray(1)));
