import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { CommandRequest, KioskView } from '@motcua/contract';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildView } from '../fixtures/build-view.ts';
import { catalogue } from '../fixtures/catalogue.ts';
import { viewOf } from '../fixtures/views.ts';

/** The policy that the service sends; `data:` pictures are the fixtures'. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};

let folder: string;
let browser: Browser;
let page: Page;
let server: Server;
let port = 0;
let kiosk: KioskView;
let commands: CommandRequest[];
let streams: ServerResponse[];
let faults: string[];
/** How many commands are taken but not answered, as when the service dies in between. */
let unanswered = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kiosk-ui-'));
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
  kiosk = buildView();
  commands = [];
  streams = [];
  faults = [];
  unanswered = 0;
  await listen();
  page = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) faults.push(message.text());
  });
});
afterEach(async () => {
  await page.close();
  await stopListening();
});

async function listen(): Promise<void> {
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://kiosk').pathname;
    response.setHeader('content-security-policy', POLICY);
    if (path === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      streams.push(response);
    } else if (path === '/api/visit/commands') {
      let body = '';
      for await (const part of request) body += part;
      commands.push(JSON.parse(body) as CommandRequest);
      if (unanswered-- > 0) response.destroy();
      else response.end(JSON.stringify({ kiosk, problem: null }));
    } else if (path.startsWith('/api/')) {
      response.end(JSON.stringify(path === '/api/kiosk' ? kiosk : catalogue));
    } else {
      const file = join(folder, path === '/' ? 'index.html' : path);
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(await readFile(file).catch(() => ''));
    }
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
}

async function stopListening(): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

function change(view: KioskView): void {
  kiosk = view;
  for (const stream of streams) stream.write('event: changed\ndata: {"version":2}\n\n');
}

const screen = (name: string) => page.getByTestId(`screen-${name}`);

test('the built app keeps to the strict policy and starts a visit', async () => {
  await page.goto(`http://127.0.0.1:${port}/`);
  await screen('attract').waitFor();
  await page.getByRole('button', { name: 'Chạm để bắt đầu / Touch to start' }).click();
  await expect.poll(() => commands).toHaveLength(1);
  expect(commands[0]).toMatchObject({ visitId: null, version: null, command: { type: 'start' } });
  expect(commands[0]?.requestId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  for (const name of ['language', 'service', 'papers-there', 'review', 'receipt']) {
    change(viewOf(name));
    await screen(viewOf(name).visit!.step).waitFor();
  }
  await page.getByRole('button', { name: 'Trợ giúp' }).click();
  await page.getByRole('dialog', { name: 'Xin mời gọi nhân viên' }).waitFor();
  expect(await page.evaluate(() => document.fonts.check('600 20px "Be Vietnam Pro"', 'ữ'))).toBe(true);
  expect(faults).toEqual([]);
});

test('the visit stays on the screen through a reload', async () => {
  kiosk = viewOf('papers-there');
  await page.goto(`http://127.0.0.1:${port}/`);
  await screen('papers').waitFor();
  await page.reload();
  await screen('papers').waitFor();
  expect(commands).toEqual([]);
});

test('a command whose answer is lost is sent again as the same request', async () => {
  kiosk = viewOf('number');
  await page.goto(`http://127.0.0.1:${port}/`);
  unanswered = 2;
  await page.getByRole('button', { name: 'Lấy số' }).click();
  await expect.poll(() => commands.length, { timeout: 10_000 }).toBe(3);
  expect(new Set(commands.map(({ requestId }) => requestId)).size).toBe(1);
});

test('a service that is away is said plainly, and its return goes on where it was', async () => {
  kiosk = viewOf('papers-there');
  await page.goto(`http://127.0.0.1:${port}/`);
  await screen('papers').waitFor();
  await stopListening();
  await screen('lost').waitFor();
  streams = [];
  await listen();
  await screen('lost').waitFor({ state: 'detached', timeout: 15_000 });
  await screen('papers').waitFor();
});

test('nothing of a person is left after the visit', async () => {
  kiosk = viewOf('review');
  const { card } = kiosk.visit!.identity;
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByText(card!.name).first().waitFor();
  change({ ...kiosk, visit: null });
  await screen('farewell').waitFor();
  const left = await page.evaluate(() => ({
    html: document.documentElement.outerHTML,
    title: document.title,
    stored: localStorage.length + sessionStorage.length,
  }));
  expect(left.html).not.toContain(card!.name);
  expect(left.html).not.toContain(card!.number);
  expect(left.stored).toBe(0);
  await screen('farewell').click();
  await screen('attract').waitFor();
});
