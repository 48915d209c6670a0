import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestKiosk, type TestKiosk } from '../service-test-bench.ts';

let kiosk: TestKiosk;
beforeAll(async () => {
  kiosk = await openTestKiosk();
});
afterAll(() => kiosk.close());

interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** A request that would be let in, with these headers changed. */
const send = ({ method = 'GET', url = '/api/kiosk', headers = {}, payload }: Sent) =>
  kiosk.service.app.inject({
    method,
    url,
    headers: { ...kiosk.headers, ...headers },
    ...(payload !== undefined && { payload }),
  });

describe('other pages of the same browser are kept out', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
  ])('host %s, which a rebound DNS name would send, is misdirected', async (host) => {
    const answer = await send({ headers: { host } });
    expect([answer.statusCode, answer.json()]).toEqual([421, { code: 'host-unknown' }]);
  });

  it('the page by its own name or its number is let in', async () => {
    const { port } = new URL(kiosk.url);
    for (const name of ['127.0.0.1', 'localhost']) {
      const host = `${name}:${port}`;
      expect((await send({ headers: { host, origin: `http://${host}` } })).statusCode).toBe(200);
    }
  });

  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    'file://',
  ])('origin %s is foreign', async (origin) =>
    expect((await send({ headers: { origin } })).statusCode).toBe(403));

  it.each(['cross-site', 'same-site', 'something-new'])('a request that is %s is foreign', async (site) =>
    expect((await send({ headers: { 'sec-fetch-site': site } })).statusCode).toBe(403));

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ])('a form cannot post a command as %j', async (type) => {
    const answer = await send({
      method: 'POST',
      url: '/api/visit/commands',
      headers: { 'content-type': type },
      payload: '{}',
    });
    expect(answer.statusCode).toBe(415);
  });

  it('a preflight of another origin gets no permission', async () => {
    const answer = await kiosk.service.app.inject({
      method: 'OPTIONS',
      url: '/api/kiosk',
      headers: {
        host: kiosk.headers.host,
        origin: 'https://evil.example',
        'access-control-request-method': 'GET',
      },
    });
    expect(answer.statusCode).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('other programs of the machine are kept out', () => {
  const host = () => kiosk.headers.host;
  const bare = (url: string, headers: Record<string, string> = {}) =>
    kiosk.service.app.inject({ url, headers: { host: host(), ...headers } });

  it('without the token, or with a wrong one in either place, nothing is told', async () => {
    const wrong = 'x'.repeat(43);
    for (const headers of [
      {},
      { authorization: `Bearer ${wrong}` },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${kiosk.token}` },
      { cookie: `motcua_session=${wrong}` },
      { cookie: 'motcua_session=' },
      { cookie: `motcua_session=${kiosk.token.slice(0, -1)}` },
    ])
      expect((await bare('/api/kiosk', headers as Record<string, string>)).statusCode).toBe(401);
  });

  it.each([
    '/api/kiosk',
    '/%61pi/kiosk',
    '/ap%69/kiosk',
    '/api%2Fkiosk',
    '//api/kiosk',
    '/./api/kiosk',
    '/x/../api/kiosk',
    '/API/kiosk',
    '/api/kiosk/',
    '/api/outbox',
    '/%61pi/outbox',
    '/%61pi/catalogue',
    '/%61pi/events',
  ])('%s without a token gives nothing away', async (url) => {
    const answer = await bare(url);
    expect([401, 404]).toContain(answer.statusCode);
    expect(answer.body).not.toContain('kioskName');
  });

  it('the token opens as a bearer and as the cookie', async () => {
    expect((await bare('/api/kiosk', { authorization: `Bearer ${kiosk.token}` })).statusCode).toBe(200);
    expect((await bare('/api/kiosk', { cookie: `motcua_session=${kiosk.token}` })).statusCode).toBe(200);
  });

  it('what was refused is in the audit trail, by its code alone', async () => {
    await bare('/api/kiosk?name=Diem');
    const last = kiosk.db
      .prepare(`SELECT data FROM audit WHERE event = 'request-refused' ORDER BY id DESC LIMIT 1`)
      .get();
    expect(last).toEqual({ data: '{"code":"session-missing"}' });
  });
});

describe('a window signs in', () => {
  const open = (url: string) => kiosk.service.app.inject({ url, headers: { host: kiosk.headers.host } });
  const launch = async () => {
    const answer = await send({
      method: 'POST',
      url: '/api/shell/launch-codes',
      headers: { 'content-type': 'application/json' },
      payload: '{}',
    });
    const url = new URL(answer.json().url);
    return url.pathname + url.search;
  };

  it('with a code that works once, and leaves a cookie that no script and no other site can use', async () => {
    const address = await launch();
    const first = await open(address);
    expect([first.statusCode, first.headers.location]).toEqual([303, '/']);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect((await open(address)).statusCode).toBe(401);
  });

  it.each(['', '?code=', '?code=guess', '?code=a&code=b', '?code[]=a'])('not with %j', async (query) => {
    const answer = await open(`/session${query}`);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('only the shell, which may read the token, can make codes', async () => {
    const answer = await kiosk.service.app.inject({
      method: 'POST',
      url: '/api/shell/launch-codes',
      headers: { host: kiosk.headers.host, 'content-type': 'application/json' },
      payload: '{}',
    });
    expect(answer.statusCode).toBe(401);
  });
});

describe('what the browser is told to keep to', () => {
  it.each([
    '/',
    '/index.html',
    '/api/kiosk',
    '/no-such-page',
    '/session',
    '/healthz',
  ])('%s carries the content security policy and no permission for others', async (url) => {
    const { headers } = await send({ url });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('nothing of a visit is stored by the browser', async () => {
    for (const url of ['/api/kiosk', '/api/catalogue'])
      expect((await send({ url })).headers['cache-control']).toBe('no-store');
  });
});
