import type { KioskView, VisitView } from '@motcua/contract';
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
  /** Lays the files on the glass and scans them for the paper that is open on the screen. */
  scan(files: readonly string[]): Promise<void>;
  nextPaper(): Promise<void>;
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
      await onScreen('attract');
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
    confirmCard: async () => {
      await press('Đúng, là tôi');
      await onScreen('papers');
    },
    scan: async (files) => {
      const before = countPages(await visit());
      await demo.scanner.lay([...files]);
      await press(/^Quét( thêm trang)?$/);
      await until(
        (now) => now.scan.state === 'idle' && countPages(now) >= before + files.length,
        `${files.length} page(s) to arrive`,
        STEP_LIMIT_MS + files.length * 5_000,
      );
    },
    nextPaper: () => press(/^Tiếp: /),
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
      await onScreen('attract', 60_000);
    },
  };
}
