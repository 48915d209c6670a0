import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function collect() {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines, all: () => lines.join('') };
}

const PERSON = 'Nguyễn Thị Mẫu';
const NUMBER = '079190000001';

describe('the log', () => {
  it('writes one line of JSON with the time, and neither process nor host', () => {
    const { logger, lines } = collect();
    logger.info({ visit: '01K6Z00000000000000000000A', code: 'disk-full' }, 'a command failed');
    const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(Object.keys(entry).sort()).toEqual(['code', 'level', 'msg', 'time', 'visit']);
    expect(entry['time']).toMatch(/^\d{4}-\d{2}-\d{2}T/);
  });

  it('hides personal keys at the top, below, in lists and in child loggers', () => {
    const { logger, all } = collect();
    const card = { name: PERSON, number: NUMBER, birthDate: '1990-01-01', residence: 'Tân Hưng' };
    logger.info({ card }, 'read');
    logger.info(card, 'read');
    logger.info({ visit: card }, 'read');
    logger.info({ visit: { owner: card } }, 'read');
    logger.info({ owners: [card] }, 'read');
    logger.info({ page: { text: PERSON, fields: [{ value: NUMBER }] } }, 'read');
    logger.child({ name: PERSON }).warn({ phone: NUMBER }, 'read');
    expect(all()).not.toContain(PERSON);
    expect(all()).not.toContain(NUMBER);
    expect(all()).not.toContain('1990-01-01');
    expect(all()).not.toContain('Tân Hưng');
  });

  it("says of an error what kind it is and where it happened, never its message: that may quote a person's words", () => {
    const { logger, lines, all } = collect();
    logger.error(
      { err: new TypeError(`cannot read "${PERSON}"\n${NUMBER} is not a date\n  of ${PERSON}`) },
      'failed',
    );
    const entry = JSON.parse(lines[0] ?? '') as { err: { kind: string; stack: string[] } };
    expect(entry.err.kind).toBe('TypeError');
    expect(entry.err.stack.length).toBeGreaterThan(1);
    expect(entry.err.stack[0]).toContain('logger.test.ts');
    expect(all()).not.toContain(PERSON);
    expect(all()).not.toContain(NUMBER);
  });

  it('keeps the code of a fault of the system', () => {
    const { logger, all } = collect();
    logger.error({ err: Object.assign(new Error(PERSON), { code: 'SQLITE_FULL' }) }, 'failed');
    logger.error({ err: Object.assign(new Error(PERSON), { code: PERSON }) }, 'failed');
    expect(all()).toContain('"code":"SQLITE_FULL"');
    expect(all()).not.toContain(PERSON);
  });

  it('survives an error that is none', () => {
    const { logger, all } = collect();
    for (const thrown of [null, undefined, PERSON, { message: PERSON }, 42])
      logger.error({ err: thrown }, 'failed');
    expect(all()).not.toContain(PERSON);
  });
});
