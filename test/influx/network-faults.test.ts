import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import {
  type Disturbance,
  endOf,
  expectUndisturbed,
  HASTY,
  hoursFrom,
  openWay,
  PATIENT,
  type Treatment,
} from './disturbed';

const WRITE = 'POST /api/v2/write';
const QUERY = 'POST /api/v2/query';
const CREATE = 'POST /api/v2/buckets';

/** Only the first request of this kind. */
const once =
  (kind: string, treatment: Treatment): Disturbance =>
  ({ what, before }) =>
    what === kind && before === 0 ? treatment : undefined;
const always =
  (kind: string, treatment: Treatment): Disturbance =>
  ({ what }) =>
    what === kind ? treatment : undefined;
const drop: Disturbance = ({ what, before }) =>
  what.startsWith('DELETE /api/v2/buckets/') && before === 0 ? { lose: 'reply' } : undefined;

const ERROR_TABLE = '\r\n,error,reference\r\n,the engine is closed,897\r\n';
const NO_POINTS = '\r\n';
const BUSY = { answer: 503, body: '{"code":"unavailable","message":"busy"}' };

describe.skipIf(!hasInflux)('on a bad connection to InfluxDB', () => {
  let influx: TestServer;
  beforeAll(async () => {
    influx = await openServer();
  });
  afterAll(async () => {
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
    await influx.stop();
  });

  const hoursBy = async (disturb: Disturbance, patience = PATIENT) => {
    let disturbed = 0;
    const way = await openWay(influx.server.url, async (asked) => {
      const treatment = await disturb(asked);
      if (treatment !== undefined) disturbed++;
      return treatment;
    });
    try {
      return await hoursFrom({ ...influx.server, url: way.url }, patience);
    } finally {
      await way.close();
      expect(disturbed).toBeGreaterThan(0);
    }
  };

  test.each<[string, Disturbance]>([
    ['every reply is late', () => ({ late: 40 })],
    [
      'every second write is lost',
      ({ what, before }) => (what === WRITE && before % 2 === 0 ? { lose: 'request' } : undefined),
    ],
    [
      'the replies of writes that went through are dropped',
      ({ what, before }) => (what === WRITE && before < 3 ? { lose: 'reply' } : undefined),
    ],
    ['the reply of the bucket that was made is dropped', once(CREATE, { lose: 'reply' })],
    ['the reply of the bucket that was dropped is dropped', drop],
    ['a result ends with its connection', once(QUERY, { cut: 'connection' })],
    ['a result ends early, as if that were its end', once(QUERY, { cut: 'body' })],
    [
      'every result ends early once',
      ({ what, before }) => (what === QUERY && before % 2 === 0 ? { cut: 'body' } : undefined),
    ],
    ['an error follows a result that began well', once(QUERY, { append: ERROR_TABLE })],
    ['a write is acknowledged and not stored', once(WRITE, { answer: 204 })],
    ['a series is not counted at first', once(QUERY, { answer: 200, body: NO_POINTS })],
    ['the server is busy three times', ({ what, before }) => (what === WRITE && before < 3 ? BUSY : undefined)],
    ['every first request of a kind meets a busy server', ({ before }) => (before === 0 ? BUSY : undefined)],
    [
      'a proxy has no server for a moment',
      ({ before }) => (before === 0 ? { answer: 502, body: '<html>' } : undefined),
    ],
  ])('the hours are those of an undisturbed run where %s', async (_, disturb) => {
    await expectUndisturbed(hoursBy(disturb));
  });

  test('a write is sent again when the server said that it may be, not before', async () => {
    const times: number[] = [];
    const disturb: Disturbance = ({ what, before }) => {
      if (what !== CREATE) return undefined;
      times.push(performance.now());
      return before === 0
        ? { answer: 429, headers: { 'retry-after': '1' }, body: '{"message":"slow down"}' }
        : undefined;
    };
    await expectUndisturbed(hoursBy(disturb));
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1000);
  });

  test.each<[string, Disturbance, string]>([
    ['the server stays busy', always(WRITE, BUSY), 'remote-temporary influx-unreachable'],
    [
      'the server asks for an hour of patience',
      always(WRITE, { answer: 429, headers: { 'retry-after': '3600' } }),
      'remote-temporary influx-unreachable',
    ],
    ['no write is ever answered', always(WRITE, { silent: true }), 'remote-temporary influx-unreachable'],
    ['no query is ever answered', always(QUERY, { silent: true }), 'remote-temporary influx-unreachable'],
    ['every result is cut off', always(QUERY, { cut: 'body' }), 'remote-temporary influx-unreachable'],
    [
      'every connection ends within a result',
      always(QUERY, { cut: 'connection' }),
      'remote-temporary influx-unreachable',
    ],
    ['every result ends with an error', always(QUERY, { append: ERROR_TABLE }), 'remote-permanent influx-refused'],
    ['every write is acknowledged and not stored', always(WRITE, { answer: 204 }), 'remote-temporary influx-count'],
    [
      'a result is another one, of nothing',
      always(QUERY, { answer: 200, body: NO_POINTS }),
      'remote-temporary influx-count',
    ],
    [
      'a page comes for a result',
      always(QUERY, { answer: 200, body: '<html>\n' }),
      'remote-temporary influx-unreachable',
    ],
    ['a proxy finds the body too large', always(WRITE, { answer: 413 }), 'remote-permanent influx-write-refused'],
    ['the server stored a part', always(WRITE, { answer: 201 }), 'remote-permanent influx-write-refused'],
    ['a proxy lets nobody in', always(QUERY, { answer: 403 }), 'config influx-token'],
  ])('the run fails with the right class where %s', async (_, disturb, expected) => {
    const began = performance.now();
    expect(await endOf(hoursBy(disturb, HASTY))).toContain(`${expected}:`);
    expect(performance.now() - began).toBeLessThan(HASTY.deadline + 5_000);
  });
});
