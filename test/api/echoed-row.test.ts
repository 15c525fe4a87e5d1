import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { projectWith } from '../support/project';
import { readDataset } from '../support/published';
import { type ApiServer, serveApi } from './https-server';

/** As the specification echoes it into the seed. */
const ROW = 'weather,OpenWeather,api,https://api.openweathermap.org,weather_*.json,timestamp;location;temp;humidity';
const KEY = 'canary-key-9b31';

describe.skipIf(!process.env.DBT_PYTHON)('the row of a weather API, echoed into the seed and nothing else', () => {
  let server: ApiServer;
  let scratch: Building;
  let building: Building;
  let project: string;
  let alone: Ended;
  let applied: Ended;
  let published: readonly string[];

  beforeAll(async () => {
    const current = await readFile(join(root, 'test', 'api', 'answers', 'openweather.json'), 'utf8');
    server = await serveApi((request, reply) => {
      const { pathname, searchParams } = new URL(request.url!, 'https://localhost');
      if (pathname !== '/data/2.5/weather' || searchParams.get('appid') !== KEY)
        return reply.writeHead(401).end('{"cod":401, "message": "Invalid API key."}');
      return reply.end(current);
    });
    scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) => `${text.trimEnd()}\n${ROW}\n`,
      // What «data-key-not-declared» and «location-not-listed» would say, of names that no row of an API can tell.
      data_keys: (text) =>
        `${text.trimEnd()}\ntemp,nonadditive,K,temperature,,,air outdoors\nhumidity,nonadditive,%,humidity,,,air outdoors\n`,
      location_map: (text) => `${text.trimEnd()}\nPrague,Prague\n`,
    });
    building = await newBuilding(project);
    alone = await building.run('run', ['--now', '2024-11-29T03:00:00Z']);
    await applyAll(alone.stderr);
    const seed = join(project, 'seeds', 'datasources_config.csv');
    await writeFile(seed, (await readFile(seed, 'utf8')).replaceAll('https://api.openweathermap.org', server.origin));
    const env = { NODE_EXTRA_CA_CERTS: server.authority, WAREHOUSE_API_LOOPBACK: 'true', OPENWEATHER_KEY: KEY };
    applied = await building.run('run', ['--now', '2024-11-29T03:00:00Z'], { env });
    if (applied.code !== 0) throw new Error(applied.stderr);
    published = (await readDataset(building.warehouse)).map(
      ({ time, location, source, data_key, data_value }) => `${time} ${location} ${source} ${data_key} ${data_value}`,
    );
  }, 240_000);
  afterAll(async () => {
    await server.close();
    for (const one of [building, scratch]) await one.remove();
  });

  /** Does to the letter what the messages say. */
  async function applyAll(stderr: string): Promise<void> {
    const settings = /write (seeds\/apis\/\S+\.json): `([^`]+)`/.exec(stderr)!;
    const row = /write the row of weather in seeds\/datasources_config\.csv as `([^`]+)`/.exec(stderr)!;
    await mkdir(dirname(join(project, settings[1]!)), { recursive: true });
    await writeFile(join(project, settings[1]!), settings[2]!);
    const seed = join(project, 'seeds', 'datasources_config.csv');
    await writeFile(seed, (await readFile(seed, 'utf8')).replace(ROW, row[1]!));
    const models =
      /source-unmodelled \[weather\].*?fix: (write models.*?)(?: at models\/\S+; nothing was published.*)?$/m.exec(
        stderr,
      )![1]!;
    for (const [, how, path, text] of models.matchAll(
      /(write|add to) (models\/\S+\.sql): (.*?)(?=; (?:write|add to) models|$)/g,
    )) {
      if (how === 'write') await writeFile(join(project, path!), `${text}\n`);
      else await appendFile(join(project, path!), `${text}\n`);
    }
  }

  test('is reported at once, with the file, the row and the secret, and nobody is asked', () => {
    expect(alone.code).toBe(3);
    expect(alone.stderr).toMatch(
      /error api-settings-missing \[weather\].*write seeds\/apis\/weather\.json: `\{"path":"\/data\/2\.5\/weather","query":.*`; write the row.*provide the secret OPENWEATHER_KEY.*`OPENWEATHER_KEY: \$\{\{ secrets\.OPENWEATHER_KEY \}\}`/,
    );
    expect(alone.stderr).toContain(
      '`weather,OpenWeather,api,https://api.openweathermap.org,weather_*.json,timestamp=dt;location=name;temp=main.temp;humidity=main.humidity,,,,%s`',
    );
    expect(alone.stderr).toContain('error source-unmodelled [weather]');
  });

  test('is published when the advice was followed to the letter', () => {
    expect(applied.code).toBe(0);
    expect([...published].sort()).toEqual([
      '2024-11-29T02:00:00Z Prague OpenWeather humidity 87',
      '2024-11-29T02:00:00Z Prague OpenWeather temp 279.946',
    ]);
  });
});
