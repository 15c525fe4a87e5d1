import { PATIENCE, type Patience } from '@sensor-warehouse/influx/patience';
import { Failure } from '@sensor-warehouse/model/failure';
import { EMBEDDED, type MonthOfReadings } from '@sensor-warehouse/warehouse/aggregate/engine';
import type { Hours } from '@sensor-warehouse/warehouse/aggregate/hours';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/aggregate/influx-engine';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../influxd/server';
import { monthWith, readingsEvery } from './made-window';
import { type Asked, type Fault, type FaultyProxy, openProxy } from './proxy';

const QUICK: Patience = { deadline: 30_000, first: 20, most: 200 };
const SHORT: Patience = { deadline: 1500, first: 20, most: 200 };
const FROM = Date.parse('2024-10-01T00:00:00Z');
const TO = Date.parse('2024-11-01T00:00:00Z');
/** Some batches of points. */
const LARGE = [
  monthWith('2024-10', Object.fromEntries(['a', 'b', 'c'].map((name) => [name, readingsEvery(1, FROM, TO)]))),
];
const SMALL = [monthWith('2024-10', { a: readingsEvery(20, FROM, FROM + 3 * 86_400_000) })];

const isWrite = ({ path }: Asked) => path.startsWith('/api/v2/write');
const isQuery = ({ path }: Asked) => path.startsWith('/api/v2/query');

describe.skipIf(!hasInflux)('InfluxDB behind a network that fails', () => {
  let influx: TestServer;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    influx = await openServer();
  });
  afterAll(() => influx.stop());
  beforeEach(async () => {
    proxy = await openProxy(influx.server.url);
  });
  afterEach(async () => {
    await proxy.close();
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
  });

  const hoursOf = async (window: readonly MonthOfReadings[], patience: Patience): Promise<readonly Hours[]> => {
    const { org, token } = influx.server;
    const engine = await openInfluxEngine({ address: { url: proxy.url, org, token }, say: () => {}, patience });
    return engine.hours('made', window).finally(() => engine.close());
  };
  const failureOf = async (window: readonly MonthOfReadings[], patience: Patience) => {
    const error = await hoursOf(window, patience).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Failure);
    return (error as Failure).details;
  };

  /** Meddles with the first attempt of every request there is, and with no other. */
  const onceEach = (fault: Fault) => {
    const seen = new Set<string>();
    proxy.meddle = ({ method, path, body }) => {
      const name = `${method} ${path} ${body.toString('latin1')}`;
      if (seen.has(name)) return undefined;
      seen.add(name);
      return fault;
    };
    return seen;
  };

  test.each<[string, Fault, number]>([
    ['comes late', { kind: 'delay', milliseconds: 100 }, 1],
    ['is lost on its way', { kind: 'hang-up' }, 2],
    ['is done, but its reply never comes', { kind: 'drop-reply' }, 2],
    ['has a reply that is cut before its first byte', { kind: 'cut', after: 0 }, 2],
    ['is answered 429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, 2],
    ['is answered 503', { kind: 'status', status: 503 }, 2],
    ['is answered 500, as by a server whose cache is full', { kind: 'status', status: 500 }, 2],
  ])('gives the undisturbed hours when each request %s the first time', async (_, fault, attempts) => {
    const requests = onceEach(fault);
    expect(await hoursOf(LARGE, QUICK)).toEqual(await EMBEDDED.hours('made', LARGE));
    // Several batches, the count, four aggregates, and what is around them.
    expect(proxy.asked.filter(isWrite).length / attempts).toBeGreaterThan(2);
    expect(proxy.asked.filter(isQuery)).toHaveLength(5 * attempts);
    expect(proxy.asked.length).toBeGreaterThanOrEqual(requests.size * attempts);
  });

  test('waits as many seconds as the server asks for', async () => {
    let at = 0;
    proxy.meddle = (asked) => {
      if (!isWrite(asked)) return undefined;
      if (at === 0) {
        at = performance.now();
        return { kind: 'status', status: 429, headers: { 'retry-after': '2' } };
      }
      expect(performance.now() - at).toBeGreaterThan(1990);
      return undefined;
    };
    expect(await hoursOf(SMALL, QUICK)).toEqual(await EMBEDDED.hours('made', SMALL));
    expect(proxy.asked.filter(isWrite)).toHaveLength(2);
  });

  test('gives the undisturbed hours wherever the replies to its queries are cut, also if they seem to end there', async () => {
    const expected = await EMBEDDED.hours('made', SMALL);
    const cut = fc.record({ kind: fc.constantFrom('cut' as const, 'shorten' as const), after: fc.nat(1500) });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 5, maxLength: 5 }), async (cuts) => {
        const seen = new Set<string>();
        proxy.meddle = (asked) => {
          const name = asked.body.toString('latin1');
          if (!isQuery(asked) || seen.has(name)) return undefined;
          seen.add(name);
          return cuts[seen.size - 1];
        };
        expect(await hoursOf(SMALL, QUICK)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  test.each<[string, (asked: Asked) => boolean, Fault]>([
    ['no write gets through', isWrite, { kind: 'hang-up' }],
    ['writes are never acknowledged', isWrite, { kind: 'drop-reply' }],
    ['writes are always answered 503', isWrite, { kind: 'status', status: 503 }],
    ['replies to queries are always cut', isQuery, { kind: 'cut', after: 100 }],
    ['replies to queries always seem to end too early', isQuery, { kind: 'shorten', after: 100 }],
    ['queries are answered too late', isQuery, { kind: 'delay', milliseconds: 5000 }],
    [
      'the server asks for longer than the run would wait',
      isWrite,
      { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
    ],
  ])('fails as something that time may heal when %s, and drops its bucket', async (_, where, fault) => {
    proxy.meddle = (asked) => (where(asked) ? fault : undefined);
    expect(await failureOf(SMALL, SHORT)).toMatchObject({ class: 'remote-temporary', code: 'influx-unreachable' });
  });

  test.each<[string, number, object]>([
    ['takes no large bodies', 413, { class: 'remote-permanent', code: 'influx-write-refused' }],
    ['answers writes itself', 200, { class: 'remote-permanent', code: 'influx-write-refused' }],
    ['wants a password of its own', 401, { class: 'config', code: 'influx-token' }],
  ])('fails at once behind a proxy that %s', async (_, status, expected) => {
    proxy.meddle = (asked) => (isWrite(asked) ? { kind: 'status', status } : undefined);
    expect(await failureOf(SMALL, PATIENCE)).toMatchObject(expected);
    expect(proxy.asked.filter(isWrite)).toHaveLength(1);
  });

  test('takes no hours from an acknowledged batch that did not reach the server', async () => {
    let writes = 0;
    proxy.meddle = (asked) => (isWrite(asked) && ++writes === 2 ? { kind: 'status', status: 204 } : undefined);
    expect(await failureOf(LARGE, QUICK)).toMatchObject({ class: 'remote-temporary', code: 'influx-count' });
  });
});
