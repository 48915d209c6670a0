import { describe, expect, it } from 'vitest';
import { err, ok, type Result, unwrap } from './result.ts';

describe('a result', () => {
  it('gives its value, or throws with the code when a failure would be a bug', () => {
    const good: Result<number, { code: string }> = ok(7);
    expect(unwrap(good)).toBe(7);
    expect(() => unwrap(err({ code: 'disk-full' }))).toThrow('disk-full');
  });

  it('never quotes the details of a failure: they may be personal', () => {
    expect(() => unwrap(err({ code: 'card-bad-name', detail: 'Nguyễn Văn A' }))).toThrow(
      /^unexpected failure: card-bad-name$/,
    );
  });
});
