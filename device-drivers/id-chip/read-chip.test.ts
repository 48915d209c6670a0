// Over 400 lines on purpose: one story, a chip read through every mishap, told with one set of cards.
import { randomBytes } from 'node:crypto';
import { err, ok, unwrap } from '@motcua/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  alterDg1,
  type ChipContent,
  claimHugeLength,
  cloneChip,
  drawPortrait,
  issueChip,
  jpeg2000Portrait,
  type Portrait,
  wrongTag,
} from '../simulators/chip/chip-files.ts';
import { createInProcessReader } from '../simulators/chip/chip-in-process.ts';
import { makeActiveAuthenticationKey, makeChipAuthenticationKey } from '../simulators/chip/chip-keys.ts';
import { mrzOf, sampleChipPerson } from '../simulators/chip/data-groups.ts';
import { type ChipFault, createSimulatedChip } from '../simulators/chip/simulated-chip.ts';
import { createTestAuthority } from '../simulators/chip/test-authority.ts';
import type { CardChannel } from './card-channel.ts';
import type { ChipReading } from './chip-reading.ts';
import { fileIds } from './files/lds-files.ts';
import type { ChipKey } from './open-chip.ts';
import { parseCertificate } from './passive-authentication/certificate.ts';
import type { TrustStore } from './passive-authentication/trust-store.ts';
import { showPhoto } from './photo/show-photo.ts';
import { type ChipProgress, type ReadChipRequest, readChip } from './read-chip.ts';
import { createReadLengthMemory, type ReadLengthMemory } from './read-length.ts';
import { encodeTlv } from './tlv.ts';

const authority = createTestAuthority();
const trust: TrustStore = { certificates: [unwrap(parseCertificate(authority.cscaCertificate))] };
const person = sampleChipPerson;
const can: ChipKey = { kind: 'can', can: person.number.slice(-6) };
const zone = mrzOf(person);
const mrz: ChipKey = {
  kind: 'mrz',
  mrz: {
    documentNumber: zone[0].slice(5, 14),
    birthDate: zone[1].slice(0, 6),
    expiryDate: zone[1].slice(8, 14),
  },
};

let portrait: Portrait;
let card: ChipContent;
beforeAll(async () => {
  portrait = await drawPortrait(4_000);
  card = issueChip({ person, authority, portrait });
});

type Habits = Parameters<typeof createSimulatedChip>[1];

function layCard(content: ChipContent, habits: Habits = {}) {
  const chip = createSimulatedChip(content, habits);
  const reader = createInProcessReader();
  reader.lay(chip);
  // A hand that puts the card back at once.
  reader.onLeft(() => queueMicrotask(() => reader.lay(chip)));
  const read = (request: Partial<ReadChipRequest> = {}, lengths?: ReadLengthMemory) =>
    readChip(
      reader.channel,
      { key: can, trust, ...request },
      { random: randomBytes, now: () => new Date(), waitMs: 100, ...(lengths && { lengths }) },
    );
  return { chip, reader, read };
}

const verdictOf = async (content: ChipContent, request: Partial<ReadChipRequest> = {}) => {
  const result = await layCard(content).read(request);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.verdict;
};

