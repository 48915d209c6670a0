import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type {
  OfficerDossierSummary,
  OfficerDossierView,
  OfficerTokenView,
  Problem,
  SignatureAnswer,
  SignatureOrder,
} from '@motcua/contract';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

/** The policy that the service sends. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};
const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="620" height="877"><rect width="620" height="877" fill="#f4f1e6"/></svg>';

/** As the service would say it. */
const sentences: Readonly<Record<string, readonly [vi: string, en: string]>> = {
  'officer-login-wrong': ['Tên đăng nhập hoặc mật khẩu không đúng.', 'The name or the password is wrong.'],
  'officer-session-over': ['Phiên làm việc đã kết thúc.', 'Your session has ended.'],
  'token-pin-wrong-last-try': ['Mã PIN không đúng, token chỉ còn một lần thử.', 'One try is left.'],
  'token-removed': ['USB Token đã bị rút ra khi đang ký.', 'The token was pulled out while signing.'],
  'dossier-gone': ['Hồ sơ này không còn trên máy.', 'That dossier is gone.'],
};

function problem(code: string): Problem {
  const [vi, en] = sentences[code]!;
  return { code, what: { vi, en }, next: { vi: 'Xin thử lại.', en: 'Please try again.' } };
}

let folder: string;
let axe: string;
let browser: Browser;
let page: Page;
let server: Server;
let faults: string[];
/** What the service knows and was asked. */
let loggedIn: boolean;
let dossiers: OfficerDossierSummary[];
let tokens: OfficerTokenView[];
let orders: SignatureOrder[];
let rejections: { id: string; reason: string }[];
let signingAnswer: (order: SignatureOrder) => SignatureAnswer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'officer-ui-'));
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await build({
    configFile: `${import.meta.dirname}/../vite.config.ts`,
    logLevel: 'error',
    build: { outDir: folder },
  });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  faults = [];
  loggedIn = true;
  orders = [];
  rejections = [];
  dossiers = [summary('1', 'Lê Thị Bưởi'), summary('2', 'Phạm Văn Cau')];
  tokens = [token('Nguyễn Thị Hường', true)];
  signingAnswer = (order) => ({
    outcomes: order.dossierIds.map((dossierId) => ({ dossierId, problem: null })),
    problem: null,
  });
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const path = new URL(request.url ?? '/', 'http://kiosk').pathname;
    response.setHeader('content-security-policy', POLICY);
    const api = path.startsWith('/officer/api/') ? answer(request.method ?? '', path.slice(13), body) : null;
    if (api) {
      response.statusCode = api.status;
      response.setHeader('content-type', api.type ?? 'application/json');
      return response.end(api.type ? String(api.body) : JSON.stringify(api.body));
    }
    const file = join(folder, path === '/officer/' ? 'officer/index.html' : path);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    return response.end(await readFile(file).catch(() => ''));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) faults.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/officer/`);
});
afterEach(async () => {
  await page.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  expect(faults).toEqual([]);
});

function answer(
  method: string,
  path: string,
  body: string,
): { status: number; body: unknown; type?: string } | null {
  const session = {
    officer: { login: 'huong', fullName: 'Nguyễn Thị Hường', position: 'Công chức' },
    kioskName: 'Kiosk 1',
    wardName: { vi: 'Phường Tân Hưng', en: 'Tân Hưng Ward' },
    canSign: true,
  };
  if (path === 'session' && method === 'POST') {
    loggedIn = (JSON.parse(body) as { password: string }).password === 'đúng mật khẩu';
    return loggedIn ? { status: 200, body: session } : { status: 401, body: problem('officer-login-wrong') };
  }
  if (path === 'session' && method === 'DELETE') {
    loggedIn = false;
    return { status: 200, body: {} };
  }
  if (!loggedIn) return { status: 401, body: problem('officer-session-over') };
  if (path === 'session') return { status: 200, body: session };
  if (path === 'dossiers') return { status: 200, body: { dossiers } };
  if (path === 'tokens') return { status: 200, body: { tokens } };
  if (path === 'signatures') {
    const order = JSON.parse(body) as SignatureOrder;
    orders.push(order);
    const answered = signingAnswer(order);
    const signed = new Set(answered.outcomes.filter((one) => !one.problem).map((one) => one.dossierId));
    dossiers = dossiers.map((one) =>
      signed.has(one.id) ? { ...one, state: 'signed', decidedAt: NOW, decidedBy: 'Nguyễn Thị Hường' } : one,
    );
    return { status: 200, body: answered };
  }
  const [, id = '', rest] = /^dossiers\/(\w+)(?:\/(.+))?$/.exec(path) ?? [];
  if (rest === 'rejection') {
    const { reason } = JSON.parse(body) as { reason: string };
    rejections.push({ id, reason });
    dossiers = dossiers.map((one) =>
      one.id === id
        ? { ...one, state: 'rejected', decidedAt: NOW, decidedBy: 'Nguyễn Thị Hường', reason }
        : one,
    );
    return { status: 200, body: { problem: null } };
  }
  if (rest) return { status: 200, body: PICTURE, type: 'image/svg+xml' };
  const found = dossiers.find((one) => one.id === id);
  return found ? { status: 200, body: view(found) } : { status: 404, body: problem('dossier-gone') };
}

const NOW = '2026-10-08T03:00:00Z';
const idOf = (number: string) => `0000000000000000000000000${number}`;

function summary(number: string, submitter: string): OfficerDossierSummary {
  return {
    id: idOf(number),
    dossierCode: `H29.15-261008-000${number}`,
    procedure: 'Đăng ký khai sinh',
    submitter,
    ticketNumber: `B00${number}`,
    submittedAt: '2026-10-08T02:00:00Z',
    papers: 1,
    pages: 2,
    doubtful: 1,
    state: 'waiting',
    decidedAt: null,
    decidedBy: null,
    reason: null,
    city: 'accepted',
  };
}

function view(short: OfficerDossierSummary): OfficerDossierView {
  const url = `/officer/api/dossiers/${short.id}/papers/0/pages`;
  const field = {
    label: 'Họ và tên',
    person: 'Người mẹ',
    value: short.submitter,
    snippetUrl: `${url}/0/fields/0`,
  };
  return {
    ...short,
    parties: [
      {
        fullName: short.submitter,
        personNumber: '001190012345',
        birthDate: '1990-02-14',
        residence: 'Hà Nội',
      },
    ],
    paperList: [
      {
        name: 'Tờ khai đăng ký khai sinh',
        pages: [0, 1].map((index) => ({
          imageUrl: `${url}/${index}`,
          width: 620,
          height: 877,
          kind: 'Tờ khai',
          fields: index === 0 ? [{ ...field, state: 'doubtful' as const }] : [],
        })),
      },
    ],
  };
}

function token(name: string, own: boolean, pin: OfficerTokenView['pin'] = 'ready'): OfficerTokenView {
  const fingerprint = 'a'.repeat(63) + (own ? '0' : '1');
  const certificate = {
    fingerprint,
    name,
    issuer: 'CA',
    validUntil: '2027-10-08T00:00:00Z',
    current: true,
    own,
  };
  return { label: name, serial: fingerprint.slice(-4), pin, pinPad: false, certificates: [certificate] };
}

async function accessible(): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return violations.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 160)}`);
  });
  expect(found).toEqual([]);
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });

