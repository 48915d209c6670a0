import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestKiosk } from '../service-test-bench.ts';
import { createIdleTimer } from './idle-timer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the idle timer', () => {
  it('fires after the time without a touch, once', () => {
    const onIdle = vi.fn();
    const timer = createIdleTimer(() => 60_000, onIdle);
    timer.arm();
    vi.advanceTimersByTime(59_999);
    expect(onIdle).not.toHaveBeenCalled();
    expect(timer.remainingMs()).toBe(1);
    vi.advanceTimersByTime(120_000);
    expect(onIdle).toHaveBeenCalledTimes(1);
    expect(timer.remainingMs()).toBe(0);
  });

  it('begins anew at each touch, and not at all when disarmed', () => {
    const onIdle = vi.fn();
    const timer = createIdleTimer(() => 60_000, onIdle);
    timer.arm();
    vi.advanceTimersByTime(50_000);
    timer.arm();
    vi.advanceTimersByTime(50_000);
    timer.disarm();
    vi.advanceTimersByTime(50_000);
    expect(onIdle).not.toHaveBeenCalled();
  });

  it('does not care when the clock on the wall jumps', () => {
    const onIdle = vi.fn();
    createIdleTimer(() => 60_000, onIdle).arm();
    vi.setSystemTime(new Date('2040-01-01'));
    vi.advanceTimersByTime(59_000);
    expect(onIdle).not.toHaveBeenCalled();
  });
});

describe('a visit that nobody touches', () => {
  it('ends by itself as timed out, and a touch in time keeps it', async () => {
    const kiosk = await openTestKiosk();
    try {
      const limit = kiosk.site.visit.idleTimeoutMs;
      await kiosk.done({ type: 'start' });
      vi.advanceTimersByTime(limit - 1);
      await kiosk.done({ type: 'stay' });
      vi.advanceTimersByTime(limit - 1);
      expect((await kiosk.visit()).step).toBe('language');
      vi.advanceTimersByTime(1);
      expect((await kiosk.view()).visit).toBeNull();
      expect(kiosk.db.prepare('SELECT end_reason FROM visits').pluck().get()).toBe('timed-out');
    } finally {
      vi.useRealTimers();
      await kiosk.close();
    }
  });

  it('is off the screen at its time also when the disk does not take its end', async () => {
    const kiosk = await openTestKiosk();
    try {
      await kiosk.done({ type: 'start' });
      kiosk.db.exec(
        `CREATE TRIGGER no_end BEFORE UPDATE OF ended_at ON visits BEGIN SELECT RAISE(ABORT, 'no room'); END`,
      );
      vi.advanceTimersByTime(kiosk.site.visit.idleTimeoutMs);
      expect((await kiosk.view()).visit).toBeNull();
    } finally {
      vi.useRealTimers();
      await kiosk.close();
    }
  });
});
