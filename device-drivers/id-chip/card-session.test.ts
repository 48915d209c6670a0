import { ok } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.ts';
import type { CardChannel } from './card-channel.ts';
import { createCardSession, createTrafficMeter } from './card-session.ts';

function channelOf(answer: (at: number) => string) {
  const sent: string[] = [];
  const channel: CardChannel = {
    reader: 'test',
    atr: new Uint8Array(0),
    reset: async () => ok(undefined),
    transmit: async (command) => {
      sent.push(toHex(command));
      return ok(fromHex(answer(sent.length - 1)));
    },
  };
  return { channel, sent };
}

const read = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 6 };

describe('a session with the card', () => {
  it('fetches an answer that a card on contacts holds back', async () => {
    const { channel, sent } = channelOf((at) => ['6104', '010203046102', '05069000'][at]!);
    const answer = await createCardSession(channel, createTrafficMeter(10)).send(read);
    expect(answer).toEqual({ ok: true, value: { data: fromHex('010203040506'), status: 0x9000 } });
    expect(sent).toEqual(['00b0000006', '00c0000004', '00c0000002']);
  });

  it('does not fetch for ever', async () => {
    const { channel, sent } = channelOf(() => '00'.repeat(200).concat('61c8'));
    const answer = await createCardSession(channel, createTrafficMeter(100_000)).send(read);
    expect(answer).toEqual({ ok: false, error: { code: 'chip-endless' } });
    expect(sent.length).toBeLessThan(400);
    const quiet = channelOf(() => '6100');
    expect(await createCardSession(quiet.channel, createTrafficMeter(50)).send(read)).toMatchObject({
      error: { code: 'chip-endless' },
    });
  });

  it('takes an answer without a status word for a card that left', async () => {
    for (const nothing of ['', '90'])
      expect(
        await createCardSession(channelOf(() => nothing).channel, createTrafficMeter(9)).send(read),
      ).toEqual({ ok: false, error: { code: 'card-removed' } });
  });
});
