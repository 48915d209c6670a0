import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import {
  alterDg1,
  type ChipContent,
  canOf,
  cloneChip,
  createSimulatedChip,
  createTestAuthority,
  drawPortrait,
  issueChip,
  mrzOf,
  type Portrait,
  sampleChipPerson as person,
  qrOf,
  type SimulatedChip,
  startVirtualReader,
  type VirtualCardSlot,
  type VirtualReader,
  virtualCardSlot,
  virtualReaderLacks,
} from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chipKeyOf } from './chip-key.ts';

const LONG = 60_000;
const bin = join(import.meta.dirname, 'bin', 'motcua.mjs');
const lacks = virtualReaderLacks();

/** The command as a technician runs it, through the real pcscd and its virtual reader. */
describe.skipIf(lacks !== null)(`motcua read-card${lacks ? ` (${lacks})` : ''}`, () => {
  const authority = createTestAuthority();
  let service: VirtualReader;
  let slot: VirtualCardSlot;
  let folder: string;
  let portrait: Portrait;
  let content: ChipContent;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motcua-read-card-'));
    await writeFile(join(folder, 'csca.der'), authority.cscaCertificate);
    portrait = await drawPortrait();
    content = issueChip({ person, authority, portrait });
    service = await startVirtualReader();
    slot = virtualCardSlot(service.port);
  }, LONG);
  afterAll(async () => {
    slot.takeAway();
    await service.stop();
    await rm(folder, { recursive: true });
  });

  async function readCard(args: readonly string[], input = '') {
    const ran = await exec(process.execPath, [bin, 'read-card', '--wait', '10', ...args], {
      timeoutMs: LONG,
      input,
      env: { ...process.env, PCSCLITE_CSOCK_NAME: service.socket },
    });
    if (!ran.ok && ran.error.code !== 'exec-failed') throw new Error(ran.error.code);
    const { stdout, stderr } = ran.ok
      ? ran.value
      : (ran.error as Extract<typeof ran.error, { code: 'exec-failed' }>);
    const status = ran.ok ? 0 : (ran.error as { exitCode: number }).exitCode;
    return { status, out: stdout.toString(), err: stderr };
  }
  /** One object: what was read of the chip that lies there. */
  async function json(chip: SimulatedChip, args: readonly string[]) {
    slot.lay(chip);
    const { status, out } = await readCard(['--trust', folder, '--json', ...args]);
    return { status, ...(JSON.parse(out) as Record<string, unknown>) };
  }

  it('reads everything with the QR’s digits, in sentences and with the photo', {
    timeout: LONG,
  }, async () => {
    slot.lay(createSimulatedChip(content));
    const photo = join(folder, 'photo.jpg');
    const { status, out, err } = await readCard(
      ['--qr', '-', '--trust', folder, '--photo', photo],
      qrOf(person),
    );
    expect({ status, err }).toMatchObject({ status: 0 });
    expect(out).toContain(person.number);
    expect(out).toContain('Chip được chứng minh là chip gốc');
    expect(err).toContain('Đang đọc DG13');
    expect((await readFile(photo)).subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff));
  });

  it('reads with the zone, by BAC where the card knows no PACE', { timeout: LONG }, async () => {
    const old = issueChip({ person, authority, portrait, pace: [] });
    const result = await json(createSimulatedChip(old, { extendedLength: false }), [
      '--mrz',
      mrzOf(person).join('\n'),
      '--no-photo',
    ]);
    expect(result).toMatchObject({ status: 0, ok: true, access: { protocol: 'bac' } });
  });

  it('goes on when the card is taken away and put back', { timeout: LONG }, async () => {
    const chip = createSimulatedChip(content);
    slot.onLeft(() => setTimeout(() => slot.lay(chip), 600));
    for (const at of [4, 25]) {
      chip.failAt(at, 'gone');
      const result = await json(chip, ['--can', canOf(person), '--no-photo']);
      expect(result, `gone at ${at}`).toMatchObject({ status: 0, verdict: { verdict: 'genuine' } });
    }
  });

  it('says wrong digits, an empty reader and an absent one, each in its words', {
    timeout: LONG,
  }, async () => {
    const wrong = await json(createSimulatedChip(content), ['--can', '000000']);
    expect(wrong).toMatchObject({ status: 1, ok: false, problem: { code: 'chip-wrong-key' } });
    slot.takeAway();
    const empty = await readCard(['--can', canOf(person), '--wait', '1']);
    expect(empty.status).toBe(1);
    expect(empty.err).toContain('The card has left the chip reader.');
    const absent = await readCard(['--can', canOf(person), '--reader', 'Omnikey']);
    expect(absent.status).toBe(1);
    expect(absent.err).toContain('there are: Motcua Virtual Reader 00 00');
  });

  it('tells altered, foreign and copied chips from genuine ones', { timeout: LONG }, async () => {
    const can = ['--can', canOf(person), '--no-photo'];
    const other = { ...person, name: 'Lê Thị Đào' };
    expect(await json(createSimulatedChip(alterDg1(content, other)), can)).toMatchObject({
      status: 1,
      problem: { code: 'chip-contradicts-code' },
      verdict: { verdict: 'altered' },
    });
    expect(await json(createSimulatedChip(cloneChip(content, null)), can)).toMatchObject({
      status: 1,
      problem: { code: 'chip-cloned' },
    });
    const foreign = issueChip({ person, authority: createTestAuthority(), portrait });
    expect(await json(createSimulatedChip(foreign), can)).toMatchObject({
      status: 0,
      problem: { code: 'chip-issuer-not-trusted' },
    });
    expect(await json(createSimulatedChip(foreign), [...can, '--proved'])).toMatchObject({ status: 1 });
  });

  it('is used wrongly without a key, with two, and with a folder that is not there', async () => {
    for (const args of [
      [],
      ['--can', '12345'],
      ['--can', '123456', '--mrz', 'A 010101 010101'],
      ['--can', '123456', '--trust', '/nonexistent'],
    ])
      expect((await readCard(args)).status).toBe(2);
  });
});

describe('the key for a chip', () => {
  const today = '2026-11-25';
  it('comes from the QR, the digits or the zone, however that is written', () => {
    const zone = { documentNumber: '099001234', birthDate: '990101', expiryDate: '390101' };
    expect(chipKeyOf({ qr: qrOf(person) }, today)).toMatchObject({ key: { kind: 'can', can: '001234' } });
    for (const mrz of [
      mrzOf(person).join('\n'),
      mrzOf(person).join(''),
      mrzOf(person).join(' / '),
      '099001234 990101 390101',
    ])
      expect(chipKeyOf({ mrz }, today)).toEqual({ key: { kind: 'mrz', mrz: zone }, qr: null });
    expect(chipKeyOf({ mrz: 'IDVNM' }, today)).toContain('no zone');
  });
});
