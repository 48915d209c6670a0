import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { type ChipReader, parseCitizenCard } from '@motcua/device-drivers';
import {
  alterDg1,
  type ChipContent,
  type ChipPerson,
  cloneChip,
  createInProcessReader,
  createSimulatedChip,
  createTestAuthority,
  drawPortrait,
  type InProcessReader,
  issueChip,
  type Portrait,
  type SimulatedChip,
  sampleChipPerson,
} from '@motcua/device-drivers/simulators';
import { defaultCatalogueFolder } from '@motcua/firmware-config';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import { acceptAtOnce, openTestKiosk, PROCEDURE, submitter, type TestKiosk } from '../service-test-bench.ts';

const TODAY = '2026-10-08';
const authority = createTestAuthority({ now: new Date(`${TODAY}T00:00:00Z`) });
/** The submitter of the other tests, as her chip knows her. */
const person: ChipPerson = (() => {
  const card = parseCitizenCard(submitter.cardText, TODAY);
  if (!card.ok) throw new Error(card.error.code);
  const { number, name, birthDate, sex, residence } = card.value;
  return { ...sampleChipPerson, number, name, birthDate, sex, residence };
})();

let portrait: Portrait;
let content: ChipContent;
beforeAll(async () => {
  portrait = await drawPortrait(4_000);
  content = issueChip({ person, authority, portrait });
});

