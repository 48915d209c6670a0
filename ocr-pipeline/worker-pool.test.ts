import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unwrap } from '@motcua/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';

let folder: string;
let script: URL;
let pool: WorkerPool | undefined;

/** A worker that does as it is told: answer, crash once or always, hang, hang with a program of its own. */
const OBEDIENT = `
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
process.on('disconnect', () => process.exit());
process.on('message', (order) => {
  appendFileSync(order.log, process.pid + '\\n');
  const tries = readFileSync(order.log, 'utf8').trim().split('\\n').length;
  if (order.act === 'crash' || (order.act === 'crash-once' && tries === 1)) process.kill(process.pid, 'SIGKILL');
  else if (order.act === 'hang') for (;;);
  else if (order.act === 'start') appendFileSync(order.log, spawn('sleep', ['1000']).pid + '\\n');
  else if (order.act === 'greet') return;
  else process.send({ pid: process.pid, tries, act: order.act });
});`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
  const file = join(folder, 'worker.mjs');
  await writeFile(file, OBEDIENT);
  script = pathToFileURL(file);
  return () => rm(folder, { recursive: true });
});
afterEach(() => pool?.close());

let logs = 0;
function order(act: string) {
  logs += 1;
  return { act, log: join(folder, `log-${logs}`) };
}

async function pidsOf(log: string): Promise<number[]> {
  return (await readFile(log, 'utf8')).trim().split('\n').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function start(options: Partial<Parameters<typeof createWorkerPool>[0]> = {}) {
  pool = createWorkerPool({ script, workers: 1, timeoutMs: 30_000, recycleAfter: 100, ...options });
  return pool;
}

describe('the pool', () => {
  it('repeats an order once in a new process when a worker is killed', async () => {
    const answer = await start().run(order('crash-once'));
    expect(answer).toMatchObject({ ok: true, value: { tries: 2 } });
  });

  it('sends the successor of a dead worker what is meant for it', async () => {
    const running = start({ repetition: (order) => ({ ...order, act: 'answer' }) });
    expect(await running.run(order('crash'))).toMatchObject({ ok: true, value: { tries: 2, act: 'answer' } });
    expect(await running.run(order('answer'))).toMatchObject({ ok: true, value: { tries: 1 } });
  });

  it('gives up after the second crash, and the next order works', async () => {
    const running = start();
    const crash = order('crash');
    expect(await running.run(crash)).toEqual({ ok: false, error: { code: 'worker-died' } });
    expect(await pidsOf(crash.log)).toHaveLength(2);
    expect(await running.run(order('answer'))).toMatchObject({ ok: true });
  });

  it('kills a worker that hangs, twice, and says so', async () => {
    const hang = order('hang');
    const running = start({ timeoutMs: 2_000 });
    expect(await running.run(hang)).toEqual({ ok: false, error: { code: 'worker-timeout' } });
    const pids = await pidsOf(hang.log);
    expect(pids).toHaveLength(2);
    await running.close();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('ends a cancelled order at once, waiting or running', async () => {
    const running = start();
    const abort = new AbortController();
    const first = running.run(order('hang'), abort.signal);
    const second = running.run(order('answer'), abort.signal);
    abort.abort();
    expect(await first).toEqual({ ok: false, error: { code: 'worker-cancelled' } });
    expect(await second).toEqual({ ok: false, error: { code: 'worker-cancelled' } });
    expect(await running.run(order('answer'))).toMatchObject({ ok: true });
    expect(await running.run(order('answer'), abort.signal)).toMatchObject({
      error: { code: 'worker-cancelled' },
    });
  });

  it('ends what a cancelled, killed or hung worker has started', async () => {
    const running = start({ timeoutMs: 2_000 });
    for (const end of ['cancel', 'kill', 'time-out']) {
      const abort = new AbortController();
      const begun = order('start');
      const open = running.run(begun, abort.signal);
      await expect.poll(() => pidsOf(begun.log).catch(() => [])).toHaveLength(2);
      const pids = await pidsOf(begun.log);
      if (end === 'cancel') abort.abort();
      if (end === 'kill') process.kill(pids[0]!, 'SIGKILL');
      await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
      // What the repetition started ends too.
      abort.abort();
      expect((await open).ok).toBe(false);
      const all = await pidsOf(begun.log);
      await expect.poll(() => all.filter(isAlive)).toEqual([]);
    }
  });

  it('greets every worker once, the successors too, before anything is asked of them', async () => {
    const greeting = order('greet');
    const running = start({ workers: 2, recycleAfter: 1, greeting });
    await running.warmUp();
    await expect.poll(() => pidsOf(greeting.log).catch(() => [])).toHaveLength(2);
    const greeted = await pidsOf(greeting.log);
    const answer = unwrap(await running.run(order('answer'))) as { readonly pid: number };
    expect(greeted).toContain(answer.pid);
    await expect.poll(() => pidsOf(greeting.log)).toHaveLength(3);
  });

  it('leaves no process behind when it is closed in the middle', async () => {
    const running = start({ workers: 2 });
    const done = order('answer');
    await running.run(done);
    const open = running.run(order('hang'));
    await running.close();
    expect(await open).toEqual({ ok: false, error: { code: 'worker-cancelled' } });
    expect((await pidsOf(done.log)).filter(isAlive)).toEqual([]);
    expect(await running.run(order('answer'))).toMatchObject({ ok: false });
  });

  it('replaces a worker after its share of orders', async () => {
    const running = start({ recycleAfter: 2 });
    const pids: unknown[] = [];
    for (let at = 0; at < 3; at += 1) {
      const answer = await running.run(order('answer'));
      if (answer.ok) pids.push((answer.value as { pid: number }).pid);
    }
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).not.toBe(pids[0]);
  });
});
