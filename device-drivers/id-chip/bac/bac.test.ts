import { randomBytes } from 'node:crypto';
import { ok } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import type { CardSession } from '../card-session.ts';
import { performBac } from './bac.ts';
import { bacKeys, openBac, sealBac } from './bac-keys.ts';

const information = 'L898902C<369080619406236';
const keys = bacKeys(information);

/** A card that holds the keys and answers as `answer` makes it of both challenges. */
function cardThat(answer: (ofCard: Uint8Array, ofReader: Uint8Array) => Uint8Array) {
  const challenge = Uint8Array.from(randomBytes(8));
  let secured = false;
  const session: CardSession = {
    send: async ({ ins, data }) => {
      if (ins === 0x84) return ok({ data: challenge, status: 0x9000 });
      const opened = openBac(keys, data!)!;
      return ok({ data: answer(challenge, opened.subarray(0, 8)), status: 0x9000 });
    },
    secure: () => {
      secured = true;
    },
  };
  return { session, isSecured: () => secured };
}

const random = (length: number) => Uint8Array.from(randomBytes(length));

describe('basic access control', () => {
  it('is done when the card returns both challenges', async () => {
    const { session, isSecured } = cardThat((ofCard, ofReader) =>
      sealBac(keys, concat(ofCard, ofReader, new Uint8Array(16))),
    );
    expect((await performBac(session, information, random)).ok).toBe(true);
    expect(isSecured()).toBe(true);
  });

  it.each([
    ['another challenge of the reader', (card: Uint8Array) => concat(card, new Uint8Array(8))],
    [
      'another challenge of its own',
      (_: Uint8Array, reader: Uint8Array) => concat(new Uint8Array(8), reader),
    ],
  ])('is not when it returns %s', async (_, challenges) => {
    const { session, isSecured } = cardThat((card, reader) =>
      sealBac(keys, concat(challenges(card, reader), new Uint8Array(16))),
    );
    expect(await performBac(session, information, random)).toEqual({
      ok: false,
      error: { code: 'bac-failed', status: null },
    });
    expect(isSecured()).toBe(false);
  });

  it('is not when its seal is another card’s', async () => {
    const other = bacKeys('L898902C<369080619406237');
    const { session } = cardThat((ofCard, ofReader) =>
      sealBac(other, concat(ofCard, ofReader, new Uint8Array(16))),
    );
    expect(await performBac(session, information, random)).toMatchObject({ error: { code: 'bac-failed' } });
  });
});
