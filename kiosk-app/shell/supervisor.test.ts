import { err, manualClock, ok, silentLogger } from '@motcua/core';
import { expect, test } from 'vitest';
import { startScreenProcess } from './screen-process.ts';
import { supervise } from './supervisor.ts';

/** A screen whose program is the given JavaScript. */
const program = (script: string) =>
  startScreenProcess({ program: process.execPath, args: ['-e', script], env: {} });

function setUp(scripts: readonly (string | { code: string })[], keepOpen: boolean, lastsMs = 0) {
  const clock = manualClock('2026-10-08T01:00:00Z');
  const pauses: number[] = [];
  const pids: number[] = [];
  let starts = 0;
  const allStarted = Promise.withResolvers<void>();
  const supervisor = supervise({
    start: async () => {
      const script = scripts[Math.min(starts, scripts.length - 1)]!;
      starts += 1;
      if (starts >= scripts.length) allStarted.resolve();
      if (typeof script !== 'string') return err(script);
      const run = program(script);
      pids.push(run.child.pid!);
      void run.ended.then(() => clock.advance(lastsMs));
      return ok(run);
    },
    clock,
    logger: silentLogger,
    keepOpen,
    wait: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  });
  return { supervisor, pauses, pids, started: () => starts, allStarted: allStarted.promise };
}

const DIES = 'process.exit(7)';
const LIVES = 'setInterval(() => undefined, 1000)';
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a screen that keeps dying comes back, ever more slowly, at most 30 s apart', async () => {
  const screen = setUp([...Array.from({ length: 9 }, () => DIES), LIVES], true);
  await screen.allStarted;
  expect(screen.pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  await screen.supervisor.close();
});

test('after a sound run the back-off starts again', async () => {
  const screen = setUp([DIES, DIES, DIES, LIVES], true, 61_000);
  await screen.allStarted;
  expect(screen.pauses).toEqual([500, 500, 500]);
  await screen.supervisor.close();
});

test('a killed screen comes back', async () => {
  const screen = setUp(['process.kill(process.pid, "SIGKILL")', LIVES], false);
  await screen.allStarted;
  expect(screen.started()).toBe(2);
  await screen.supervisor.close();
});

test('while the service is not there yet, the start is tried again', async () => {
  const absent = { code: 'launch-service-absent' };
  const screen = setUp([absent, absent, LIVES], true);
  await screen.allStarted;
  expect(screen.pauses).toEqual([500, 1_000]);
  await screen.supervisor.close();
});

test('closing the window ends the shell in the demo and not on the appliance', async () => {
  const demo = setUp(['process.exit(0)'], false);
  await demo.supervisor.done;
  expect(demo.started()).toBe(1);
  const appliance = setUp(['process.exit(0)', 'process.exit(0)', LIVES], true);
  await appliance.allStarted;
  await appliance.supervisor.close();
  expect(appliance.started()).toBe(3);
});

test('close ends the program and its children, also when they ignore the polite signal', async () => {
  const stubborn = `process.on('SIGTERM', () => undefined);
    const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(LIVES)}]);
    ${LIVES};`;
  const screen = setUp([stubborn], true);
  await screen.allStarted;
  await screen.supervisor.close();
  await screen.supervisor.close();
  const [pid] = screen.pids;
  expect(isAlive(pid!)).toBe(false);
  // The whole group is gone with it.
  expect(isAlive(-pid!)).toBe(false);
  expect(screen.started()).toBe(1);
});

test('a program that does not exist counts as a death, not as a crash of the supervisor', async () => {
  const run = startScreenProcess({ program: '/none/such', args: [], env: {} });
  expect(await run.ended).toEqual({ reason: 'died' });
  await run.stop();
});
