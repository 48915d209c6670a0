import { describe, expect, it } from 'vitest';
import { exec } from './exec.ts';

const node = (script: string) => ['-e', script] as const;
const run = (script: string, options: Partial<Parameters<typeof exec>[2]> = {}) =>
  exec(process.execPath, node(script), { timeoutMs: 20_000, ...options });

describe('an external program', () => {
  it('gets its arguments as they are, without a shell between', async () => {
    const argument = '; echo $HOME && `id` "\'\n|';
    const result = await exec('printf', ['%s', argument], { timeoutMs: 20_000 });
    expect(result.ok && result.value.stdout.toString()).toBe(argument);
  });

  it('reads its input, and both its outputs come back', async () => {
    const result = await run(`process.stdin.pipe(process.stdout); process.stderr.write('gì đó')`, {
      input: 'giấy tờ',
    });
    expect(result).toMatchObject({ ok: true, value: { stderr: 'gì đó' } });
    expect(result.ok && result.value.stdout.toString()).toBe('giấy tờ');
  });

  it('fails with its exit code and what it said', async () => {
    expect(await run(`process.stderr.write('no paper'); process.exit(7)`)).toMatchObject({
      ok: false,
      error: { code: 'exec-failed', exitCode: 7, stderr: 'no paper' },
    });
  });

  it('that a signal ended has no exit code', async () => {
    expect(await run(`process.kill(process.pid, 'SIGKILL')`)).toMatchObject({
      error: { code: 'exec-failed', exitCode: null },
    });
  });

  it('that is not installed is missing', async () => {
    expect(await exec('motcua-no-such-program', [], { timeoutMs: 1_000 })).toEqual({
      ok: false,
      error: { code: 'exec-missing', program: 'motcua-no-such-program' },
    });
  });

  it('may end without reading its input', async () => {
    const result = await exec('true', [], { timeoutMs: 20_000, input: Buffer.alloc(4_000_000) });
    expect(result.ok).toBe(true);
  });

  it('is stopped at its time-out', async () => {
    expect(await run('setInterval(() => {}, 1000)', { timeoutMs: 200 })).toMatchObject({
      error: { code: 'exec-timeout' },
    });
  });

  it('is killed when it does not listen to the polite signal', async () => {
    const result = await run(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`, {
      timeoutMs: 400,
    });
    expect(result).toMatchObject({ error: { code: 'exec-timeout' } });
  });

  it('cannot hold us through a child of its own that keeps the pipes open', async () => {
    const result = await exec('sh', ['-c', 'sleep 25 & wait'], { timeoutMs: 100 });
    expect(result).toMatchObject({ error: { code: 'exec-timeout' } });
  }, 15_000);

  it('that talks without end is stopped at the cap', async () => {
    const endless = `const line = 'x'.repeat(1000); const say = () => process.stdout.write(line, say); say()`;
    expect(await run(endless, { maxOutputBytes: 10_000 })).toMatchObject({
      error: { code: 'exec-output-too-long' },
    });
  });

  it('may complain at length: standard error is cut, not the work', async () => {
    const result = await run(`process.stderr.write('e'.repeat(50000)); process.stdout.write('done')`, {
      maxOutputBytes: 1_000,
    });
    expect(result.ok && result.value.stdout.toString()).toBe('done');
    expect(result.ok && result.value.stderr.length).toBeLessThanOrEqual(1_000);
  });

  it('is stopped when the caller cancels, with the signal that it asked for', async () => {
    const abort = new AbortController();
    const said: string[] = [];
    const result = await run(
      `process.on('SIGINT', () => { process.stdout.write('tidied up'); process.exit() }); process.stdout.write('ready'); setInterval(() => {}, 1000)`,
      {
        signal: abort.signal,
        stopSignal: 'SIGINT',
        onStdout: (chunk) => {
          said.push(chunk.toString());
          abort.abort();
        },
      },
    );
    expect(result).toMatchObject({ error: { code: 'exec-cancelled' } });
    expect(said.join('')).toContain('tidied up');
  });

  it('is not even started when the caller has cancelled already', async () => {
    expect(await run('', { signal: AbortSignal.abort() })).toMatchObject({
      error: { code: 'exec-cancelled' },
    });
  });
});
