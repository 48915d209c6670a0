import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ChipKey,
  type ChipProgress,
  crossCheck,
  emptyTrustStore,
  loadTrustFolder,
  type ReadChipError,
  readChip,
  showPhoto,
  type TrustStore,
} from '../../id-chip/index.ts';
import {
  alterDg1,
  claimHugeLength,
  cloneChip,
  drawPortrait,
  jpeg2000Portrait,
  type Portrait,
  wrongTag,
} from './chip-files.ts';
import { createInProcessReader } from './chip-in-process.ts';
import { makeActiveAuthenticationKey, makeChipAuthenticationKey } from './chip-keys.ts';
import { canOf, mrzOf, sampleChipPerson } from './data-groups.ts';
import { sampleChip } from './sample-chip.ts';
import {
  type ChipFault,
  type ChipHabits,
  createSimulatedChip,
  type SimulatedChip,
} from './simulated-chip.ts';
import { createTestAuthority, type SignatureKind } from './test-authority.ts';

const authority = createTestAuthority();
let portrait: Portrait;
let folder: string;
let trust: TrustStore;

beforeAll(async () => {
  portrait = await drawPortrait();
  folder = await mkdtemp(join(tmpdir(), 'motcua-trust-'));
  await writeFile(join(folder, 'csca.der'), authority.cscaCertificate);
  trust = await loaded(folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function loaded(from: string): Promise<TrustStore> {
  const result = await loadTrustFolder(from);
  if (!result.ok) throw new Error(result.error.code);
  return result.value.store;
}

const byCan: ChipKey = { kind: 'can', can: canOf(sampleChipPerson) };
const zone = mrzOf(sampleChipPerson);
const byMrz: ChipKey = {
  kind: 'mrz',
  mrz: {
    documentNumber: zone[0].slice(5, 14),
    birthDate: zone[1].slice(0, 6),
    expiryDate: zone[1].slice(8, 14),
  },
};
const issue = (options: Parameters<typeof sampleChip>[0] = {}) =>
  sampleChip({ authority, portrait, ...options });

/** Reads a chip that lies there; `backAfterMs`: it is put back whenever it has left. */
function read(
  chip: SimulatedChip,
  options: {
    readonly key?: ChipKey;
    readonly trust?: TrustStore;
    readonly backAgain?: SimulatedChip;
    readonly photo?: boolean;
    readonly onProgress?: (progress: ChipProgress) => void;
  } = {},
) {
  const reader = createInProcessReader();
  const { backAgain } = options;
  if (backAgain) reader.onLeft(() => void setImmediate(() => reader.lay(backAgain)));
  reader.lay(chip);
  return readChip(
    reader.channel,
    {
      key: options.key ?? byCan,
      trust: options.trust ?? trust,
      photo: options.photo ?? true,
      ...(options.onProgress && { onProgress: options.onProgress }),
    },
    {
      random: (length) => Uint8Array.from(randomBytes(length)),
      now: () => new Date(),
      waitMs: backAgain ? 5_000 : 0,
    },
  );
}

async function readWell(chip: SimulatedChip, options: Parameters<typeof read>[1] = {}) {
  const result = await read(chip, options);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

async function failure(
  chip: SimulatedChip,
  options: Parameters<typeof read>[1] = {},
): Promise<ReadChipError['code'] | null> {
  const result = await read(chip, options);
  return result.ok ? null : result.error.code;
}

describe('a simulated chip', () => {
  it('is read with PACE, and everything on it fits together', async () => {
    const steps: string[] = [];
    const reading = await readWell(createSimulatedChip(await issue()), {
      onProgress: (progress) => steps.push(progress.step === 'reading' ? progress.file : progress.step),
    });
    expect(reading.access).toMatchObject({ protocol: 'pace', password: 'can' });
    expect(reading.verdict).toEqual({ verdict: 'genuine', by: 'chip-authentication' });
    expect(reading.mrz?.personNumber).toBe(sampleChipPerson.number);
    expect(reading.holder).toMatchObject({
      name: sampleChipPerson.name,
      father: sampleChipPerson.father,
      mother: sampleChipPerson.mother,
      oldNumber: sampleChipPerson.oldNumber,
    });
    expect(crossCheck({ mrz: reading.mrz, holder: reading.holder })).toEqual([]);
    expect([...new Set(steps)].slice(0, 4)).toEqual(['waiting-for-card', 'opening', 'DG1', 'DG13']);
    const photo = reading.photo && (await showPhoto(reading.photo));
    expect(photo?.ok && photo.value).toMatchObject({ width: 240, height: 320 });
  });

  it('is read with BAC when it offers no PACE, and with PACE by the zone when it does', async () => {
    const reading = await readWell(createSimulatedChip(await issue({ pace: [] })), { key: byMrz });
    expect(reading.access.protocol).toBe('bac');
    expect(reading.verdict.verdict).toBe('genuine');
    const other = await readWell(createSimulatedChip(await issue()), { key: byMrz, photo: false });
    expect(other.access).toMatchObject({ protocol: 'pace', password: 'mrz' });
  });

  it('is read whatever layout, curve, cipher and signature it was made with', async () => {
    const kinds: readonly Parameters<typeof issue>[0][] = [
      { dg13: 'together', portrait: jpeg2000Portrait() },
      {
        pace: [{ cipher: 'aes-256', parameterId: 16 }],
        chipKey: makeChipAuthenticationKey('aes-256', 'secp384r1'),
      },
      { pace: [{ cipher: 'aes-192', parameterId: 12 }], chipKey: makeChipAuthenticationKey('3des') },
      { pace: [{ cipher: '3des', parameterId: 13 }], chipKey: makeChipAuthenticationKey('aes-192') },
    ];
    for (const kind of kinds) {
      const reading = await readWell(createSimulatedChip(await issue(kind)));
      expect(reading.verdict).toEqual({ verdict: 'genuine', by: 'chip-authentication' });
      expect(reading.holder?.mother).toBe(sampleChipPerson.mother);
      const photo = reading.photo && (await showPhoto(reading.photo));
      expect(photo?.ok).toBe(true);
    }
    for (const signature of [
      'ecdsa-sha384',
      'rsa-sha256',
      'rsa-pss-sha256',
    ] as const satisfies SignatureKind[]) {
      const other = createTestAuthority({ signature });
      await writeFile(join(folder, `${signature}.der`), other.cscaCertificate);
      const reading = await readWell(createSimulatedChip(await issue({ authority: other })), {
        trust: await loaded(folder),
        photo: false,
      });
      expect(reading.verdict.verdict).toBe('genuine');
    }
  });

  it.each([
    'rsa-sha1',
    'rsa-sha256',
    'ecdsa-sha256',
  ] as const)('proves itself by active authentication, %s', async (kind) => {
    const activeKey = makeActiveAuthenticationKey(kind);
    const content = await issue({ chipKey: null, activeKey });
    const reading = await readWell(createSimulatedChip(content), { photo: false });
    expect(reading.verdict).toEqual({ verdict: 'genuine', by: 'active-authentication' });
    const copy = cloneChip(content, makeActiveAuthenticationKey(kind));
    expect((await readWell(createSimulatedChip(copy), { photo: false })).verdict.verdict).toBe('cloned');
  });

  it('has one or another limit of length, and is read all the same', async () => {
    const content = await issue();
    const habits: readonly Partial<ChipHabits>[] = [
      { extendedLength: false },
      { extendedLength: false, maxRead: 192 },
      { maxRead: 192, whenTooLong: 'cut' },
      { extendedLength: false, maxRead: 160 },
      { maxRead: 1_024 },
      { selectMasterFile: 'ok', bac: false },
    ];
    for (const habit of habits)
      expect((await readWell(createSimulatedChip(content, habit))).verdict.verdict).toBe('genuine');
  });

  it('gives nothing before it is opened, and fingerprints never', () => {
    const chip = createSimulatedChip({
      person: sampleChipPerson,
      files: new Map([[0x0101, Uint8Array.of(0x61, 0)]]),
      pace: [],
      chipKey: null,
      activeKey: null,
    });
    const ask = (hex: string) =>
      Buffer.from(chip.answer(Buffer.from(hex, 'hex')) as Uint8Array).toString('hex');
    expect(ask('00a4020c020101')).toBe('6a82');
    expect(ask('00a4040c07a0000002471001')).toBe('9000');
    expect(ask('00a4020c020101')).toBe('6982');
    expect(ask('00b0810000')).toBe('6982');
    expect(ask('00b0000000')).toBe('6985');
    expect(ask('00ca000000')).toBe('6d00');
    expect(ask('ff')).toBe('6700');
  });
});

describe('the verdict', () => {
  const impostor = { ...sampleChipPerson, name: 'Lê Thị Đào', sex: 'female' as const };

  it('on a DG1 that was written over is: altered', async () => {
    const chip = createSimulatedChip(alterDg1(await issue(), impostor));
    expect((await readWell(chip)).verdict).toEqual({ verdict: 'altered', reason: 'hash', dataGroup: 1 });
  });

  it('on a foreign signer is: issuer not trusted', async () => {
    const foreign = createTestAuthority();
    const reading = await readWell(createSimulatedChip(await issue({ authority: foreign })));
    expect(reading.verdict).toEqual({ verdict: 'issuer-not-trusted', reason: 'issuer-unknown' });
    const nobody = await readWell(createSimulatedChip(await issue()), { trust: emptyTrustStore });
    expect(nobody.verdict.verdict).toBe('issuer-not-trusted');
  });

  it('on a chip with all the files of another is: cloned', async () => {
    const chip = createSimulatedChip(cloneChip(await issue(), null));
    expect((await readWell(chip)).verdict).toEqual({ verdict: 'cloned', reason: 'wrong-key' });
  });

  it('on a chip without keys is: cannot tell', async () => {
    const chip = createSimulatedChip(await issue({ chipKey: null }));
    expect((await readWell(chip)).verdict).toEqual({ verdict: 'cannot-tell', reason: 'chip-without-key' });
  });
});

describe('a failure', () => {
  it('of the digits is told from a lost card', async () => {
    const chip = createSimulatedChip(await issue());
    expect(await failure(chip, { key: { kind: 'can', can: '000000' } })).toBe('wrong-password');
    chip.failAt(3, 'gone');
    expect(await failure(chip)).toBe('card-removed');
    const other = createSimulatedChip(await issue({ pace: [] }));
    expect(
      await failure(other, {
        key: {
          kind: 'mrz',
          mrz: { ...(byMrz as Extract<ChipKey, { kind: 'mrz' }>).mrz, birthDate: '700101' },
        },
      }),
    ).toBe('wrong-password');
    // Cards whose EF.CardAccess is closed may do PACE all the same: it is tried, and never BAC after it.
    expect(await failure(other)).toBe('pace-failed');
  });

  it('ends bounded on files that claim gigabytes or begin wrongly', async () => {
    const content = await issue();
    expect(await failure(createSimulatedChip(claimHugeLength(content, 0x0101)))).toBe('file-unreadable');
    expect(await failure(createSimulatedChip(wrongTag(content, 0x0101)))).toBe('file-unreadable');
    const photo = await readWell(createSimulatedChip(claimHugeLength(content, 0x0102)));
    expect(photo.photo).toBeNull();
    expect(photo.verdict.verdict).not.toBe('genuine');
  });

  /** Every command in turn, found by reading once; of what does not come from a hand every fourth. */
  it.each([
    'gone',
    'no-answer',
    'short-answer',
    'wrong-mac',
    'replayed',
    '6982',
    '6d00',
  ] as const satisfies ChipFault[])('%s at any command ends in success, or in an error, never in a wrong verdict', {
    timeout: 60_000,
  }, async (fault) => {
    const small = await drawPortrait(2_000);
    const content = await issue({ portrait: small });
    const habits = { extendedLength: false };
    const once = createSimulatedChip(content, habits);
    await readWell(once);
    const outcomes = new Set<string>();
    const step = fault === 'gone' ? 1 : 4;
    for (let at = once.commands() % step; at < once.commands(); at += step) {
      const chip = createSimulatedChip(content, habits);
      chip.failAt(at, fault);
      const result = await read(chip, { backAgain: chip });
      const verdict = result.ok ? result.value.verdict.verdict : result.error.code;
      outcomes.add(verdict);
      if (fault === 'gone') expect(verdict, `gone at ${at}`).toBe('genuine');
      if (result.ok) expect(verdict, `${fault} at ${at}`).not.toMatch(/altered|issuer/);
    }
    expect(outcomes).toContain('genuine');
  });

  it('is another card put back in place of the first: told, not mixed', async () => {
    // The same last six digits: the key of one opens the other.
    const twin = { ...sampleChipPerson, number: '079299001234' };
    const other = createSimulatedChip(await issue({ person: twin }));
    const first = await issue();
    let told = 0;
    for (let at = 0; at < 40; at += 3) {
      const chip = createSimulatedChip(first, { extendedLength: false });
      chip.failAt(at, 'gone');
      const result = await read(chip, { backAgain: other });
      if (!result.ok) expect(result.error.code).toBe('card-swapped');
      // Swapped before anything was read of the first: then it is the other's reading, all of it.
      else expect(result.value.mrz?.personNumber).toBe(twin.number);
      told += Number(!result.ok);
    }
    expect(told).toBeGreaterThan(5);
  });
});
