import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem, type VisitView } from '@motcua/contract';
import sharp from 'sharp';
import { expect } from 'vitest';
import { type Kiosk, submitter } from '../kiosk.ts';

/** A procedure that asks for one paper: the shortest way to a dossier. */
const shortest = { name: 'Chứng thực bản sao từ bản chính', query: 'chung thuc' };

type Driven = Pick<Kiosk, 'driver'>;

export async function walkToNumber({ driver }: Driven): Promise<void> {
  await driver.start();
  await driver.chooseLanguage();
  await driver.chooseService(shortest.name, shortest.query);
}

/** From the attract screen to the card; the number is taken on the way. */
export async function walkToCard(kiosk: Driven): Promise<string> {
  await walkToNumber(kiosk);
  const number = await kiosk.driver.takeNumber();
  await kiosk.driver.goOn();
  return number;
}

/** From the attract screen to the checklist of one paper. */
export async function walkToPaper(kiosk: Driven): Promise<string> {
  const number = await walkToCard(kiosk);
  await kiosk.driver.showCard(submitter().cardText);
  await kiosk.driver.confirmCard();
  return number;
}

/** From the attract screen to the review of a dossier of one page. */
export async function walkToReview(kiosk: Driven, pageFile: string): Promise<string> {
  const number = await walkToPaper(kiosk);
  await kiosk.driver.scan([pageFile]);
  await pagesSettled(kiosk);
  await kiosk.driver.review();
  return number;
}

/** Ends the open visit by hand, as somebody who walks away would, and waits for the attract screen. */
export async function leave({ driver }: Driven): Promise<void> {
  await driver.press('Kết thúc');
  await driver.press('Kết thúc ngay');
  await dismissFarewell({ driver });
}

export async function finish({ driver }: Driven): Promise<void> {
  await driver.press('Hoàn tất');
  await dismissFarewell({ driver });
}

async function dismissFarewell({ driver }: Driven): Promise<void> {
  await driver.onScreen('farewell');
  await driver.page.getByTestId('screen-farewell').getByRole('button').click();
  await driver.onScreen('attract');
}

/** The sentence of this failure stands on the screen, what happened and what to do. */
export async function expectSentence({ driver }: Driven, code: string): Promise<void> {
  const { what, next } = problem(code);
  const alert = driver.page.getByRole('alert').filter({ hasText: what.vi }).first();
  await alert.waitFor();
  expect(await alert.textContent()).toContain(next.vi);
}

export const alerts = ({ driver }: Driven) => driver.page.getByRole('alert').allTextContents();

export const pagesOf = (visit: VisitView) => visit.papers.flatMap((paper) => paper.pages);

/** Waits until every page was read or failed. */
export function pagesSettled({ driver }: Driven): Promise<VisitView> {
  return driver.until(
    (visit) => pagesOf(visit).every(({ state }) => state === 'ready' || state === 'failed'),
    'the pages to be read',
    60_000,
  );
}

/** A sheet with nothing on it: whole, quickly read, of no known kind. */
export async function blankPage(folder: string, name = 'blank.png'): Promise<string> {
  const noise = { type: 'gaussian', mean: 235, sigma: 4 } as const;
  const bytes = await sharp({ create: { width: 620, height: 877, channels: 3, background: '#fff', noise } })
    .png()
    .toBuffer();
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

export const serviceLog = (kiosk: Kiosk) => readFile(join(kiosk.folder, 'logs', 'service.log'), 'utf8');

/** What waits for the city, as the technician's command asks for it. */
export async function outbox({
  demo,
}: Kiosk): Promise<readonly { readonly problem: { readonly code: string } | null }[]> {
  const token = (await readFile(demo.tokenFile, 'utf8')).trim();
  const answer = await fetch(`${demo.origin}/api/outbox`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as { problem: { code: string } | null }[];
}
