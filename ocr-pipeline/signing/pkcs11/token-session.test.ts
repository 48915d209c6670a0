import { describe, expect, it } from 'vitest';
import { CKF, CKR, CryptokiError } from './constants.ts';
import type { Cryptoki } from './cryptoki.ts';
import { createTokenSession } from './token-session.ts';

/** SoftHSM never locks a PIN and never wants it twice: these answers are the ones that the standard describes. */
const READY = CKF.TOKEN_INITIALIZED | 0x8;

describe('a token that counts wrong PINs', () => {
  it.each([
    ['many tries left', READY, 'token-pin-wrong'],
    ['few tries left', READY | CKF.USER_PIN_COUNT_LOW, 'token-pin-wrong-few-left'],
    ['one try left', READY | CKF.USER_PIN_COUNT_LOW | CKF.USER_PIN_FINAL_TRY, 'token-pin-wrong-last-try'],
    ['none left', READY | CKF.USER_PIN_LOCKED, 'token-pin-locked'],
  ])('%s after it', (_, after, code) => {
    const token = fakeToken({ flags: READY, loginAnswers: CKR.PIN_INCORRECT, flagsAfter: after });
    expect(failureOf(token.session.open({}, '1234'))).toBe(code);
    expect(token.calls).toEqual(['login 1 1234']);
  });

  it('is not asked once it is locked, has no PIN, or wants it changed by its maker’s program', () => {
    for (const [flags, code, asked] of [
      [READY | CKF.USER_PIN_LOCKED, 'token-pin-locked', 0],
      [CKF.TOKEN_INITIALIZED, 'token-pin-not-set', 0],
    ] as const) {
      const token = fakeToken({ flags });
      expect(failureOf(token.session.open({}, '1234'))).toBe(code);
      expect(token.calls.length).toBe(asked);
    }
    const expired = fakeToken({ flags: READY, loginAnswers: CKR.PIN_EXPIRED });
    expect(failureOf(expired.session.open({}, '1234'))).toBe('token-pin-expired');
  });

  it('with a PIN pad gets no PIN from us', () => {
    const token = fakeToken({ flags: READY | CKF.PROTECTED_AUTHENTICATION_PATH });
    token.session.open({}, '1234');
    expect(token.calls).toEqual(['login 1 null']);
  });

  it('that is pulled shows up as that, whichever answer its library chooses', () => {
    for (const answer of [CKR.DEVICE_REMOVED, CKR.TOKEN_NOT_PRESENT, CKR.SESSION_HANDLE_INVALID])
      expect(failureOf(fakeToken({ flags: READY, loginAnswers: answer }).session.open({}, '1'))).toBe(
        'token-removed',
      );
    expect(failureOf(fakeToken({ flags: READY, slots: [] }).session.open({}, '1'))).toBe('token-absent');
  });
});

function failureOf(result: ReturnType<ReturnType<typeof createTokenSession>['open']>): string {
  return result.ok ? 'opened' : result.error.code;
}

function fakeToken(behaviour: {
  readonly flags: number;
  readonly flagsAfter?: number;
  readonly loginAnswers?: number;
  readonly slots?: readonly number[];
}) {
  const calls: string[] = [];
  const cryptoki: Cryptoki = {
    slots: () => behaviour.slots ?? [0],
    tokenInfo: () => ({
      label: 'token',
      manufacturer: '',
      model: '',
      serial: '1',
      flags: calls.length > 0 ? (behaviour.flagsAfter ?? behaviour.flags) : behaviour.flags,
    }),
    mechanisms: () => [],
    openSession: () => 1,
    closeSession: () => undefined,
    login: (_, user, pin) => {
      calls.push(`login ${user} ${pin?.toString() ?? 'null'}`);
      if (behaviour.loginAnswers !== undefined) throw new CryptokiError('C_Login', behaviour.loginAnswers);
    },
    logout: () => undefined,
    find: () => [],
    attribute: () => undefined,
    sign: () => Buffer.alloc(0),
    finalize: () => undefined,
  };
  return { session: createTokenSession(cryptoki), calls };
}
