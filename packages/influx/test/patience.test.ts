import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../model/test/support/failure-of';
import { findBucket } from '../src/buckets';
import { connect, unencrypted } from '../src/connect';
import { type Patience, request } from '../src/patience';
import { ask, type Connection, ConnectionLost, openConnection } from '../src/transport';
import { writePoints } from '../src/write-points';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const QUICK: Patience = { deadline: 1500, first: 20, most: 100 };
const TOKEN = 'a-token';
let open: Server[] = [];

afterEach(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
  open = [];
});

/** The other end, which answers as listed: the last answer for every request after it. */
async function serverThat(...answers: readonly Answer[]) {
  const asked: { readonly at: number; readonly path: string; readonly body: string }[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      asked.push({ at: performance.now(), path: incoming.url!, body });
      answers[Math.min(asked.length, answers.length) - 1]!(response, incoming);
    });
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, connection: openConnection({ url, org: 'home', token: TOKEN }) };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    response.writeHead(code, headers).end(body);
const json = (body: unknown): Answer => status(200, { 'content-type': 'application/json' }, JSON.stringify(body));
const hangUp: Answer = (_, { socket }) => socket.destroy();
const half: Answer = (response, { socket }) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"half":');
  setTimeout(() => socket.destroy(), 20);
};
const silence: Answer = () => {};

const GET = { method: 'GET', path: '/any?secret=no' } as const;

/** A reply that never ends, of these bytes over and over. */
const endless =
  (code: number, type: string): Answer =>
  (response) => {
    response.writeHead(code, { 'content-type': type });
    const bytes = Buffer.alloc(1 << 20, 'a');
    const more = () => {
      while (!response.destroyed && response.write(bytes));
    };
    response.on('drain', more);
    more();
  };