let reader: ReturnType<typeof fakeChipReader>;
let kiosk: TestKiosk;
let bench: PrinterBench;
async function open(options: Parameters<typeof openTestKiosk>[0] = {}) {
  reader = fakeChipReader();
  kiosk = await openTestKiosk({
    chipReader: reader,
    printer: bench.printer,
    upload: acceptAtOnce,
    ...options,
  });
  await writeCertificate();
}
const writeCertificate = async () => {
  await mkdir(kiosk.site.chip.trustFolder, { recursive: true });
  await writeFile(join(kiosk.site.chip.trustFolder, 'csca.der'), authority.cscaCertificate);
};
beforeEach(async () => {
  bench = await createPrinterBench();
  await open();
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

const chip = async () => (await kiosk.visit()).identity.chip;
const showCardAtIdentity = async () => {
  await kiosk.walkTo('identity');
  kiosk.showCard();
};
const read = async (simulated: SimulatedChip) => {
  await showCardAtIdentity();
  reader.lay(simulated);
  return (await kiosk.until((visit) => visit.identity.chip?.state === 'read')).identity;
};
const photo = () => kiosk.service.app.inject({ url: '/api/visit/photo', headers: kiosk.headers });

describe('the chip of the card whose code was shown', () => {
  it('is asked for, read when it lies there, and proved; its photo is gone once the card is confirmed', async () => {
    await showCardAtIdentity();
    await expect.poll(async () => (await chip())?.state).toBe('waiting');
    expect((await kiosk.visit()).identity.level).toBe('qr');
    reader.lay(createSimulatedChip(content));
    const { identity } = await kiosk.until((visit) => visit.identity.chip?.state === 'read');
    expect(identity).toMatchObject({ level: 'chip-proved', chip: { verdict: 'genuine', problem: null } });
    const shown = await photo();
    expect(shown.headers).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
    expect(await kiosk.everythingKept()).not.toContain(person.father);
    await kiosk.done({ type: 'confirm-card' });
    expect((await photo()).statusCode).toBe(404);
    expect(reader.released()).toBe(1);
  });

  it('by an unknown issuer leaves the person known by the chip, and says so', async () => {
    const foreign = issueChip({ person, authority: createTestAuthority(), portrait });
    const identity = await read(createSimulatedChip(foreign));
    expect(identity).toMatchObject({
      level: 'chip',
      chip: { verdict: 'issuer-not-trusted', problem: { code: 'chip-issuer-not-trusted' } },
    });
  });

  it.each([
    ['copied', () => cloneChip(content, null), 'cloned', 'chip-cloned'],
    [
      'written over',
      () => alterDg1(content, { ...person, expiryDate: '2050-01-01' }),
      'altered',
      'chip-altered',
    ],
    [
      'another person’s with the same last digits',
      () =>
        issueChip({
          person: { ...sampleChipPerson, number: `079099${person.number.slice(-6)}` },
          authority,
          portrait,
        }),
      'genuine',
      'chip-contradicts-code',
    ],
  ])('that is %s proves nothing: the person is known by the code alone', async (_, made, verdict, code) => {
    const identity = await read(createSimulatedChip(made()));
    expect(identity).toMatchObject({ level: 'qr', chip: { verdict, problem: { code } } });
  });

  it('is not opened by another card’s digits; the right one is read after it', async () => {
    const stranger = { ...sampleChipPerson, number: '079099000000' };
    await showCardAtIdentity();
    reader.lay(createSimulatedChip(issueChip({ person: stranger, authority, portrait })));
    await kiosk.until((visit) => visit.identity.chip?.problem?.code === 'chip-wrong-key');
    reader.takeAway();
    reader.lay(createSimulatedChip(content));
    const { identity } = await kiosk.until((visit) => visit.identity.chip?.state === 'read');
    expect(identity.level).toBe('chip-proved');
  });

  it('may be taken away in the middle and put back', async () => {
    const simulated = createSimulatedChip(content, { extendedLength: false });
    simulated.failAt(20, 'gone');
    reader.onLeft(() => void setImmediate(() => reader.lay(simulated)));
    expect((await read(simulated)).level).toBe('chip-proved');
  });

  it('is forgotten with the card that the person does not own to, and kept when the card is shown again', async () => {
    await read(createSimulatedChip(content));
    kiosk.showCard();
    expect((await kiosk.visit()).identity.level).toBe('chip-proved');
    await kiosk.done({ type: 'reject-card' });
    expect((await kiosk.visit()).identity).toMatchObject({ level: null, chip: null });
    expect((await photo()).statusCode).toBe(404);
  });

  it('is read for the next code that is shown, also when the reading for the one before is still under way', async () => {
    await showCardAtIdentity();
    const letGo = reader.hold();
    reader.lay(createSimulatedChip(content));
    await expect.poll(reader.users).toBe(1);
    await kiosk.done({ type: 'reject-card' });
    const looked = reader.looks();
    kiosk.showCard();
    await kiosk.visit();
    // It has not begun: it would have looked for the card.
    expect(reader.looks()).toBe(looked);
    letGo();
    const { identity } = await kiosk.until((visit) => visit.identity.chip?.state === 'read');
    expect(identity.level).toBe('chip-proved');
  });

  it('is written into the dossier: how the person was known', async () => {
    await read(createSimulatedChip(content));
    await kiosk.done({ type: 'confirm-card' });
    await kiosk.scan();
    await kiosk.done({ type: 'review' }, { type: 'submit' });
    await kiosk.until((visit) => visit.submission.state === 'accepted');
    const { dossierId } = (await kiosk.visit()).submission;
    const file = join(kiosk.folder, 'dossier.asice');
    await kiosk.storage.blobs.restore(kiosk.dossierFile(dossierId), file);
    const metadata = await exec('unzip', ['-p', file, 'metadata.json'], { timeoutMs: 10_000 });
    const parties = metadata.ok ? JSON.parse(metadata.value.stdout.toString()).parties : [];
    expect(parties[0]).toMatchObject({ identifiedBy: 'citizen-card-chip-proved', chipVerdict: 'genuine' });
  });
});

describe('a procedure that demands the chip', () => {
  const demanding = async (folder: string) => {
    await cp(defaultCatalogueFolder(), folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json'))) {
      const catalogue = JSON.parse(await readFile(join(folder, name), 'utf8'));
      for (const procedure of catalogue.procedures)
        if (procedure.code === PROCEDURE) procedure.identityLevel = 'chip-proved';
      await writeFile(join(folder, name), JSON.stringify(catalogue));
    }
    return folder;
  };

  it('takes no papers on the code alone, says the way on, and goes on once the chip is proved', async () => {
    const folder = join(kiosk.folder, 'catalogue');
    await kiosk.close();
    await open({ catalogueFolder: await demanding(folder), printer: bench.reopen() });
    await showCardAtIdentity();
    expect(await kiosk.command({ type: 'confirm-card' })).toBe('identity-level-too-low');
    expect((await kiosk.visit()).step).toBe('identity');
    reader.lay(createSimulatedChip(content));
    await kiosk.until((visit) => visit.identity.level === 'chip-proved');
    await kiosk.done({ type: 'confirm-card' });
  });
});

it('without a chip reader the code does, and nothing is said of a chip', async () => {
  await kiosk.close();
  kiosk = await openTestKiosk({ printer: bench.reopen() });
  await showCardAtIdentity();
  expect((await kiosk.visit()).identity).toMatchObject({ level: 'qr', chip: null });
  await kiosk.done({ type: 'confirm-card' });
});

/** The driver's face on a reader in this process. */
function fakeChipReader() {
  const inProcess: InProcessReader = createInProcessReader();
  const listeners = new Set<(presence: 'none' | 'present') => void>();
  let released = 0;
  let held = Promise.resolve();
  let users = 0;
  let looks = 0;
  const presence = () => (inProcess.isThere() ? ('present' as const) : ('none' as const));
  const tell = () => {
    for (const listener of listeners) listener(presence());
  };
  const driver: ChipReader = {
    uri: 'pcsc:',
    condition: () => 'ready',
    onCondition: () => () => undefined,
    readers: () => ['in-process reader'],
    presence: () => {
      looks += 1;
      return presence();
    },
    onPresence: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    channel: {
      ...inProcess.channel,
      transmit: async (command) => {
        users += 1;
        // As the bridge does: one request at a time.
        if (users > 1) throw new Error('two readings use the channel');
        await held;
        const answer = await inProcess.channel.transmit(command);
        users -= 1;
        return answer;
      },
    },
    release: async () => {
      released += 1;
    },
    settled: async () => undefined,
    close: async () => undefined,
  };
  return {
    ...driver,
    released: () => released,
    users: () => users,
    looks: () => looks,
    lay: (laid: SimulatedChip) => {
      inProcess.lay(laid);
      tell();
    },
    takeAway: () => {
      inProcess.takeAway();
      tell();
    },
    onLeft: inProcess.onLeft,
    /** No answer comes until the returned function is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
}
