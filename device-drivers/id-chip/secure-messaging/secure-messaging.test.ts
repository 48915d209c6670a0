import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes.ts';
import { type CipherName, cipherSuite } from '../crypto/cipher-suite.ts';
import { createSecureMessaging } from './secure-messaging.ts';

describe('secure messaging of the worked example (9303-11, appendix D.4)', () => {
  const example = () =>
    createSecureMessaging({
      suite: cipherSuite('3des'),
      encryption: fromHex('979EC13B1CBFE9DCD01AB0FED307EAE5'),
      mac: fromHex('F1CB1F1FB5ADF208806B89DC579DC1F8'),
      counter: fromHex('887022120C06C226'),
    });
  const select = { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: fromHex('011E') };
  const head = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 };
  const rest = { cla: 0, ins: 0xb0, p1: 0, p2: 4, le: 0x12 };
  const answers = [
    '990290008E08FA855A5D4C50A8ED9000',
    '8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000',
    '871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000',
  ];

  it('protects the commands and opens the answers of EF.COM', () => {
    const reader = example();
    expect(toHex(reader.protectCommand(select))).toBe(
      '0ca4020c158709016375432908c044f68e08bf8b92d635ff24f800',
    );
    expect(reader.openResponse(fromHex(answers[0]!))).toEqual({
      ok: true,
      value: { data: new Uint8Array(0), status: 0x9000 },
    });
    expect(toHex(reader.protectCommand(head))).toBe('0cb000000d9701048e08ed6705417e96ba5500');
    const first = reader.openResponse(fromHex(answers[1]!));
    expect(first.ok && toHex(first.value.data)).toBe('60145f01');
    expect(toHex(reader.protectCommand(rest))).toBe('0cb000040d9701128e082ea28a70f3c7b53500');
    const second = reader.openResponse(fromHex(answers[2]!));
    expect(second.ok && toHex(second.value.data)).toBe('04303130365f36063034303030305c026175');
  });

  it('is what the card says, from the card’s side', () => {
    const [reader, card] = [example(), example()];
    const opened = card.openCommand(reader.protectCommand(select));
    expect(opened).toEqual({ ok: true, value: select });
    expect(toHex(card.protectResponse({ data: new Uint8Array(0), status: 0x9000 }))).toBe(
      answers[0]!.toLowerCase(),
    );
  });

  it('refuses an altered, a repeated and an unprotected answer', () => {
    const answer = fromHex(answers[0]!);
    for (let at = 0; at < answer.length - 2; at += 1) {
      const reader = example();
      reader.protectCommand(select);
      const altered = answer.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
      expect(reader.openResponse(altered), `byte ${at}`).toEqual({ ok: false, error: { code: 'sm-forged' } });
    }
    const reader = example();
    reader.protectCommand(select);
    expect(reader.openResponse(answer).ok).toBe(true);
    reader.protectCommand(select);
    expect(reader.openResponse(answer)).toEqual({ ok: false, error: { code: 'sm-forged' } });
    expect(reader.openResponse(fromHex('6988'))).toEqual({
      ok: false,
      error: { code: 'sm-unprotected', status: 0x6988 },
    });
  });
});

describe('both sides', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
  it('understand each other in every suite, for every form of command and answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CipherName>('3des', 'aes-128', 'aes-192', 'aes-256'),
        bytes(600),
        fc.constantFrom(undefined, 1, 255, 256, 257, 65_535, 65_536),
        bytes(600),
        fc.constantFrom(0xa4, 0xb0, 0xb1, 0x86),
        (name, data, le, answer, ins) => {
          const suite = cipherSuite(name);
          const secret = Uint8Array.of(1, 2, 3);
          const keys = { suite, encryption: suite.deriveKey(secret, 1), mac: suite.deriveKey(secret, 2) };
          const [reader, card] = [createSecureMessaging(keys), createSecureMessaging(keys)];
          for (let turn = 0; turn < 3; turn += 1) {
            const command = {
              cla: 0,
              ins,
              p1: turn,
              p2: 255,
              ...(data.length > 0 && { data }),
              ...(le !== undefined && { le }),
            };
            const opened = card.openCommand(reader.protectCommand(command));
            expect(opened.ok && { ...opened.value, extended: undefined }).toEqual({
              ...command,
              extended: undefined,
            });
            expect(reader.openResponse(card.protectResponse({ data: answer, status: 0x6282 }))).toEqual({
              ok: true,
              value: { data: answer, status: 0x6282 },
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('no answer makes the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (answer) => {
        const suite = cipherSuite('aes-128');
        const key = new Uint8Array(16);
        const side = createSecureMessaging({ suite, encryption: key, mac: key });
        expect(side.openResponse(answer).ok).toBe(false);
        expect(side.openCommand(answer).ok).toBe(false);
      }),
    );
  });
});