test('logging in: a wrong password is said, the right one opens the list; leaving forgets everybody', async () => {
  loggedIn = false;
  await page.reload();
  await page.getByLabel('Tên đăng nhập').fill('huong');
  await page.getByLabel('Mật khẩu').fill('sai');
  await accessible();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Tên đăng nhập hoặc mật khẩu không đúng.').waitFor();
  expect(await page.getByLabel('Mật khẩu').inputValue()).toBe('');
  await page.getByLabel('Mật khẩu').fill('đúng mật khẩu');
  await page.keyboard.press('Enter');
  await row('Lê Thị Bưởi').click();
  await page.getByText('001190012345').waitFor();
  await accessible();
  await button('Đăng xuất').click();
  await page.getByLabel('Mật khẩu').waitFor();
  const left = await page.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  for (const secret of ['Bưởi', '001190012345', 'đúng mật khẩu']) expect(left).not.toContain(secret);
});

test('a dossier is read page by page, what is doubtful first, and enlarged', async () => {
  await row('Lê Thị Bưởi').click();
  await page.getByText('Họ và tên – Người mẹ').waitFor();
  await page.getByText('Cần xem kỹ', { exact: true }).waitFor();
  const width = () => page.locator('.page-picture').evaluate((picture) => picture.clientWidth);
  const before = await width();
  await button('Phóng to').click();
  expect(await width()).toBeGreaterThan(before);
  await button('Trang sau').click();
  await page.getByText('Máy không đọc được thông tin nào trên trang này.').waitFor();
});

