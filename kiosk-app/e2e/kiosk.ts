import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoOptions, startDemo } from '@motcua/cli/demo';
import { openBrowser, portrait } from '@motcua/cli/demo/browser';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';

/** A whole kiosk with a browser on its screen, in a folder of its own; `await using` ends and deletes all of it. */
export async function openKiosk(options: Omit<DemoOptions, 'folder'> = {}, viewport = portrait as Viewport) {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-e2e-'));
  const demo = await startDemo({ ...options, folder });
  const browser = await openBrowser(viewport);
  const driver = createVisitDriver(demo, browser.page);
  await driver.open();
  return {
    demo,
    browser,
    driver,
    folder,
    [Symbol.asyncDispose]: async () => {
      await browser.close().catch(() => undefined);
      await demo.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Viewport = { readonly width: number; readonly height: number };

export type Kiosk = Awaited<ReturnType<typeof openKiosk>>;

/** The person who hands in the specimens of a birth registration. */
export function submitter() {
  const form = specimen('birth-registration-form');
  const person = specimenPeople().find(({ id }) => id === form.person);
  if (!person?.cardText) throw new Error('the submitter has no card');
  // The demo's panel calls people by given name and year of birth.
  const onPanel = new RegExp(`^${person.fullName.split(' ').at(-1)}, `);
  return { ...person, cardText: person.cardText, onPanel };
}

export function specimen(kind: string) {
  const found = listSpecimens().find((entry) => entry.kind === kind);
  if (!found) throw new Error(`there is no specimen of ${kind}`);
  return found;
}

/** From the attract screen to the checklist of birth registration. */
export async function walkToPapers({ driver }: Kiosk): Promise<string> {
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService('Đăng ký khai sinh', 'khai sinh');
  const number = await driver.takeNumber();
  await driver.goOn();
  await driver.showCard(submitter().cardText);
  await driver.confirmCard();
  return number;
}

/** The three required papers, one page each. */
export async function scanBirthPapers({ driver }: Kiosk): Promise<void> {
  await driver.scan([specimen('birth-registration-form').file]);
  await driver.nextPaper();
  await driver.scan([specimen('live-birth-notice').file]);
  await driver.nextPaper();
  await driver.scan([specimen('citizen-card').file]);
}
