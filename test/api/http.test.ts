import { get, type HttpLimits, LIMITS, NoAnswer } from '@sensor-warehouse/storage/http/get';
import { isPublicAddress } from '@sensor-warehouse/storage/http/public-address';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, serveApi } from './https-server';

const QUICK: HttpLimits = { ...LIMITS, deadline: 3000, idle: 400, mostBytes: 10_000, pause: 10, longestPause: 1500 };

let server: ApiServer;
let other: ApiServer;
const times = new Map<string, number>();
beforeAll(async () => {
  // The authority of the test is not one of this process; the command line is tested with it.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  other = await serveApi((_, reply) => reply.end('{"other":true}'));
  server = await serveApi((request, reply) => {
    const path = request.url!.split('?')[0]!;
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    const redirect = (location: string) => reply.writeHead(302, { location }).end();
    switch (path) {
      case '/plain':
        return reply.end('{"temp":1}');
      case '/busy-once':
        return time === 1 ? reply.writeHead(503).end() : reply.end('{"temp":2}');
      case '/wait-a-second':
        return time === 1 ? reply.writeHead(429, { 'retry-after': '1' }).end() : reply.end('{"temp":3}');
      case '/wait-an-hour':
        return reply.writeHead(429, { 'retry-after': '3600' }).end();
      case '/reset-once':
        return time === 1 ? request.socket.destroy() : reply.end('{"temp":4}');
      case '/always-busy':
        return reply.writeHead(500).end();
      case '/gone':
        return reply.writeHead(404).end('{"message":"no"}');
      case '/silent':
        return;
      case '/endless': {
        reply.write('[');
        const more = setInterval(() => reply.write('1,'), 50);
        return request.on('close', () => clearInterval(more));
      }
      case '/huge':
        return reply.end('x'.repeat(20_000));
      case '/cut-off':
        reply.writeHead(200, { 'content-length': '100' });
        reply.write('{"temp"');
        return setTimeout(() => request.socket.destroy(), 20);
      case '/zipped':
        return reply.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
      case '/elsewhere':
        return redirect(`${other.origin}/there`);
      case '/gives-away':
        return redirect(`${other.origin}/there?key=k3y-of-ours`);
      case '/near':
        return redirect('/plain');
      case '/plain-http':
        return redirect('http://localhost/there');
      case '/private':
        return redirect('https://10.0.0.1/there');
      case '/round':
        return redirect('/round');
      default:
        return reply.writeHead(400).end();
    }
  });
});
afterAll(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  await server.close();
  await other.close();
});

const ask = (path: string, loopback = true, headers: Record<string, string> = {}) =>
  get({ url: new URL(`${server.origin}${path}`), headers, secrets: ['k3y-of-ours'], limits: QUICK, loopback });
const refusal = async (path: string, loopback = true) => {
  const error = await ask(path, loopback).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(NoAnswer);
  return [(error as NoAnswer).code, (error as NoAnswer).found];
};

describe('an answer', () => {
  test('arrives as it was sent', async () => {
    const { status, body } = await ask('/plain');
    expect([status, body.toString()]).toEqual([200, '{"temp":1}']);
  });

  test.each([
    ['the server was busy', '/busy-once', 2],
    ['the server asked to wait a second', '/wait-a-second', 3],
    ['the connection was lost', '/reset-once', 4],
  ])('arrives the second time when %s', async (_, path, temp) => {
    expect(JSON.parse((await ask(path)).body.toString())).toEqual({ temp });
  });

  test('that says no is an answer, and is not requested again', async () => {
    expect((await ask('/gone')).status).toBe(404);
    expect(times.get('/gone')).toBe(1);
  });
});

describe('no answer', () => {
  test.each([
    ['a server that stays busy', '/always-busy', 'api-unreachable', 'status 500, asked 4 times'],
    [
      'one that asks to wait for longer than a run does',
      '/wait-an-hour',
      'api-unreachable',
      'status 429, asked 1 time',
    ],
    [
      'one that says nothing',
      '/silent',
      'api-unreachable',
      expect.stringMatching(/^nothing for 400 ms|no complete answer/),
    ],
    [
      'one that never ends',
      '/endless',
      'api-unreachable',
      expect.stringMatching(/^no complete answer before the deadline/),
    ],
    ['one that is cut off', '/cut-off', 'api-unreachable', expect.stringContaining('asked 4 times')],
    ['one that is too large', '/huge', 'answer-too-large', 'more than 10000 bytes'],
    ['one that is compressed though nobody asked for it', '/zipped', 'answer-encoded', 'an answer encoded as gzip'],
    ['a redirect in a circle', '/round', 'redirect-refused', 'more than 5 redirects'],
    ['a redirect to HTTP', '/plain-http', 'redirect-refused', 'a redirect to http:'],
    [
      'a redirect that gives our key to another host',
      '/gives-away',
      'redirect-refused',
      'a redirect that would send a secret to another host',
    ],
    ['a redirect into a private network', '/private', 'address-refused', 'an address that is not public'],
  ])(
    'is %s',
    async (_, path, code, found) => {
      expect(await refusal(path)).toEqual([code, found]);
    },
    10_000,
  );

  test('comes from this machine, unless that is allowed', async () => {
    expect(await refusal('/plain', false)).toEqual(['address-refused', 'a host name whose address is not public']);
  });

  test('follows from a user name in the address, or from plain HTTP', async () => {
    for (const url of [server.origin.replace('//', '//me:secret@'), server.origin.replace('https', 'http')])
      await expect(
        get({ url: new URL(url), headers: {}, secrets: [], limits: QUICK, loopback: true }),
      ).rejects.toMatchObject({
        code: 'address-refused',
        found: expect.not.stringContaining('secret'),
      });
  });
});

describe('a redirect', () => {
  test('to the same host keeps the headers', async () => {
    await ask('/near', true, { authorization: 'Bearer near' });
    expect(server.requests.at(-1)!.headers.authorization).toBe('Bearer near');
  });

  test('to another host takes no credentials along', async () => {
    expect(
      JSON.parse((await ask('/elsewhere', true, { authorization: 'Bearer far', 'x-key': 'far' })).body.toString()),
    ).toEqual({ other: true });
    expect(JSON.stringify(other.requests)).not.toContain('far');
  });
});

describe('an address', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '2606:4700::1111',
    '2a00::1',
    '168.63.129.15',
    '2001:200::1',
    '3ffe::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '168.63.129.16',
    '192.175.48.1',
    '240.0.0.1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:1ff:ffff::1',
    '2002:808:808::1',
    '2620:4f:8000::1',
    '3fff::1',
    '3fff:fff:ffff::1',
    '4000::1',
    '5f00::1',
    '64:ff9b:1::1',
    '100::1',
    '::8.8.8.8',
    'fec0::1',
    '2606:4700::1111%eth0',
    '010.1.1.1',
    '0x7f.1',
    '2130706433',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