test('selected dossiers are signed with one PIN; what the token refuses is said, and the PIN is gone from the page', async () => {
  tokens = [token('Nguyễn Thị Hường', true), token('Ủy ban nhân dân', false)];
  await page.getByText('Chọn tất cả').click();
  await button('Ký 2 hồ sơ đã chọn').click();
  const dialog = page.getByRole('dialog', { name: 'Ký 2 hồ sơ' });
  // Her own certificate is chosen already, the other one says that it is not hers.
  await expect.poll(() => dialog.getByRole('radio', { name: /Nguyễn Thị Hường/ }).isChecked()).toBe(true);
  await dialog.getByText('Tên trên chứng thư khác tên của bạn.').waitFor();
  await accessible();
  signingAnswer = () => ({ outcomes: [], problem: problem('token-pin-wrong-last-try') });
  tokens = [token('Nguyễn Thị Hường', true, 'last-try'), token('Ủy ban nhân dân', false)];
  await dialog.getByLabel('Mã PIN của USB Token').fill('111111');
  await button('Ký').click();
  await dialog.getByText('Mã PIN không đúng, token chỉ còn một lần thử.').waitFor();
  await dialog.getByText('Sai lần này token sẽ bị khóa.').waitFor();
  expect(await dialog.getByLabel('Mã PIN của USB Token').inputValue()).toBe('');
  signingAnswer = ({ dossierIds: [first, second] }) => ({
    outcomes: [
      { dossierId: first!, problem: null },
      { dossierId: second!, problem: problem('token-removed') },
    ],
    problem: null,
  });
  await dialog.getByLabel('Mã PIN của USB Token').fill('246810');
  await page.keyboard.press('Enter');
  await page.getByText('Đã ký 1 hồ sơ.').waitFor();
  await page.getByText('USB Token đã bị rút ra khi đang ký.').waitFor();
  await accessible();
  expect(orders.at(-1)).toMatchObject({ dossierIds: [idOf('1'), idOf('2')], role: 'officer', pin: '246810' });
  await button('Đóng').click();
  await expect.poll(() => row('Lê Thị Bưởi').count()).toBe(0);
  await page.getByRole('tab', { name: /Đã ký/ }).click();
  await row('Lê Thị Bưởi').waitFor();
});

test('the agency signs what officers have signed, and nothing twice', async () => {
  dossiers = [
    { ...summary('1', 'Lê Thị Bưởi'), state: 'signed', decidedAt: NOW },
    { ...summary('2', 'Phạm Văn Cau'), state: 'certified', decidedAt: NOW },
  ];
  await page.getByRole('tab', { name: /Đã ký/ }).click();
  await expect.poll(() => page.getByRole('checkbox').count()).toBe(1);
  await page
    .getByText('Lê Thị Bưởi')
    .first()
    .locator('xpath=ancestor::*[@role="row"]')
    .getByRole('checkbox')
    .press('Space');
  await button('Ký số cơ quan cho 1 hồ sơ đã chọn').click();
  tokens = [token('Nguyễn Thị Hường', true)];
  await page.getByLabel('Mã PIN của USB Token').fill('246810');
  await button('Ký').click();
  await page.getByText('Đã ký 1 hồ sơ.').waitFor();
  expect(orders).toMatchObject([{ dossierIds: [idOf('1')], role: 'agency' }]);
});

test('a locked token is not asked', async () => {
  tokens = [token('Nguyễn Thị Hường', true, 'locked')];
  await row('Lê Thị Bưởi').click();
  await button('Ký hồ sơ').click();
  await page.getByText('Token đã bị khóa. Xin liên hệ nơi cấp để mở khóa.').waitFor();
  expect(await page.getByLabel('Mã PIN của USB Token').isDisabled()).toBe(true);
  expect(await button('Ký').isDisabled()).toBe(true);
});

test('a dossier is returned with a reason', async () => {
  await row('Phạm Văn Cau').click();
  await button('Trả lại hồ sơ').click();
  const dialog = page.getByRole('dialog', { name: 'Trả lại hồ sơ của Phạm Văn Cau' });
  const send = dialog.getByRole('button', { name: 'Trả lại hồ sơ' });
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Có trang mờ, không đọc được' }).click();
  await accessible();
  await send.click();
  await expect.poll(() => rejections).toEqual([{ id: idOf('2'), reason: 'Có trang mờ, không đọc được' }]);
  await page.getByText('Lý do: Có trang mờ, không đọc được').waitFor();
});

test('a session that has ended is said, in the language of the page, and nothing of the dossier stays', async () => {
  await button('English').click();
  await row('Lê Thị Bưởi').click();
  await page.getByText('Personal number').waitFor();
  loggedIn = false;
  await row('Phạm Văn Cau').click();
  await page.getByRole('alert').getByText('Your session has ended.').waitFor();
  expect(await page.content()).not.toContain('Bưởi');
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
});
