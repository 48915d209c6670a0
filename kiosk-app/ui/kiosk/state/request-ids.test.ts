import { expect, test } from 'vitest';
import { createRequestIds } from './request-ids.ts';

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

test('the time of the ULID specification comes out as its ten characters', () => {
  const id = createRequestIds(
    () => 1_469_918_176_385,
    () => {},
  )();
  expect(id.slice(0, 10)).toBe('01ARYZ6S41');
  expect(id.slice(10)).toBe('0'.repeat(16));
});

test('ids have the form of a ULID and do not repeat', () => {
  const next = createRequestIds(Date.now, (bytes) =>
    crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  );
  const ids = Array.from({ length: 1000 }, next);
  for (const id of ids) expect(id).toMatch(ULID);
  expect(new Set(ids).size).toBe(1000);
});

test('every byte of randomness gives a character of the alphabet', () => {
  for (let byte = 0; byte < 256; byte++) {
    expect(
      createRequestIds(
        () => 0,
        (bytes) => bytes.fill(byte),
      )(),
    ).toMatch(ULID);
  }
});
