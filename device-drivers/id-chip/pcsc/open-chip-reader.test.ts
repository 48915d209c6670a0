import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleChip } from '../../simulators/chip/sample-chip.ts';
import { createSimulatedChip } from '../../simulators/chip/simulated-chip.ts';
import {
  startVirtualReader,
  type VirtualReader,
  virtualReaderLacks,
} from '../../simulators/chip/virtual-reader.ts';
import { type VirtualCardSlot, virtualCardSlot } from '../../simulators/chip/vpcd-card.ts';
import { manualTimers } from '../../timers.ts';
import type { ChipReader } from './chip-reader.ts';
import { openChipReader } from './open-chip-reader.ts';

const LONG = 30_000;
const lacks = virtualReaderLacks();
if (lacks) console.warn(`PC/SC is not tested here: ${lacks}`);

const selectApplication = Buffer.from('00a4040c07a0000002471001', 'hex');
const readDg1 = Buffer.from('00b0810000', 'hex');
const dg1Refused = Buffer.from('6982', 'hex');
const content = await sampleChip();

/** The real pcscd, the real vpcd, our bridge. */
describe.skipIf(lacks !== null)('a chip reader behind PC/SC', () => {
  let service: VirtualReader;
  let slot: VirtualCardSlot;
  let reader: ChipReader;
  beforeAll(async () => {
    service = await startVirtualReader();
    slot = virtualCardSlot(service.port);
    reader = openChipReader('pcsc:', { socket: service.socket });
    await reader.settled(5_000);
  }, LONG);
  afterEach(async () => {
    await reader.release();
    slot.takeAway();
    await expect.poll(() => reader.presence(), { timeout: 10_000 }).toBe('none');
  });
  afterAll(async () => {
    await reader.close();
    await service.stop();
  });
  const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

  it(
    'is ready without a card, and tells of one that is laid and taken away',
    async () => {
      expect(reader.condition()).toBe('ready');
      expect(reader.readers()[0]).toContain('Motcua Virtual Reader');
      expect(await reader.channel.reset({ waitMs: 0 })).toEqual({
        ok: false,
        error: { code: 'card-removed' },
      });
      const told: string[] = [];
      const stop = reader.onPresence((presence) => told.push(presence));
      slot.lay(createSimulatedChip(content));
      await expect.poll(() => told, { timeout: 10_000 }).toEqual(['present']);
      slot.takeAway();
      await expect.poll(() => told, { timeout: 10_000 }).toEqual(['present', 'none']);
      stop();
    },
    LONG,
  );

  it(
    'waits for a card, and exchanges commands with it',
    async () => {
      const arrived = reader.channel.reset({ waitMs: 10_000 });
      slot.lay(createSimulatedChip(content));
      expect(await arrived).toEqual({ ok: true, value: undefined });
      expect(hex(reader.channel.atr)).toBe('3b8180018080');
      const selected = await reader.channel.transmit(selectApplication);
      expect(selected.ok && hex(selected.value)).toBe('9000');
      // Nothing is open before the authentication.
      const refused = await reader.channel.transmit(readDg1);
      expect(refused.ok && Buffer.from(refused.value).equals(dg1Refused)).toBe(true);
    },
    LONG,
  );

  it(
    'says that the card left in the middle of a command, and finds it again',
    async () => {
      const chip = createSimulatedChip(content);
      slot.lay(chip);
      expect((await reader.channel.reset({ waitMs: 10_000 })).ok).toBe(true);
      chip.failAt(0, 'gone');
      const lost = await reader.channel.transmit(selectApplication);
      expect(lost).toMatchObject({ ok: false, error: { code: 'card-removed' } });
      expect(await reader.channel.transmit(selectApplication)).toMatchObject({ ok: false });
      const back = reader.channel.reset({ waitMs: 10_000 });
      slot.lay(chip);
      expect((await back).ok).toBe(true);
      const selected = await reader.channel.transmit(selectApplication);
      expect(selected.ok && hex(selected.value)).toBe('9000');
    },
    LONG,
  );

  it(
    'has a fresh card after one was out and in too quickly to see',
    async () => {
      slot.lay(createSimulatedChip(content));
      expect((await reader.channel.reset({ waitMs: 10_000 })).ok).toBe(true);
      await reader.channel.transmit(selectApplication);
      slot.takeAway();
      slot.lay(createSimulatedChip(content));
      // Whatever PC/SC says of it: never an answer of the old card's session.
      const lost = await reader.channel.transmit(selectApplication);
      if (!lost.ok) expect(lost.error.code).toBe('card-removed');
      expect((await reader.channel.reset({ waitMs: 10_000 })).ok).toBe(true);
      const again = await reader.channel.transmit(selectApplication);
      expect(again.ok && hex(again.value)).toBe('9000');
    },
    LONG,
  );

  it(
    'gives up waiting when told to, and when the time is over',
    async () => {
      const abort = new AbortController();
      const given = reader.channel.reset({ waitMs: 60_000, signal: abort.signal });
      abort.abort();
      expect(await given).toEqual({ ok: false, error: { code: 'card-removed' } });
      expect(await reader.channel.reset({ waitMs: 200 })).toEqual({
        ok: false,
        error: { code: 'card-removed' },
      });
    },
    LONG,
  );

  it(
    'outlives the PC/SC service',
    async () => {
      slot.lay(createSimulatedChip(content));
      expect((await reader.channel.reset({ waitMs: 10_000 })).ok).toBe(true);
      await service.kill();
      const lost = await reader.channel.transmit(selectApplication);
      expect(lost).toMatchObject({ ok: false, error: { code: 'service-lost' } });
      await expect.poll(() => reader.condition(), { timeout: 10_000 }).toBe('no-service');
      expect(await reader.channel.reset({ waitMs: 0 })).toEqual({
        ok: false,
        error: { code: 'service-lost' },
      });
      await service.start();
      await expect.poll(() => reader.condition(), { timeout: 10_000 }).toBe('ready');
      slot.lay(createSimulatedChip(content));
      expect((await reader.channel.reset({ waitMs: 10_000 })).ok).toBe(true);
      const selected = await reader.channel.transmit(selectApplication);
      expect(selected.ok && hex(selected.value)).toBe('9000');
    },
    LONG,
  );
});

