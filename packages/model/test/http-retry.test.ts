import { describe, expect, test } from 'vitest';
import { isTemporary, retryAfter } from '../src/http-retry';

describe('Retry-After', () => {
  test('is a number of seconds, or a date', () => {
    expect([retryAfter('0'), retryAfter('120'), retryAfter(' 7 '), retryAfter(['7', '8'])]).toEqual([0, 120, 7, 7]);
    const inAMinute = retryAfter(new Date(Date.now() + 60_000).toUTCString())!;
    expect(inAMinute).toBeGreaterThan(57);
    expect(inAMinute).toBeLessThanOrEqual(60);
    expect(retryAfter('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
  });

  test('is nothing if it is missing or meaningless', () => {
    expect([retryAfter(undefined), retryAfter('soon'), retryAfter('')]).toEqual([undefined, undefined, undefined]);
  });
});

test.each([
  [200, false],
  [404, false],
  [408, true],
  [413, false],
  [429, true],
  [500, true],
  [503, true],
])('a status of %i is temporary: %s', (status, temporary) => {
  expect(isTemporary(status)).toBe(temporary);
});