function read(result: Awaited<ReturnType<typeof readChip>>): ChipReading {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe('a citizen card', () => {
  it('is read by the digits of its QR and proved', async () => {
    const reading = read(await layCard(card).read());
    expect(reading).toMatchObject({
      access: { protocol: 'pace', password: 'can', suite: { cipher: 'aes-128', parameterId: 13 } },
      downgraded: false,
      mrz: { personNumber: person.number, birthDate: person.birthDate },
      holder: { number: person.number, name: person.name, father: person.father, mother: person.mother },
      photo: { format: 'jpeg' },
      verdict: { verdict: 'genuine', by: 'chip-authentication' },
    });
    expect(reading.photo?.bytes).toEqual(Uint8Array.from(portrait.picture));
  });

  it('shows the person before the photo', async () => {
    const seen: ChipProgress[] = [];
    await layCard(card).read({ onProgress: (progress) => seen.push(progress) });
    const files = seen.flatMap((each) => (each.step === 'reading' ? [each.file] : []));
    expect([...new Set(files)]).toEqual(['DG1', 'DG13', 'SOD', 'COM', 'DG14', 'DG2']);
    expect(seen.at(-1)).toEqual({ step: 'proving' });
  });

  it('is opened by BAC with its zone when it offers no PACE, and by PACE when it does', async () => {
    const old = issueChip({ person, authority, portrait, pace: [] });
    expect(read(await layCard(old).read({ key: mrz }))).toMatchObject({
      access: { protocol: 'bac' },
      verdict: { verdict: 'genuine' },
    });
    expect(read(await layCard(card).read({ key: mrz })).access).toMatchObject({
      protocol: 'pace',
      password: 'mrz',
    });
  });

  it('is read with a photo in JPEG 2000 and the other layout of DG13', async () => {
    const other = issueChip({ person, authority, portrait: jpeg2000Portrait(), dg13: 'together' });
    const reading = read(await layCard(other).read());
    expect(reading).toMatchObject({
      holder: { father: person.father, mother: person.mother },
      verdict: { verdict: 'genuine' },
    });
    expect(await showPhoto(reading.photo!)).toMatchObject({ value: { width: 240, height: 320 } });
  });

  it('is read without the photo when nobody needs it', async () => {
    const reading = read(await layCard(card).read({ photo: false }));
    expect(reading.photo).toBeNull();
    expect(reading.verdict.verdict).toBe('genuine');
  });

  it.each([
    ['3des', 12],
    ['aes-192', 16],
    ['aes-256', 17],
    ['aes-128', 10],
    ['aes-256', 18],
  ] as const)('is opened by PACE with %s on curve %i', async (cipher, parameterId) => {
    const other = issueChip({ person, authority, portrait, pace: [{ cipher, parameterId }] });
    expect(await verdictOf(other)).toMatchObject({ verdict: 'genuine' });
  });
});

describe('a wrong key', () => {
  it('is told from a lost card, and nothing weaker is tried after it', async () => {
    const { read, chip } = layCard(card);
    expect(await read({ key: { kind: 'can', can: '000000' } })).toEqual({
      ok: false,
      error: { code: 'wrong-password' },
    });
    // EF.CardAccess, MSE and the four steps, once.
    expect(chip.commands()).toBeLessThan(9);
    const wrongMrz: ChipKey = { kind: 'mrz', mrz: { ...mrz.mrz, birthDate: '700101' } };
    expect(await read({ key: wrongMrz })).toMatchObject({ error: { code: 'wrong-password' } });
    const old = issueChip({ person, authority, portrait, pace: [] });
    expect(await layCard(old).read({ key: wrongMrz })).toMatchObject({ error: { code: 'wrong-password' } });
  });

  it('is not what a PACE that breaks off is, and BAC is not tried after it', async () => {
    const reader = createInProcessReader();
    reader.lay(createSimulatedChip(card));
    const sent: number[] = [];
    const { channel } = reader;
    const broken: CardChannel = {
      reader: channel.reader,
      atr: channel.atr,
      reset: (options) => channel.reset(options),
      transmit: async (command) => {
        sent.push(command[1]!);
        return command[1] === 0x86 ? ok(Uint8Array.of(0x69, 0x85)) : channel.transmit(command);
      },
    };
    const result = await readChip(
      broken,
      { key: mrz, trust },
      { random: randomBytes, now: () => new Date(), waitMs: 100 },
    );
    expect(result).toEqual({ ok: false, error: { code: 'pace-failed', step: 1, status: 0x6985 } });
    // GET CHALLENGE and EXTERNAL AUTHENTICATE.
    expect(sent).not.toContain(0x84);
    expect(sent).not.toContain(0x82);
  });

  it('with no card at all is a lost card', async () => {
    const { read, reader } = layCard(card);
    reader.onLeft(() => {});
    const empty = createInProcessReader();
    const result = await readChip(
      empty.channel,
      { key: can, trust },
      { random: randomBytes, now: () => new Date(), waitMs: 5 },
    );
    expect(result).toEqual({ ok: false, error: { code: 'card-removed' } });
    expect((await read()).ok).toBe(true);
  });

  it('a CAN is of no use to a card without PACE', async () => {
    const old = issueChip({ person, authority, portrait, pace: [] });
    const result = await layCard(old).read();
    // Its EF.CardAccess is missing: PACE is tried as on the cards that hide it, and BAC needs the zone.
    expect(result).toEqual({ ok: false, error: { code: 'no-common-protocol' } });
  });
});

describe('one mishap at any command', () => {
  /** EF.CardAccess is selected and read, MSE:Set AT, then the first step of PACE. */
  const NONCE = 3;
  const faults: readonly ChipFault[] = [
    'gone',
    'no-answer',
    'short-answer',
    'wrong-mac',
    'replayed',
    '6982',
    '6d00',
  ];
  it.each(faults)('%s: the reading still ends with the right verdict', { timeout: 60_000 }, async (fault) => {
    // On the quickest curve: this is about what comes after what. Short reads, so that files are lost in the middle.
    const quick = issueChip({
      person,
      authority,
      portrait,
      pace: [{ cipher: 'aes-128', parameterId: 12 }],
      chipKey: makeChipAuthenticationKey('aes-128', 'prime256v1'),
    });
    const habits = { extendedLength: fault !== 'gone' };
    const whole = layCard(quick, habits);
    await whole.read();
    const ends: string[] = [];
    for (let at = 0; at < whole.chip.commands(); at += 1) {
      const { chip, read } = layCard(quick, habits);
      chip.failAt(at, fault);
      const result = await read();
      ends.push(result.ok ? result.value.verdict.verdict : `${at}: ${JSON.stringify(result.error)}`);
      if (result.ok) expect(result.value.photo?.bytes).toHaveLength(portrait.picture.length);
    }
    // Another nonce than the chip's own makes another key: that is what a wrong CAN looks like.
    const nonce = fault === 'wrong-mac' ? [`${NONCE}: {"code":"wrong-password"}`] : [];
    expect(new Set(ends)).toEqual(new Set(['genuine', ...nonce]));
  });

  it('goes on where it stood: what was read is not read again', async () => {
    const { chip, reader, read } = layCard(card, { maxRead: 200 });
    const whole = await (async () => {
      await read();
      return reader.traffic().bytes;
    })();
    chip.failAt(45, 'gone');
    const reading = unwrap((await read()) as never) as ChipReading;
    expect(reading.traffic.losses).toBeGreaterThan(0);
    const again = reader.traffic().bytes - whole;
    // Opening and DG1 once more, nothing else.
    expect(again - whole).toBeLessThan(2_500);
  });

  it('a card that never stays ends in an error', async () => {
    const { chip, reader, read } = layCard(card);
    reader.onLeft(() => chip.failAt(3, 'gone'));
    chip.failAt(3, 'gone');
    const result = await read();
    expect(result).toEqual({ ok: false, error: { code: 'card-removed' } });
  });

  it('another card put back in its place is found out, wherever that happens', async () => {
    // The same last six digits: the key of one opens the other.
    const twin = { ...person, number: '079299001234' };
    const other = createSimulatedChip(issueChip({ person: twin, authority, portrait }));
    const told = new Set<string>();
    for (let at = 2; at < 40; at += 3) {
      const first = createSimulatedChip(card, { extendedLength: false });
      const reader = createInProcessReader();
      reader.lay(first);
      reader.onLeft(() => queueMicrotask(() => reader.lay(other)));
      first.failAt(at, 'gone');
      const result = await readChip(
        reader.channel,
        { key: can, trust },
        { random: randomBytes, now: () => new Date(), waitMs: 100 },
      );
      told.add(result.ok ? 'read' : result.error.code);
      // Before anything was read of the first it is simply the other's reading, all of it.
      if (result.ok) expect(result.value.mrz?.personNumber).toBe(twin.number);
    }
    expect(told).toEqual(new Set(['read', 'card-swapped']));
  });

  it('ends at once when the visit is cancelled', async () => {
    const cancelled = new AbortController();
    const { read } = layCard(card);
    const result = await read({
      signal: cancelled.signal,
      onProgress: ({ step }) => step === 'reading' && cancelled.abort(),
    });
    expect(result).toEqual({ ok: false, error: { code: 'cancelled' } });
  });
});

describe('the length of a read', () => {
  it.each([
    ['no extended length', { extendedLength: false }],
    ['at most 200 bytes, refused', { maxRead: 200 }],
    ['at most 130 bytes and no extended length', { maxRead: 130, extendedLength: false }],
    ['at most 100 bytes, cut', { maxRead: 100, whenTooLong: 'cut' }],
    ['a master file and no BAC', { selectMasterFile: 'ok', bac: false }],
  ] as const)('fits a card of %s, and is found once', async (_, habits) => {
    const lengths = createReadLengthMemory();
    const { chip, read } = layCard(card, habits);
    const first = read(undefined, lengths);
    expect((await first).ok).toBe(true);
    const used = chip.commands();
    expect((await read(undefined, lengths)).ok).toBe(true);
    expect(chip.commands() - used).toBeLessThanOrEqual(used);
    expect(await read(undefined, lengths)).toMatchObject({ value: { traffic: { losses: 0 } } });
  });
});

describe('a card that leaves the field when it is asked for much', () => {
  it('is asked for less, and other cards of its kind are not', async () => {
    const reader = createInProcessReader();
    reader.lay(createSimulatedChip(card));
    const { channel } = reader;
    const lengths = createReadLengthMemory();
    const weak: CardChannel = {
      reader: channel.reader,
      get atr() {
        return channel.atr;
      },
      reset: (options) => channel.reset(options),
      // READ BINARY in the extended form.
      transmit: async (command) =>
        command[1] === 0xb0 && command[4] === 0 && command.length > 5
          ? err({ code: 'card-removed' })
          : channel.transmit(command),
    };
    const dependencies = { random: randomBytes, now: () => new Date(), waitMs: 100, lengths };
    const reading = read(await readChip(weak, { key: can, trust }, dependencies));
    expect(reading.traffic.losses).toBeLessThan(4);
    expect(reading.verdict.verdict).toBe('genuine');
    const strong = read(await readChip(channel, { key: can, trust }, dependencies));
    expect(strong.traffic.commands).toBe(read(await layCard(card).read()).traffic.commands);
  });
});

describe('the verdict', () => {
  it('on data that were written over is "altered"', async () => {
    const other = { ...person, name: 'Nguyễn Văn Em' };
    expect(await verdictOf(alterDg1(card, other))).toEqual({
      verdict: 'altered',
      reason: 'hash',
      dataGroup: 1,
    });
  });

  it('on a chip of an authority that nobody knows is "issuer not trusted", also when it borrows the name', async () => {
    for (const name of ['Somebody else', 'Test CSCA']) {
      const foreign = createTestAuthority({ name });
      const chip = issueChip({ person, authority: foreign, portrait });
      expect(await verdictOf(chip)).toEqual({ verdict: 'issuer-not-trusted', reason: 'issuer-unknown' });
    }
    expect(await verdictOf(card, { trust: { certificates: [] } })).toMatchObject({
      verdict: 'issuer-not-trusted',
    });
  });

  it('on a copy is "cloned", whichever key it should have had', async () => {
    expect(await verdictOf(cloneChip(card, null))).toEqual({ verdict: 'cloned', reason: 'wrong-key' });
    const activeKey = makeActiveAuthenticationKey('ecdsa-sha256');
    const active = issueChip({ person, authority, portrait, chipKey: null, activeKey });
    expect(await verdictOf(active)).toEqual({ verdict: 'genuine', by: 'active-authentication' });
    const copy = cloneChip(active, makeActiveAuthenticationKey('ecdsa-sha256'));
    expect(await verdictOf(copy)).toEqual({ verdict: 'cloned', reason: 'wrong-key' });
    expect(await verdictOf(cloneChip(active, null))).toEqual({ verdict: 'cloned', reason: 'refused' });
    // A copy of a card whose issuer is not known is a copy all the same.
    expect(await verdictOf(cloneChip(card, null), { trust: { certificates: [] } })).toMatchObject({
      verdict: 'cloned',
    });
  });

  it.each(['rsa-sha1', 'rsa-sha256'] as const)('on a chip with an %s key is "genuine"', async (kind) => {
    const activeKey = makeActiveAuthenticationKey(kind);
    const chip = issueChip({ person, authority, portrait, chipKey: null, activeKey });
    expect(await verdictOf(chip)).toEqual({ verdict: 'genuine', by: 'active-authentication' });
  });

  it.each(['3des', 'aes-256'] as const)('on a chip that proves itself by %s is "genuine"', async (cipher) => {
    const chipKey = makeChipAuthenticationKey(cipher, 'secp384r1');
    expect(await verdictOf(issueChip({ person, authority, portrait, chipKey }))).toMatchObject({
      verdict: 'genuine',
    });
  });

  it('on a chip without a key is "cannot tell"', async () => {
    const plain = issueChip({ person, authority, portrait, chipKey: null });
    expect(await verdictOf(plain)).toEqual({ verdict: 'cannot-tell', reason: 'chip-without-key' });
  });

  it('on a chip that hides its key or its list is not "genuine"', async () => {
    const without = (file: number): ChipContent => ({
      ...card,
      files: new Map([...card.files].filter(([each]) => each !== file)),
    });
    expect(await verdictOf(without(fileIds.DG14))).toEqual({
      verdict: 'altered',
      reason: 'signed-file-missing',
      dataGroup: 14,
    });
    expect(await verdictOf(without(fileIds.SOD))).toEqual({ verdict: 'cannot-tell', reason: 'sod-missing' });
  });

  it.each([
    'ecdsa-sha384',
    'rsa-sha256',
    'rsa-pss-sha256',
  ] as const)('follows a signature by %s', async (signature) => {
    const other = createTestAuthority({ signature });
    const trusted = { certificates: [unwrap(parseCertificate(other.cscaCertificate))] };
    const chip = issueChip({ person, authority: other, portrait });
    expect(await verdictOf(chip, { trust: trusted })).toMatchObject({ verdict: 'genuine' });
  });
});

describe('a chip at the edge', () => {
  it('gives a photo beyond the offsets of the plain command', async () => {
    const picture = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(70_000)]);
    const large = issueChip({ person, authority, portrait: { ...portrait, picture } });
    for (const habits of [{}, { extendedLength: false }]) {
      const reading = read(await layCard(large, habits).read());
      expect(Buffer.compare(reading.photo!.bytes, picture)).toBe(0);
      expect(reading.verdict.verdict).toBe('genuine');
    }
  });

  it('that goes silent when it should prove itself is read, and "cannot tell"', async () => {
    const reader = createInProcessReader();
    reader.lay(createSimulatedChip(card));
    const { channel } = reader;
    let proving = false;
    const silent: CardChannel = {
      reader: channel.reader,
      atr: channel.atr,
      reset: (options) => channel.reset(options),
      transmit: async (command) =>
        // MSE:Set AT under secure messaging.
        command[0] === 0x0c && command[1] === 0x22 ? err({ code: 'card-mute' }) : channel.transmit(command),
    };
    const result = await readChip(
      silent,
      { key: can, trust, onProgress: ({ step }) => (proving ||= step === 'proving') },
      { random: randomBytes, now: () => new Date(), waitMs: 100 },
    );
    expect(proving).toBe(true);
    expect(read(result)).toMatchObject({
      holder: { number: person.number },
      verdict: { verdict: 'cannot-tell', reason: 'chip-proof-not-possible' },
    });
  });
});

describe('a hostile chip', () => {
  it('that claims files of four gigabytes gives what else it has', async () => {
    const huge = read(await layCard(claimHugeLength(card, fileIds.DG2)).read());
    expect(huge.photo).toBeNull();
    expect(huge.refused.get('DG2')).toBe('file-too-large');
    expect(huge.verdict).toMatchObject({ verdict: 'altered', dataGroup: 2 });
    expect(await layCard(claimHugeLength(card, fileIds.DG1)).read()).toMatchObject({
      error: { code: 'file-unreadable', file: 'DG1' },
    });
  });

  it('that gives one file for another is not believed', async () => {
    const reading = read(await layCard(wrongTag(card, fileIds.DG13)).read());
    expect(reading.holder).toBeNull();
    expect(reading.verdict.verdict).toBe('altered');
  });

  it('that hands out a file in crumbs is given up', async () => {
    const crumbs = new Map([...card.files, [fileIds.DG2, encodeTlv(0x75, new Uint8Array(60_000))] as const]);
    const { read } = layCard({ ...card, files: crumbs }, { maxRead: 8, whenTooLong: 'cut' });
    expect(await read()).toEqual({ ok: false, error: { code: 'chip-endless' } });
  });
});
