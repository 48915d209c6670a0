import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, sequentialIds } from '@motcua/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../store/database.ts';
import { createOfficerAccounts, type OfficerAccounts } from './accounts.ts';
import { createOfficerSessions } from './officer-sessions.ts';
import { hashPassword, verifyPassword } from './password.ts';

const PASSWORD = 'hoa sen trắng 27';
const clock = manualClock('2026-10-08T02:00:00Z');
let folder: string;
let db: Db;
let accounts: OfficerAccounts;
beforeEach(async () => {
  clock.set('2026-10-08T02:00:00Z');
  folder = await mkdtemp(join(tmpdir(), 'accounts-'));
  ({ db } = openDatabase(join(folder, 'kiosk.sqlite'), Buffer.alloc(32, 7)));
  accounts = createOfficerAccounts({ db, clock, ids: sequentialIds() });
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const add = (change: object = {}) =>
  accounts.add({ login: 'huong', fullName: 'Nguyễn Thị Hường', position: '', password: PASSWORD, ...change });
const tryLogin = async (login: string, password: string) => {
  const entered = await accounts.logIn(login, password);
  if (entered.ok) return 'in';
  return entered.error.code === 'officer-login-locked' ? entered.error.retryAfterSeconds : 'wrong';
};

describe('a password', () => {
  it('is kept as Argon2id with its own salt, and is the same however its letters are composed', async () => {
    const [one, other] = [await hashPassword('Đặng Thị'), await hashPassword('Đặng Thị')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword('Đặng Thị'.normalize('NFD'), one)).toBe(true);
    expect(await verifyPassword('Đặng Thi', one)).toBe(false);
  });

  it('is never right against what is no hash, or one that would cost the whole memory', async () => {
    const dear = (await hashPassword('x')).replace('m=65536', 'm=9999999');
    for (const stored of ['', 'x', '$argon2id$', dear]) expect(await verifyPassword('x', stored)).toBe(false);
  });
});

describe('an account', () => {
  it.each([
    [{ login: 'Hường' }, 'officer-login-malformed'],
    [{ fullName: ' ' }, 'officer-login-malformed'],
    [{ password: 'ngắn quá' }, 'officer-password-weak'],
    [{ password: 'huong huong huong' }, 'officer-password-weak'],
    [{ password: 'aaaaaaaaaaaaaaa' }, 'officer-password-weak'],
  ])('%j is refused: %s', async (change, code) => {
    const added = await add(change);
    expect(added.ok || added.error.code).toBe(code);
  });

  it('is made once, and opens with its password only', async () => {
    expect((await add()).ok).toBe(true);
    const again = await add({ password: 'một mật khẩu khác' });
    expect(again.ok || again.error.code).toBe('officer-login-taken');
    expect(await tryLogin('huong', 'một mật khẩu khác')).toBe('wrong');
    expect(await tryLogin(' HUONG ', PASSWORD)).toBe('in');
  });

  it('pauses after wrong passwords, longer each time, also for the right one and for a name that is none', async () => {
    await add();
    for (const login of ['huong', 'nobody']) {
      const answers = [];
      for (let tries = 0; tries < 4; tries++) answers.push(await tryLogin(login, 'sai'));
      expect(answers).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
      expect(await tryLogin(login, PASSWORD)).toBe(30);
      clock.advance(30_000);
      expect(await tryLogin(login, 'sai')).toBe('wrong');
      expect(await tryLogin(login, PASSWORD)).toBe(60);
      clock.advance(60_000);
    }
    expect(await tryLogin('huong', PASSWORD)).toBe('in');
    // A success begins the count anew.
    expect(await tryLogin('huong', 'sai')).toBe('wrong');
    expect(await tryLogin('huong', PASSWORD)).toBe('in');
  });

  it('counts tries that come at the same time one by one', async () => {
    await add();
    const answers = await Promise.all(Array.from({ length: 7 }, () => tryLogin('huong', 'sai')));
    expect(answers).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 30, 30, 30]);
  });

  it('is not locked for years by a clock that was set back', async () => {
    await add();
    for (let tries = 0; tries < 4; tries++) await tryLogin('huong', 'sai');
    clock.advance(-400 * 86_400_000);
    expect(await tryLogin('huong', PASSWORD)).toBe('in');
  });

  it('is unlocked, closed and opened again by a technician', async () => {
    await add();
    for (let tries = 0; tries < 4; tries++) await tryLogin('huong', 'sai');
    accounts.unlock('huong');
    expect(await tryLogin('huong', PASSWORD)).toBe('in');
    const closed = accounts.disable('huong');
    expect(closed.ok && accounts.get(closed.value.id)).toBeNull();
    expect(await tryLogin('huong', PASSWORD)).toBe('wrong');
    await accounts.setPassword('huong', 'một mật khẩu mới');
    expect(await tryLogin('huong', 'một mật khẩu mới')).toBe('in');
    expect(accounts.unlock('nobody')).toEqual({ ok: false, error: { code: 'officer-unknown' } });
  });
});

describe('a session', () => {
  it('ends when nobody is there, at the end of the day, and when it is closed', () => {
    let now = 0;
    const sessions = createOfficerSessions(() => now);
    const idle = sessions.open('a');
    now += 9 * 60_000;
    expect(sessions.use(idle, true)).toBe('a');
    now += 9 * 60_000;
    // What the page asks by itself counts for nothing.
    expect(sessions.use(idle, false)).toBe('a');
    now += 2 * 60_000;
    expect(sessions.use(idle, true)).toBeNull();
    const long = sessions.open('a');
    for (const until = now + 10 * 3_600_000; now < until; now += 5 * 60_000) sessions.use(long, true);
    now += 60_000;
    expect(sessions.use(long, true)).toBeNull();
    const closed = sessions.open('b');
    expect(sessions.anybody()).toBe(true);
    sessions.closeAllOf('b');
    expect(sessions.use(closed, true)).toBeNull();
    expect(sessions.use('', true)).toBeNull();
    expect(sessions.anybody()).toBe(false);
  });
});
