import { asWindows1252 } from '@motcua/device-drivers/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kiosk, openKiosk, submitter } from '../kiosk.ts';
import { expectSentence, serviceLog, walkToCard } from './fault-kit.ts';

const { cardText, fullName, personNumber } = submitter();
const half = cardText.slice(0, Math.floor(cardText.length / 3));
const withMarkup = cardText.replace(fullName, `${fullName}<img src=x onerror=alert(1)>`);
const vietQr =
  '00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA53037045802VN63041A2B';

describe('a code that is no citizen card', () => {
  let kiosk: Kiosk;
  beforeAll(async () => {
    kiosk = await openKiosk();
    await walkToCard(kiosk);
  });
  afterAll(async () => {
    await kiosk[Symbol.asyncDispose]();
  });

  const bad: readonly (readonly [what: string, sent: string | Uint8Array, code: string])[] = [
    ['nothing but blanks', '   ', 'card-empty'],
    ['a third of a card', half, 'card-truncated'],
    ['four kilobytes', 'x'.repeat(4_096), 'card-too-long'],
    ['HTML in the name', withMarkup, 'card-markup'],
    ['a payment code', vietQr, 'code-bank'],
    ['an address', 'https://example.vn/tra-cuu?id=1', 'code-web-address'],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0x80, 0x81, 0xf5, 0x0d]), 'card-not-a-card'],
  ];

  it.each(bad)('%s: one plain sentence, and the card is still awaited', async (_, sent, code) => {
    const { driver } = kiosk;
    await kiosk.demo.reader.send(sent);
    const now = await driver.until(
      ({ identity }) => identity.problem?.code === code,
      `the code to be refused as ${code}`,
      10_000,
    );
    expect(now.step).toBe('identity');
    expect(now.identity.card).toBeNull();
    await expectSentence(kiosk, code);
    expect(await driver.page.getByTestId('screen-identity').locator('img[src="x"]').count()).toBe(0);
  });

  it('more than any code can hold is dropped, and the line is whole again afterwards', async () => {
    const before = await kiosk.driver.visit();
    await kiosk.demo.reader.send('y'.repeat(20_000));
    let code = 0;
    // What comes right behind the noise goes with it; a code after a silence does not.
    await expect
      .poll(
        async () => {
          code += 1;
          await kiosk.demo.reader.send(`https://example.vn/${code}`);
          return (await kiosk.driver.visit()).version;
        },
        { timeout: 10_000, interval: 300 },
      )
      .toBeGreaterThan(before.version);
  });

  it('repairs a card whose letters the reader has mangled', async () => {
    await kiosk.driver.showCard(Buffer.from(`${asWindows1252(cardText)}\r`));
    const { identity } = await kiosk.driver.visit();
    expect(identity.problem).toBeNull();
    expect(identity.card?.name).toBe(fullName);
    await kiosk.driver.press('Không phải');
    await kiosk.driver.until((visit) => visit.identity.state === 'waiting', 'the card to be forgotten');
  });

  it('takes the right card after all of it', async () => {
    await kiosk.driver.showCard(cardText);
    expect((await kiosk.driver.visit()).identity.card?.name).toBe(fullName);
    await kiosk.driver.confirmCard();
  });

  it('writes typed errors into the log, and nothing personal', async () => {
    const log = await serviceLog(kiosk);
    for (const [, , code] of bad) expect(log).toContain(`"code":"${code}"`);
    for (const secret of [
      fullName,
      personNumber,
      half.slice(0, 12),
      'onerror',
      'example.vn',
      vietQr.slice(0, 20),
    ])
      expect(log).not.toContain(secret);
  });
});
