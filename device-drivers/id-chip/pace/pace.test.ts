import { unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import { decodeResponse, encodeCommand } from '../apdu.ts';
import { mrzInformation } from '../bac/bac-keys.ts';
import { fromHex, fromInteger, toHex, toInteger } from '../bytes.ts';
import type { CardSession } from '../card-session.ts';
import type { SessionKeys } from '../secure-messaging/secure-messaging.ts';
import { performPace } from './pace.ts';
import type { PacePassword } from './pace-keys.ts';
import { paceSuite } from './pace-suite.ts';

/** A chip that says what it said in the standard, whatever it is asked. */
function scriptedSession(answers: readonly string[]) {
  const sent: string[] = [];
  let keys: SessionKeys | undefined;
  const session: CardSession = {
    send: async (command) => {
      sent.push(toHex(encodeCommand(command)));
      return decodeResponse(fromHex(answers[sent.length - 1]!)) as never;
    },
    secure: (agreed) => {
      keys = agreed;
    },
  };
  return { session, sent, keys: () => keys };
}

/** Random bytes from which a group draws exactly these private keys, and nonces as they are. */
function fixedRandom(...values: readonly { readonly key?: string; readonly nonce?: string }[]) {
  const rest = [...values];
  return (length: number) => {
    const { key, nonce } = rest.shift()!;
    return key ? fromInteger(toInteger(fromHex(key)) - 1n, length) : fromHex(nonce!);
  };
}

const password = (documentNumber: string, birthDate: string, expiryDate: string): PacePassword => ({
  kind: 'mrz',
  information: mrzInformation({ documentNumber, birthDate, expiryDate }),
});

interface Example {
  readonly name: string;
  readonly protocol: string;
  readonly parameterId: number;
  readonly password: PacePassword;
  readonly random: (length: number) => Uint8Array;
  readonly answers: readonly string[];
  /** After MSE:Set AT, which names the domain parameters where the examples do not. */
  readonly commands: readonly string[];
  readonly encryption: string;
  readonly mac: string;
}

const q1024 = 0xf518aa8781a8df278aba4e7d64b7cb9d49462353n;
/** The example's key of H.2 is longer than the group's order; in its subgroup this is the same key. */
const longKey = toInteger(
  fromHex(
    '4BD0E54740F9A028E6A515BFDAF967848C4F5F5FFF65AA0915947FFD1A0DF2FA6981271BC905F3551457B7E03AC3B8066DE4AA406C1171FB43DD939C4BA16175' +
      '103BA3DEE16419AA248118F90CC36A3D6F4C373652E0C3CCE7F0F1D0C5425B3600F0F0D6A67F004C8BBA33F2B4733C7252445C1DFC4F1107203F71D2EFB28161',
  ),
);

const examples: readonly Example[] = [
  {
    name: 'G.1: ECDH, generic mapping',
    protocol: '0.4.0.127.0.7.2.2.4.2.2',
    parameterId: 13,
    password: password('T22000129', '640812', '101031'),
    random: fixedRandom(
      { key: '7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99' },
      { key: 'A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595' },
    ),
    answers: [
      '9000',
      '7C12801095A3A016522EE98D01E76CB6B98B42C39000',
      '7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000',
      '7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000',
      '7C0A86083ABB9674BCE93C089000',
    ],
    commands: [
      '10860000027C0000',
      '10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00',
      '10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200',
      '008600000C7C0A8508C2B0BD78D94BA86600',
    ],
    encryption: 'F5F0E35C0D7161EE6724EE513A0D9A7F',
    mac: 'FE251C7858B356B24514B3BD5F4297D1',
  },
  {
    name: 'G.2: classic DH, generic mapping',
    protocol: '0.4.0.127.0.7.2.2.4.1.2',
    parameterId: 0,
    password: password('T22000129', '640812', '101031'),
    random: fixedRandom(
      { key: '5265030F751F4AD18B08AC565FC7AC952E41618D' },
      { key: '89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA' },
    ),
    answers: [
      '9000',
      '7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000',
      '7C818382818078879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F2449400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE69000',
      '7C8183848180075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA19000',
      '7C0A8608917F37B5C0E6D8D19000',
    ],
    commands: [
      '10860000027C0000',
      '10860000867C818381818023FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C00',
      '10860000867C8183838180907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D400',
      '008600000C7C0A8508B46DD9BD4D98381F00',
    ],
    encryption: '2F7F46ADCC9E7E521B45D192FAFA9126',
    mac: '805A1D27D45A5116F73C54469462B7D8',
  },
  {
    name: 'H.1: ECDH, integrated mapping',
    protocol: '0.4.0.127.0.7.2.2.4.4.2',
    parameterId: 13,
    password: { kind: 'can', can: '123456' },
    random: fixedRandom(
      { nonce: '5DD4CBFC96F5453B130D890A1CDBAE32' },
      { key: 'A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595' },
    ),
    answers: [
      '9000',
      '7C128010143DC40C08C8E891FBED7DEDB92B64AD9000',
      '7C0282009000',
      '7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D227539000',
      '7C0A860875D4D96E8D5B03089000',
    ],
    commands: [
      '10860000027C0000',
      '10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200',
      '10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D46755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700',
      '008600000C7C0A8508450F02B86F6A090900',
    ],
    encryption: '0D3FEB33251A6370893D62AE8DAAF51B',
    mac: 'B01E89E3D9E8719E586B50B4A7506E0B',
  },
  {
    name: 'H.2: classic DH, integrated mapping',
    protocol: '0.4.0.127.0.7.2.2.4.3.2',
    parameterId: 0,
    password: { kind: 'can', can: '123456' },
    random: fixedRandom(
      { nonce: 'B3A6DB3C870C3E99245E0D1C06B747DE' },
      { key: (longKey % q1024).toString(16).padStart(40, '0') },
    ),
    answers: [
      '9000',
      '7C1280109ABB8864CA0FF1551E620D1EF4E135109000',
      '7C0282009000',
      '7C8183848180928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D0335807A11388CC8EAA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679FE92133B4D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F39000',
      '7C0A8608C2F04230187E15259000',
    ],
    commands: [
      '10860000027C0000',
      '10860000147C128110B3A6DB3C870C3E99245E0D1C06B747DE00',
      '10860000867C81838381800F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB48E5C6DD47F2F5CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C852906919538C98A4BA4187E76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D500',
      '008600000C7C0A850855D61977CBF5307E00',
    ],
    encryption: '01AFC10CF87BE36D8179E87370171F07',
    mac: '23F0FBD05FD6C7B8B88F4C8309669061',
  },
];

const run = (example: Example, answers = example.answers) => {
  const chip = scriptedSession(answers);
  const suite = paceSuite(example.protocol, example.parameterId)!;
  return { chip, result: performPace(chip.session, suite, example.password, example.random) };
};

describe('PACE of ICAO 9303-11', () => {
  it.each(examples.map((example) => [example.name, example] as const))('%s', async (_, example) => {
    const { chip, result } = run(example);
    const keys = unwrap((await result) as never) as SessionKeys;
    expect(chip.sent.slice(1)).toEqual(example.commands.map((command) => command.toLowerCase()));
    expect(toHex(keys.encryption)).toBe(example.encryption.toLowerCase());
    expect(toHex(keys.mac)).toBe(example.mac.toLowerCase());
    expect(chip.keys()).toBe(keys);
  });
});

describe('a failing PACE', () => {
  const generic = examples[0]!;
  const fresh = () => ({
    ...generic,
    random: fixedRandom(
      { key: '7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99' },
      { key: 'A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595' },
    ),
  });
  const withAnswer = (at: number, answer: string) =>
    generic.answers.map((each, index) => (index === at ? answer : each));

  it.each(['6300', '63c2'])('at the token with %s is the wrong password', async (status) => {
    const { chip, result } = run(fresh(), withAnswer(4, status));
    expect(await result).toEqual({ ok: false, error: { code: 'wrong-password' } });
    expect(chip.keys()).toBeUndefined();
  });

  it('is one when the chip does not prove itself', async () => {
    const { chip, result } = run(fresh(), withAnswer(4, '7C0A86083ABB9674BCE93C099000'));
    expect(await result).toMatchObject({ ok: false, error: { code: 'pace-failed', step: 4 } });
    expect(chip.keys()).toBeUndefined();
  });

  it('is one when the chip sends our own key back, or no point of the curve', async () => {
    const own = `${generic.commands[2]!.slice(10, -2).replace('7C438341', '7C438441')}9000`;
    expect(await run(fresh(), withAnswer(3, own)).result).toMatchObject({ error: { step: 3 } });
    const stray = generic.answers[2]!.replace('82410482', '82410483');
    expect(await run(fresh(), withAnswer(2, stray)).result).toMatchObject({ error: { step: 2 } });
  });

  it('is none when the chip adds the proof of chip authentication mapping', async () => {
    expect(paceSuite('0.4.0.127.0.7.2.2.4.6.2', 13)).toMatchObject({ mapping: 'generic', cipher: 'aes-128' });
    const more = generic.answers[4]!.replace('7C0A', '7C0E').replace('9000', '8A02ABCD9000');
    expect((await run(fresh(), withAnswer(4, more)).result).ok).toBe(true);
  });

  it('asks again without the domain parameters when the chip does not want them named', async () => {
    const { chip, result } = run(fresh(), ['6a80', ...generic.answers]);
    expect((await result).ok).toBe(true);
    expect(chip.sent.slice(0, 2)).toEqual([
      '0022c1a412800a04007f0007020204020283010184010d',
      '0022c1a40f800a04007f00070202040202830101',
    ]);
  });
});
