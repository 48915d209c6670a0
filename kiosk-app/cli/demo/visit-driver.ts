import { type DeviceView, type KioskView, VisitStep, type VisitView } from '@motcua/contract';
import type { Page } from 'playwright-core';
import type { Demo } from './start-demo.ts';

/** Fingers and eyes at the kiosk: drives the real UI in Vietnamese, as the demo, the tests and the pictures need it. */
export interface VisitDriver {
  readonly page: Page;
  open(): Promise<void>;
  start(): Promise<void>;
  chooseLanguage(): Promise<void>;
  chooseService(name: string, query: string): Promise<void>;
  takeNumber(): Promise<string>;
  goOn(): Promise<void>;
  showCard(cardText: string | Uint8Array): Promise<void>;
  confirmCard(): Promise<void>;
  /** Waits until the kiosk says that the device works. */
  deviceReady(role: DeviceView['role']): Promise<void>;
  /** Opens the row of this name in the list of papers. */
  choosePaper(name: string): Promise<void>;
  /** Lays the files on the glass and scans them for the paper that is open on the screen. */
  scan(files: readonly string[]): Promise<void>;
  nextPaper(): Promise<void>;
  removePage(pageId: string): Promise<void>;
  backToPapers(): Promise<void>;
  review(): Promise<void>;
  submit(): Promise<void>;
  receipt(): Promise<VisitView['submission']>;
  finish(): Promise<void>;
  press(name: string | RegExp): Promise<void>;
  onScreen(name: string, timeoutMs?: number): Promise<void>;
  view(): Promise<KioskView>;
  visit(): Promise<VisitView>;
  /** Waits until the visit is as wanted; the time-out says what it was instead. */
  until(wanted: (visit: VisitView) => boolean, what: string, timeoutMs?: number): Promise<VisitView>;
}

const STEP_LIMIT_MS = 30_000;
/** Any step of a visit, or the screen that invites to one. */
const anyScreen = ['attract', ...VisitStep.options]
  .map((name) => `[data-testid="screen-${name}"]`)
  .join(', ');

export function createVisitDriver(demo: Demo, page: Page): VisitDriver {
  page.setDefaultTimeout(STEP_LIMIT_MS);
  const press = async (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const onScreen = async (name: string, timeout = STEP_LIMIT_MS) => {
    await page.getByTestId(`screen-${name}`).waitFor({ timeout });
  };
  const view = async (): Promise<KioskView> => {
    const answer = await page.request.get(`${demo.origin}/api/kiosk`);
    if (!answer.ok()) throw new Error(`the kiosk answered ${answer.status()}`);
    return (await answer.json()) as KioskView;
  };
  const visit = async (): Promise<VisitView> => {
    const { visit: open } = await view();
    if (!open) throw new Error('no visit is open');
    return open;
  };
  const until: VisitDriver['until'] = async (wanted, what, timeoutMs = STEP_LIMIT_MS) => {
    const limit = performance.now() + timeoutMs;
    for (;;) {
      const now = await visit();
      if (wanted(now)) return now;
      if (performance.now() > limit)
        throw new Error(
          `waited in vain for ${what}; step ${now.step}, ${JSON.stringify(now.scan.problem?.code ?? now.problem?.code ?? null)}`,
        );
      await page.waitForTimeout(40);
    }
  };
  const countPages = (open: VisitView) => open.papers.reduce((sum, paper) => sum + paper.pages.length, 0);

  return {
    page,
    press,
    onScreen,
    view,
    visit,
    until,
    open: async () => {
      await page.goto(await demo.launchUrl());
      await page.locator(anyScreen).first().waitFor();
    },
    start: async () => {
      await page.getByTestId('screen-attract').getByRole('button').first().click();
      await onScreen('language');
    },
    chooseLanguage: async () => {
      await press(/Tiếng Việt/);
      await onScreen('service');
    },
    chooseService: async (name, query) => {
      // Left open by a search that broke off.
      if (await page.getByTestId('screen-service-search').isVisible()) await press('Quay lại');
      await press('Tìm thủ tục');
      for (const letter of query) await press(letter === ' ' ? 'Dấu cách' : new RegExp(`^${letter}$`, 'i'));
      await press(new RegExp(name));
      await onScreen('number');
    },
    takeNumber: async () => {
      await press('Lấy số');
      const open = await until((now) => now.ticket?.print.state === 'printed', 'the ticket to be printed');
      return open.ticket?.number ?? '';
    },
    goOn: async () => {
      await press(/Nộp giấy tờ tại đây/);
      await onScreen('identity');
    },
    showCard: async (cardText) => {
      await demo.reader.send(cardText);
      await until(
        (now) => now.identity.state === 'read' || now.identity.problem !== null,
        'the card to be read',
      );
    },
    deviceReady: async (role) => {
      const limit = performance.now() + STEP_LIMIT_MS;
      while ((await view()).devices.find((device) => device.role === role)?.state !== 'ready') {
        if (performance.now() > limit) throw new Error(`waited in vain for the ${role}`);
        await page.waitForTimeout(40);
      }
    },
    choosePaper: async (name) => {
      const row = page.getByTestId('screen-papers').locator('.checklist-row', { hasText: name }).first();
      if ((await row.getAttribute('aria-pressed')) !== 'true') await row.click();
    },
    confirmCard: async () => {
      await press('Đúng, là tôi');
      await onScreen('papers');
    },
    scan: async (files) => {
      const before = await visit();
      const wanted = countPages(before) + files.length;
      await demo.scanner.lay([...files]);
      await press(/^Quét( thêm trang)?$/);
      const scanned = await until(
        (now) =>
          now.scan.state === 'idle' &&
          (countPages(now) >= wanted || (now.version > before.version && now.scan.problem !== null)),
        `${files.length} page(s) to arrive`,
        STEP_LIMIT_MS + files.length * 5_000,
      );
      if (countPages(scanned) < wanted)
        throw new Error(`the scan ended early: ${scanned.scan.problem?.code}`);
    },
    nextPaper: () => press(/^Tiếp: /),
    removePage: async (pageId) => {
      // Asked anew each time: the pages after one that was removed have moved up.
      const position = (await visit()).papers.flatMap((paper) =>
        paper.pages.map((one, index) => ({ id: one.id, number: index + 1 })),
      );
      const number = position.find(({ id }) => id === pageId)?.number;
      await press(new RegExp(`, trang ${number}: `));
      await press('Bỏ trang này');
      await press('Bỏ trang');
      await until(
        (now) => !now.papers.some((paper) => paper.pages.some((one) => one.id === pageId)),
        'the page to go',
      );
    },
    backToPapers: async () => {
      await press('Quay lại');
      await onScreen('papers');
    },
    review: async () => {
      await press('Kiểm tra hồ sơ');
      await onScreen('review');
    },
    submit: async () => {
      await press('Nộp hồ sơ');
      await until((now) => now.step === 'submit' || now.step === 'receipt', 'the submission');
    },
    receipt: async () => {
      const open = await until(
        (now) => now.step === 'receipt' && now.submission.print?.state === 'printed',
        'the printed receipt',
        180_000,
      );
      await onScreen('receipt');
      return open.submission;
    },
    finish: async () => {
      await press('Hoàn tất');
      // The word of farewell goes by itself; a touch ends it at once.
      const farewell = page.getByTestId('screen-farewell').getByRole('button');
      await farewell.click({ timeout: 5_000 }).catch(() => undefined);
      await onScreen('attract', 60_000);
    },
  };
}
