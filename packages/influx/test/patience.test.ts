import { Failure } from '@sensor-warehouse/model/failure';
import { describe, expect, test } from 'vitest';
import { Again, isTemporary, type Patience, persist, retryAfter } from '../src/patience';
import { ConnectionLost } from '../src/transport';

const SERVER = { url: 'http://localhost:8086' };
const SHORT: Patience = { deadline: 400, first: 10, most: 40 };

describe('a request that is tried again', () => {
  test('succeeds when the server comes back before the deadline', async () => {
    let attempts = 0;
    const result = await persist(SERVER, 'asking', SHORT, async () => {
      if (++attempts < 4) throw attempts % 2 === 0 ? new Again('status 503') : new ConnectionLost('POST /write');
      return 'done';
    });
    expect([result, attempts]).toEqual(['done', 4]);
  });

  test('fails at the deadline as something that time may heal, and says what the last attempt met', async () => {
    const failure = (await persist(SERVER, 'asking', SHORT, async () => {
      throw new Again('status 503: starting');
    }).catch((error: unknown) => error)) as Failure;
    expect(failure).toBeInstanceOf(Failure);
    expect(failure.details).toMatchObject({ class: 'remote-temporary', code: 'influx-unreachable' });
    expect(failure.details.found).toContain('status 503: starting');
  });

  test('does not wait for what the server will only allow after the deadline', async () => {
    const started = performance.now();
    const attempt = async () => {
      throw new Again('status 429', 3600);
    };
    await expect(persist(SERVER, 'asking', SHORT, attempt)).rejects.toBeInstanceOf(Failure);
    expect(performance.now() - started).toBeLessThan(SHORT.deadline);
  });

  test('waits as long as the server asks for', async () => {
    const started = performance.now();
    let attempts = 0;
    await persist(SERVER, 'asking', { ...SHORT, deadline: 5000 }, async () => {
      if (++attempts === 1) throw new Again('status 429', 1);
    });
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  test('is given up at once for anything else', async () => {
    let attempts = 0;
    const attempt = async () => {
      attempts++;
      throw new RangeError('ours');
    };
    await expect(persist(SERVER, 'asking', SHORT, attempt)).rejects.toThrow(RangeError);
    expect(attempts).toBe(1);
  });
});

describe('Retry-After', () => {
  const after = (value: string | string[] | undefined) => retryAfter({ headers: { 'retry-after': value } });

  test('is a number of seconds, or a date (RFC 9110)', () => {
    expect(after('120')).toBe(120);
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    expect(after(inAMinute)).toBeGreaterThan(58);
    expect(after(inAMinute)).toBeLessThanOrEqual(60);
    expect(after(['7', '8'])).toBe(7);
  });

  test.each([[undefined], ['soon'], ['-1x']])('is not known from %s', (value) => {
    expect(after(value)).toBeUndefined();
  });

  test('is now for a date that has passed', () => {
    expect(after('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
  });
});

test('a status is temporary if the server may answer another one later', () => {
  expect([200, 204, 400, 401, 404, 408, 413, 422, 429, 500, 503].filter(isTemporary)).toEqual([408, 429, 500, 503]);
});