describe('a reply that does not end', () => {
  test('is refused after some bytes, with a message', async () => {
    const { connection, asked } = await serverThat(endless(200, 'application/json'));
    expect(await detailsOf(request(connection, 'asking', [200], GET, { ...QUICK, deadline: 20_000 }))).toMatchObject({
      class: 'remote-permanent',
      code: 'influx-refused',
      found: 'a reply of more than 16777216 bytes',
    });
    expect(asked.length).toBe(1);
  });

  test.each(['application/json', 'text/html'])('is cut off when it is an error of the type %s', async (type) => {
    const { connection } = await serverThat(endless(400, type));
    const started = performance.now();
    await expect(ask(connection, { ...GET, within: 30_000 })).rejects.toBeInstanceOf(ConnectionLost);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('an answer that is not what InfluxDB answers', () => {
  const server = (connection: Connection) => ({ ...connection, orgId: 'x', version: 'v2.7.12' });
  test.each([
    ['null', null],
    ['a list', []],
    ['a text', 'buckets'],
    ['buckets that are a text', { buckets: 'many' }],
    ['buckets that are null', { buckets: null }],
    ['a bucket that is null', { buckets: [null] }],
    ['a bucket without a name', { buckets: [{ id: '1', createdAt: '', retentionRules: [] }] }],
    ['a bucket whose rules are none', { buckets: [{ id: '1', name: 'b', createdAt: '', retentionRules: [null] }] }],
  ])('is refused: %s', async (_, answer) => {
    const { connection } = await serverThat(json(answer));
    expect(await detailsOf(findBucket(server(connection), 'b', QUICK))).toMatchObject({
      class: 'remote-permanent',
      code: 'influx-refused',
    });
  });

  test.each([[null], [{ orgs: null }], [{ orgs: 'home' }], [{ orgs: [null] }], [{ orgs: [{ name: 'home' }] }]])(
    'is refused where an organisation is looked up: %j',
    async (answer) => {
      const health = json({ status: 'pass', version: 'v2.7.12' });
      const { url } = await serverThat(health, json(answer));
      expect(await detailsOf(connect({ url, org: 'home', token: TOKEN }, QUICK))).toMatchObject({
        code: 'influx-refused',
      });
    },
  );
});

describe('an address without encryption', () => {
  test.each([
    'http://10.0.0.5:8086',
    'http://influx.example.org',
    'http://[2001:db8::1]:8086',
    'http://127.0.0.1.evil.example',
  ])('is warned of when another machine answers there: %s', (url) => {
    expect(unencrypted(url)).toContain('use https');
  });

  test.each([
    'https://influx.example.org',
    'http://localhost:8086',
    'http://127.0.0.1:8086',
    'http://[::1]:8086',
    'http://influxdb:8086',
  ])('is not warned of: %s', (url) => {
    expect(unencrypted(url)).toBeUndefined();
  });
});

describe('a request', () => {
  test.each([
    ['429', status(429)],
    ['503', status(503)],
    ['500, as of a full cache', status(500)],
    ['a connection that is closed without a reply', hangUp],
    ['a reply that is cut off', half],
  ])('is sent again after %s', async (_, first) => {
    const { connection, asked } = await serverThat(first, status(204));
    expect((await request(connection, 'asking', [204], GET, QUICK)).status).toBe(204);
    expect(asked.length).toBe(2);
  });

  test('waits as many seconds as Retry-After says, not milliseconds', async () => {
    const { connection, asked } = await serverThat(status(429, { 'retry-after': '1' }), status(204));
    await request(connection, 'asking', [204], GET, { ...QUICK, deadline: 5000 });
    expect(asked[1]!.at - asked[0]!.at).toBeGreaterThanOrEqual(995);
  });

  test('gives up at once when Retry-After is beyond its deadline, as a temporary failure', async () => {
    const { connection, asked } = await serverThat(status(503, { 'retry-after': '3600' }));
    const started = performance.now();
    expect(await detailsOf(request(connection, 'asking', [204], GET, QUICK))).toMatchObject({
      class: 'remote-temporary',
      code: 'influx-unreachable',
      found: expect.stringContaining('status 503'),
    });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(asked.length).toBe(1);
  });

  test.each([
    ['answers 503 forever', status(503)],
    ['never answers', silence],
    ['always hangs up', hangUp],
  ])('ends at its deadline with a server that %s', async (_, answer) => {
    const { connection } = await serverThat(answer);
    const started = performance.now();
    expect(await detailsOf(request(connection, 'asking', [204], GET, QUICK))).toMatchObject({
      class: 'remote-temporary',
      code: 'influx-unreachable',
    });
    expect(performance.now() - started).toBeLessThan(QUICK.deadline + 500);
  });

  test.each([
    [401, 'config', 'influx-token'],
    [403, 'config', 'influx-token'],
    [400, 'remote-permanent', 'influx-refused'],
  ])('is not sent again after %i, which will not change', async (code, kind, failure) => {
    const { connection, asked } = await serverThat(status(code));
    expect(await detailsOf(request(connection, 'asking', [204], GET, QUICK))).toMatchObject({
      class: kind,
      code: failure,
    });
    expect(asked.length).toBe(1);
  });

  test('never shows its token in a failure', async () => {
    const { connection } = await serverThat(hangUp);
    const failure = await request(connection, 'asking', [204], GET, QUICK).catch((error: unknown) => error);
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain(TOKEN);
  });
});

describe('a batch of points', () => {
  const series = [
    {
      key: { measurement: 'readings', tags: { series: '0' } },
      ...{ time: Float64Array.of(0, 1000), value: Float64Array.of(1, 2), leftOut: Int32Array.of(0, 0) },
      ...{ start: 0, end: 2 },
    },
  ];

  test('whose reply is lost is sent again unchanged, and counted once', async () => {
    const { connection, asked } = await serverThat(hangUp, status(204));
    expect(await writePoints(connection, 'bucket', series, QUICK)).toBe(2);
    expect(asked.map(({ body }) => body)).toEqual(Array(2).fill(asked[0]!.body));
  });

  test.each([
    ['a part was dropped', 422, 'partial write: field type conflict dropped=1', /refused 1 of 2 points/, /else writes/],
    ['a line cannot be read', 400, 'unable to parse', /refused some or all of 2 points/, /else writes/],
    ['all but 204 is doubtful: InfluxDB 3 says 201 for a part', 201, '', /refused some or all of 2/, /else writes/],
    ['a proxy does not let it through', 413, 'too large', /refused some or all of 2 points/, /bodies of 2 MiB/],
  ])('is a failure with the reason and the count when %s', async (_, code, body, what, fix) => {
    const { connection, asked } = await serverThat(status(code, {}, body));
    expect(await detailsOf(writePoints(connection, 'bucket', series, QUICK))).toMatchObject({
      what: expect.stringMatching(what),
      found: expect.stringContaining(body),
      fix: expect.stringMatching(fix),
      class: 'remote-permanent',
      code: 'influx-write-refused',
    });
    expect(asked.length).toBe(1);
  });
});

describe('connecting', () => {
  const HEALTH = json({ status: 'pass', version: 'v2.7.12' });
  const address = (url: string) => ({ url, org: 'home', token: TOKEN });

  test.each([
    ['does not answer', silence, 'no answer yet'],
    ['answers 503 again and again', status(503), 'status 503'],
  ])(
    'a server that %s is reported after a few seconds: what, where, why, how long',
    async (_, answer, why) => {
      const { url } = await serverThat(answer);
      const said: string[] = [];
      const patience = { deadline: 6_500, first: 200, most: 1_000 };
      await expect(
        connect({ url, org: 'home', token: TOKEN, say: (line) => said.push(line) }, patience),
      ).rejects.toThrow('code=influx-unreachable');
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(`influx-aggregate: waiting for the server at ${url}, try `);
      expect(said[0]).toContain(why);
      expect(said[0]).toMatch(/; retrying for up to [12] s$/);
    },
    10_000,
  );

  test('a server that answers at once is not reported', async () => {
    const { url } = await serverThat(
      status(503),
      json({ version: 'v2.7.12' }),
      json({ orgs: [{ id: '1', name: 'home' }] }),
    );
    const said: string[] = [];
    await connect({ url, org: 'home', token: TOKEN, say: (line) => said.push(line) }, QUICK);
    expect(said).toEqual([]);
  });

  test('waits for a server that refuses connections, hangs up, says 503, and then is ready', async () => {
    const { url } = await serverThat(
      ...[hangUp, status(503, {}, '{"status":"starting"}'), json({ status: 'starting' }), half, HEALTH],
      ...[hangUp, json({ orgs: [{ id: '1', name: 'home' }] })],
    );
    expect(await connect(address(url), QUICK)).toMatchObject({ orgId: '1', version: 'v2.7.12' });
  });

  test('asks for the version again when the reply is lost', async () => {
    const { url, asked } = await serverThat(
      ...[json({ status: 'pass' }), hangUp, status(204, { 'x-influxdb-version': 'v2.9.1' })],
      json({ orgs: [{ id: '1', name: 'home' }] }),
    );
    expect(await connect(address(url), QUICK)).toMatchObject({ version: 'v2.9.1' });
    expect(asked.map(({ path }) => path)).toEqual(['/health', '/ping', '/ping', '/api/v2/orgs?org=home']);
  });

  test.each([
    ['2.6', json({ status: 'pass', version: 'v2.6.1' }), /update the server/],
    ['1.8', json({ status: 'pass', version: '1.8.10' }), /update the server/],
    ['3', json({ status: 'pass', version: '3.9.0' }), /use a server of version 2/],
    ['no InfluxDB', status(200, {}, '<html>Welcome</html>'), /update the server/],
  ])('refuses a server of version %s', async (_, health, fix) => {
    const { url } = await serverThat(health);
    expect(await detailsOf(connect(address(url), QUICK))).toMatchObject({
      class: 'config',
      code: 'influx-version',
      fix: expect.stringMatching(fix),
    });
  });

  test('to nobody ends at the deadline', async () => {
    const { url } = await serverThat(status(204));
    open.pop()!.close();
    expect(await detailsOf(connect(address(url), QUICK))).toMatchObject({
      class: 'remote-temporary',
      code: 'influx-unreachable',
      found: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('identifies a server that answers with status 200 but is not InfluxDB', async () => {
    const { url } = await serverThat(HEALTH, status(200, {}, '<html>Please log in</html>'));
    expect(await detailsOf(connect(address(url), QUICK))).toMatchObject({
      class: 'remote-permanent',
      code: 'influx-refused',
      found: expect.stringContaining('not what InfluxDB answers'),
    });
    const { connection } = await serverThat(status(200, {}, '<html>Please log in</html>'));
    const server = { ...connection, orgId: '1', version: 'v2.7.12' };
    expect(await detailsOf(findBucket(server, 'any', QUICK))).toMatchObject({ code: 'influx-refused' });
  });
});
