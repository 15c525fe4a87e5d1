import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiSettings } from '@sensor-warehouse/model/seeds/api-settings';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';
import { type ApiServer, serveApi } from './https-server';

const KEY = 'canary-key-0d31';
const DAY = Date.parse('2024-11-27T00:00:00Z') / 1000;

/** Answers in the form that OpenWeather documents, as https://openweathermap.org/current and /history show it. */
const answer = (name: string) => readFile(join(root, 'test', 'api', 'answers', name), 'utf8');

interface Weather {
  readonly dt: number;
  readonly main: { readonly temp: number; readonly humidity: number; readonly pressure: number };
}

/** The hours of one weather each, in °C: counted in thousandths, for that is how Kelvin come. */
function hoursOf(source: string, weathers: readonly Weather[]): string[] {
  return weathers.flatMap(({ dt, main }) => {
    const hour = new Date(Math.floor(dt / 3600) * 3_600_000).toISOString().replace('.000Z', 'Z');
    const celsius = (Math.round(main.temp * 1000) - 273_150) / 1000;
    const values = [
      ['humidity_ambient', main.humidity],
      ['pressure_ambient', main.pressure],
      ['temp_ambient', celsius],
    ];
    return values.map(([key, value]) => `${hour} sm2_outdoor ${source} ${key} ${value} n=1`);
  });
}

describe.skipIf(!process.env.DBT_PYTHON)('the OpenWeather sources that come switched off', () => {
  let server: ApiServer;
  let scratch: Building;
  let building: Building;
  let ended: Ended;
  let dataset: readonly PublishedRow[];
  let current: string;
  let history: string;

  beforeAll(async () => {
    current = await answer('openweather.json');
    history = await answer('openweather_history.json');
    server = await serveApi((request, reply) => {
      const { pathname, searchParams: query } = new URL(request.url!, 'https://localhost');
      if (query.get('appid') !== KEY || query.get('lat') !== '50.0721' || query.get('lon') !== '14.4035')
        return reply.writeHead(401).end('{"cod":401, "message": "Invalid API key."}');
      if (pathname === '/data/2.5/weather') return reply.end(current);
      if (pathname !== '/data/2.5/history/city' || query.get('type') !== 'hour' || query.get('cnt') !== '24')
        return reply.writeHead(404).end('{"cod":"404","message":"Internal error"}');
      const nothing = '{"message":"Count: 0","cod":"200","city_id":3067696,"calctime":0.01,"cnt":0,"list":[]}';
      return reply.end(query.get('start') === String(DAY) ? history : nothing);
    });
    scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) =>
        text
          .replaceAll(/^(openweather.*),false$/gm, '$1,true')
          .replaceAll(/https:\/\/(api|history)\.openweathermap\.org/g, server.origin),
    });
    building = await newBuilding(project);
    const env = { NODE_EXTRA_CA_CERTS: server.authority, WAREHOUSE_API_LOOPBACK: 'true', OPENWEATHER_KEY: KEY };
    ended = await building.run('run', ['--now', '2024-11-29T03:00:00Z'], { env });
    dataset = await readDataset(building.warehouse);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    for (const one of [building, scratch]) await one.remove();
  });

  test('are published as soon as they are switched on, in °C, by an independent computation', () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
    const truth = [
      ...hoursOf('OpenWeather current', [JSON.parse(current) as Weather]),
      ...hoursOf('OpenWeather history', (JSON.parse(history) as { readonly list: readonly Weather[] }).list),
    ];
    const published = dataset.map(
      ({ time, location, source, data_key, data_value, n }) =>
        `${time} ${location} ${source} ${data_key} ${data_value} n=${n}`,
    );
    expect(published.sort()).toEqual(truth.sort());
  });

  test('are what the page about APIs shows', async () => {
    const page = await readFile(join(root, 'docs', 'add-an-api.md'), 'utf8');
    const [, row] = /```csv\n(.*)\n```/.exec(page)!;
    const seed = await readFile(join(root, 'seeds', 'datasources_config.csv'), 'utf8');
    expect(seed.split('\n').filter((line) => line.startsWith(row!))).toHaveLength(1);
    const [, json] = /```json\n([\s\S]*?)```/.exec(page)!;
    const { headers, ...shown } = JSON.parse(json!) as ApiSettings;
    const settings = await readFile(join(root, 'seeds', 'apis', 'openweather_history.json'), 'utf8');
    expect([shown, Object.keys(headers)]).toEqual([JSON.parse(settings), ['Accept-Language']]);
  });

  test('are asked for completed days', () => {
    const starts = server.requests.flatMap(({ url }) => /[?&]start=(\d+)/.exec(url)?.[1] ?? []);
    expect(starts.map((start) => new Date(Number(start) * 1000).toISOString().slice(0, 10))).toEqual([
      '2024-11-26',
      '2024-11-27',
      '2024-11-28',
    ]);
  });

  test('lose no column silently, and report days without weather', () => {
    expect(ended.stderr).not.toContain('column-not-united');
    expect(ended.stderr.match(/warning no-rows \[openweather_history\]/g)).toHaveLength(2);
    expect(ended.stderr).not.toContain(KEY);
  });
});
