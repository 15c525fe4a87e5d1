import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { samples, thermoPro } from '../support/made-exports';
import { fileTree, type PublishedRow, readDataset } from '../support/published';
import { type ApiServer, serveApi } from './https-server';
import { weatherProject } from './weather';

const KEY = 'canary-key-77c1';
const TOKEN = 'canary-token-19aa';
const SETTINGS = {
  path: '/data/2.5/weather',
  query: { q: 'Prague', appid: '{WEATHER_KEY}' },
  headers: { Authorization: 'Bearer {WEATHER_TOKEN}' },
};
const answer = (time: number, temp: number) =>
  JSON.stringify({ dt: time, name: 'Prague', main: { temp, humidity: 60 }, weather: [{ id: 800 }] });
/** 2024-11-28T10:00Z */
const TIME = 1732788000;

describe.skipIf(!process.env.DBT_PYTHON)('a source that is asked over HTTPS', () => {
  let server: ApiServer;
  let scratch: Building;
  let building: Building;
  let current = { body: answer(TIME, 4.5), etag: '"one"' };
  const nights: {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
    readonly dataset: PublishedRow[];
  }[] = [];
  let inFolder: string[];

  beforeAll(async () => {
    server = await serveApi((request, reply) => {
      const url = new URL(request.url!, 'https://localhost');
      const isRight = url.searchParams.get('appid') === KEY && request.headers.authorization === `Bearer ${TOKEN}`;
      if (url.pathname !== SETTINGS.path || !isRight)
        return reply.writeHead(401).end('{"cod":401,"message":"Invalid API key"}');
      if (request.headers['if-none-match'] === current.etag) return reply.writeHead(304).end();
      return reply.writeHead(200, { etag: current.etag }).end(current.body);
    });
    scratch = await newBuilding();
    const project = await weatherProject(join(scratch.folder, 'project'), {
      location: server.origin,
      settings: SETTINGS,
    });
    building = await newBuilding(project);
    const environment = {
      NODE_EXTRA_CA_CERTS: server.authority,
      WAREHOUSE_API_LOOPBACK: 'true',
      WEATHER_KEY: KEY,
      WEATHER_TOKEN: TOKEN,
    };
    const night = async (now: string, env: Record<string, string> = {}) => {
      const ended = await building.run('run', ['--now', now], { env: { ...environment, ...env } });
      nights.push({ ...ended, dataset: await readDataset(building.warehouse) });
    };
    await night('2024-11-28T12:00:00Z');
    await night('2024-11-28T13:00:00Z');
    current = { body: answer(TIME + 3600, 'warm' as never), etag: '"two"' };
    await night('2024-11-28T14:00:00Z');
    inFolder = await readdir(join(building.warehouse, 'apis', 'weather', 'upload'));
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-11-20T00:00:00Z', '2024-11-20T02:00:00Z', 30, [1, 2])),
    );
    await night('2024-11-28T15:00:00Z', { WEATHER_KEY: 'wrong' });
  }, 300_000);
  afterAll(async () => {
    await server.close();
    await building.remove();
    await scratch.remove();
  });

  test('publishes what it answers', () => {
    const [{ code, stderr, dataset }] = nights as [(typeof nights)[number]];
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    expect(dataset.map(({ time, location, source, data_value, n }) => [time, location, source, data_value, n])).toEqual(
      [['2024-11-28T10:00:00Z', 'Prague', 'Weather', 4.5, 1]],
    );
  });

  test('keeps the answer as received in the raw archive, under the time at which it was asked', async () => {
    const tree = Object.keys(await fileTree(building.warehouse)).filter((path) => path.startsWith('raw/weather/'));
    expect(tree).toEqual([expect.stringMatching(/_weather_20241128T120000Z\.json$/)]);
    expect(await readFile(join(building.warehouse, tree[0]!), 'utf8')).toBe(answer(TIME, 4.5));
  });

  test('is asked whether anything is new, and has nothing', () => {
    expect(server.requests[1]!.headers['if-none-match']).toBe('"one"');
    expect(nights[1]!.code).toBe(0);
    expect(nights[1]!.stderr).toContain('weather has nothing new since the last request');
  });

  test('whose answer is refused keeps it, to be read again when the contract is right', () => {
    expect(nights[2]!.code).toBe(2);
    expect(nights[2]!.stderr).toMatch(/error type-error \[weather\] weather_20241128T140000Z\.json:1:main\.temp/);
    expect(inFolder).toEqual(['weather_20241128T140000Z.json']);
  });

  test('that refuses the key holds no other source', () => {
    expect(nights[3]!.stderr).toMatch(/error api-refused \[weather\].*status 401/);
    expect(nights[3]!.dataset.some(({ source }) => source === 'ThermoPro')).toBe(true);
  });

  test('never shows its secrets, in a log or in the warehouse', async () => {
    const texts = await Promise.all(
      Object.keys(await fileTree(building.warehouse)).map((path) => readFile(join(building.warehouse, path), 'latin1')),
    );
    const everything = [...nights.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...texts].join('\n');
    for (const secret of [KEY, TOKEN]) expect(everything).not.toContain(secret);
  });
});