describe('without PC/SC', () => {
  it('says that the bridge is not there, and goes on', async () => {
    const reader = openChipReader('pcsc:', { program: '/nonexistent/pcsc-bridge' });
    await reader.settled(5_000);
    expect(reader.condition()).toBe('no-driver');
    expect(await reader.channel.reset({ waitMs: 0 })).toEqual({ ok: false, error: { code: 'service-lost' } });
    await reader.close();
  });

  it('starts a bridge again that talks nonsense or ends', async () => {
    for (const program of ['/bin/date', '/bin/true']) {
      const reader = openChipReader('pcsc:', { program });
      await reader.settled(5_000);
      expect(reader.condition()).toBe('no-service');
      await reader.close();
    }
  });

  it('ends a bridge that gives no sign of life, and starts another', async () => {
    const timers = manualTimers();
    const reader = openChipReader('pcsc:', { program: '/bin/cat', timers });
    const told: string[] = [];
    const settled = reader.settled(60_000).then(() => told.push(reader.condition()));
    // The watchdog's ten seconds.
    expect(timers.ringNext(10_000)).toBe(true);
    await settled;
    expect(told).toEqual(['no-service']);
    // The pause before the next one, then its watchdog.
    expect(timers.ringNext(250)).toBe(true);
    expect(timers.pending()).toContain(10_000);
    await reader.close();
  });

  it.skipIf(lacks !== null)('says that the service does not run', async () => {
    const reader = openChipReader('pcsc:', { socket: '/nonexistent/pcscd.comm' });
    await reader.settled(5_000);
    expect(reader.condition()).toBe('no-service');
    await reader.close();
  });
});
