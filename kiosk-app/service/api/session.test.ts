import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLaunchCodes, openSessionToken } from './session.ts';

describe('launch codes', () => {
  it('work within a minute and not after it', () => {
    let now = 0;
    const codes = createLaunchCodes(() => now);
    const [inTime, tooLate] = [codes.create(), codes.create()];
    now = 60_000;
    expect(codes.redeem(inTime)).toBe(true);
    now = 60_001;
    expect(codes.redeem(tooLate)).toBe(false);
  });

  it('are few: who asks without end pushes out old ones and fills no memory', () => {
    const codes = createLaunchCodes(() => 0);
    const made = Array.from({ length: 200 }, () => codes.create());
    expect(codes.redeem(made.at(-1) ?? '')).toBe(true);
    expect(made.filter((code) => codes.redeem(code)).length).toBeLessThan(20);
  });
});

describe('the token of a boot', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'token-')), 'run');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  it('stays the same when the service restarts, so that the open window goes on', async () => {
    const token = await openSessionToken(folder);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await openSessionToken(folder)).toBe(token);
    expect((await stat(join(folder, 'token'))).mode & 0o007).toBe(0);
  });

  it.each([
    '',
    'short',
    'x'.repeat(44),
    '\0'.repeat(43),
  ])('is made anew from a damaged file (%j)', async (damaged) => {
    await openSessionToken(folder);
    await writeFile(join(folder, 'token'), damaged);
    const token = await openSessionToken(folder);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await readFile(join(folder, 'token'), 'utf8')).trim()).toBe(token);
  });
});
