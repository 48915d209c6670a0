import { describe, expect, it } from 'vitest';
import { measureProcess } from './measure-process.ts';

describe('the cost of a program', () => {
  it('counts memory and work of its children, and tells how it ended', async () => {
    // The child fills 120 MB and works until it has used 0.4 s of a processor; its parent only waits.
    const busy = `const full = Buffer.alloc(120e6, 1); while (process.cpuUsage().user < 400e3) for (let i = 0; i < 1e6; i++); setTimeout(() => process.exit(full[0] + 2), 250)`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}]).on('exit', (code) => process.exit(code))`;
    const cost = await measureProcess(process.execPath, ['-e', parent], { timeoutMs: 60_000 });
    expect(cost.exitCode).toBe(3);
    expect(cost.peakMemory).toBeGreaterThan(120e6);
    expect(cost.peakMemory).toBeLessThan(400e6);
    expect(cost.cpuSeconds).toBeGreaterThan(0.3);
  });

  it('of one that is not there is an error', async () => {
    await expect(measureProcess('motcua-no-such-program', [], { timeoutMs: 1_000 })).rejects.toThrow(
      'ENOENT',
    );
  });
});
