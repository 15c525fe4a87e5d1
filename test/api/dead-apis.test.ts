import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';
import { readDataset } from '../support/published';
import { type ApiServer, serveApi } from './https-server';
import { type WeatherProject, weatherProject } from './weather';

const KEY = 'canary-key-5e20';
const SETTINGS = { path: '/now', query: { appid: '{WEATHER_KEY}' } };
/** 2024-11-28T10:00Z */
const TIME = 1732788000;
const answer = (hours = 0) => JSON.stringify({ dt: TIME + hours * 3600, name: 'Prague', main: { temp: 4.5 } });
const indoor = thermoPro('493D', samples('2024-11-20T00:00:00Z', '2024-11-20T02:00:00Z', 30, [1, 2]));

describe.skipIf(!process.env.DBT_PYTHON)('an API that gives nothing', () => {
  let server: ApiServer;
  let reply: { readonly status: number; readonly body: string };
  let scratch: Building;
  let building: Building;
  beforeAll(async () => {
    server = await serveApi((_, response) => response.writeHead(reply.status).end(reply.body));
  });
  afterAll(async () => {
    await server.close();
    await dead?.building.remove();
  });
  beforeEach(async () => {
    scratch = await newBuilding();
    reply = { status: 401, body: '{"cod":401,"message":"Invalid API key"}' };
  });
  afterEach(async () => {
    await building.remove();
    await scratch.remove();
  });

  let project: string;
  async function build(more: Partial<WeatherProject> = {}): Promise<void> {
    project = await weatherProject(join(scratch.folder, 'project'), {
      location: server.origin,
      settings: SETTINGS,
      ...more,
    });
    building = await newBuilding(project);
  }
  function night(day = 28, command = 'run', key = KEY): Promise<Ended> {
    // In this process, which took its authorities when it started: https is held by http.test.ts.
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', WAREHOUSE_API_LOOPBACK: 'true', WEATHER_KEY: key };
    return building.run(command, ['--now', `2024-11-${day}T12:00:00Z`], { env });
  }
  /** A night with an export from indoors, in which the API knew no such key; made once. */
  let dead: { readonly building: Building; readonly ended: Ended } | undefined;
  async function afterDeadNight(): Promise<Ended> {
    await build();
    if (dead === undefined) {
      await building.upload('Indoor', indoor);
      dead = { building, ended: await night() };
      building = await newBuilding(project);
    }
    await cp(dead.building.drive, building.drive, { recursive: true, preserveTimestamps: true });
    return dead.ended;
  }
  async function switchOff(): Promise<void> {
    const seed = join(project, 'seeds', 'datasources_config.csv');
    const text = await readFile(seed, 'utf8');
    await writeFile(seed, text.replace(/^(weather,.*),,city$/m, '$1,false,city'));
  }
  const sourcesIn = async () => [...new Set((await readDataset(building.warehouse)).map(({ source }) => source))];
  const generations = () => readdir(join(building.warehouse, 'facts')).then((names) => names.sort());

  test('lets the others be published, and the run end with its name, night after night until it answers', async () => {
    const first = await afterDeadNight();
    expect(first.code).toBe(5);
    expect(first.stderr).toMatch(/error api-refused \[weather\].*status 401/);
    expect(first.stderr).toMatch(/APIs gave nothing: weather \(api-refused\).*code=source-undelivered/);
    expect(await sourcesIn()).toEqual(['ThermoPro']);
    const second = await night(29);
    expect([second.code, await generations()]).toEqual([5, [expect.stringMatching(/^000001-/)]]);
    reply = { status: 200, body: answer(24) };
    const third = await night(29);
    expect(`${third.code} ${third.stderr}`).toMatch(/^0 /);
    expect(await sourcesIn()).toEqual(['ThermoPro', 'Weather']);
    const manifest = join(building.warehouse, 'facts', (await generations()).at(-1)!, 'manifest.json');
    expect(await readFile(manifest, 'utf8')).not.toContain('undelivered');
  }, 120_000);

  test('leaves Refresh green, says so in the manifest, and makes each Aggregate & Publish red', async () => {
    await build();
    await building.upload('Indoor', indoor);
    const refresh = await night(28, 'refresh');
    expect([refresh.code, /error api-refused \[weather\]/.test(refresh.stderr)]).toEqual([0, true]);
    const manifest = join(building.warehouse, 'facts', (await generations())[0]!, 'manifest.json');
    const { sources } = JSON.parse(await readFile(manifest, 'utf8'));
    expect(sources.map((one: Record<string, unknown>) => [one.datasource, one.undelivered])).toEqual([
      ['ventilation', undefined],
      ['indoor', undefined],
      ['weather', 'api-refused'],
    ]);
    for (const _ of ['the facts that wait', 'nothing that waits']) {
      const published = await night(28, 'aggregate-publish');
      expect(published.code).toBe(5);
      expect(published.stderr).toMatch(/error source-undelivered \[weather\].*found api-refused/);
    }
    expect(await sourcesIn()).toEqual(['ThermoPro']);
  }, 120_000);

  test('is never green either if it is the only source, and nothing was ever published', async () => {
    await build({ alone: true });
    const refresh = await night(28, 'refresh');
    expect(refresh.code).toBe(0);
    expect((await night(28, 'aggregate-publish')).code).toBe(5);
    expect((await night(29, 'run', '')).code).toBe(3);
    reply = { status: 200, body: answer(24) };
    expect((await night(29)).code).toBe(0);
    expect(await sourcesIn()).toEqual(['Weather']);
    // The same answer again is nothing new, and a good sign of life.
    expect((await night(30)).code).toBe(0);
  }, 120_000);

  test('is released when it is switched off', async () => {
    await afterDeadNight();
    await switchOff();
    const after = await night();
    expect(`${after.code} ${after.stderr}`).toMatch(/^0 /);
  }, 120_000);

  test('because its key is missing is a configuration failure, which a dry run reports too', async () => {
    await build();
    await building.upload('Indoor', indoor);
    const env = { WEATHER_KEY: '' };
    const dry = await building.run('run', ['--dry-run'], { env });
    expect([dry.code, /error secret-missing \[weather\].*WEATHER_KEY/.test(dry.stderr)]).toEqual([3, true]);
    expect((await building.run('run', [], { env })).code).toBe(3);
    expect(await sourcesIn()).toEqual(['ThermoPro']);
  }, 120_000);

  test('because nobody knows its host is temporary: the run says to try again', async () => {
    await build({ location: 'https://no-such-host.invalid' });
    await building.upload('Indoor', indoor);
    const { code, stderr } = await night();
    expect(stderr).toMatch(/error api-unreachable \[weather\]/);
    expect([code, await sourcesIn()]).toEqual([4, ['ThermoPro']]);
  }, 240_000);

  // What else holds nothing: fetch-answers.test.ts.
  test('but an error with a success status holds nothing: the next answer is published', async () => {
    await build({ alone: true });
    reply = { status: 200, body: '{"cod":401,"message":"Invalid API key"}' };
    const dead = await night();
    expect(dead.code).toBe(5);
    expect(dead.stderr).toMatch(/error error-answer \[weather\]/);
    reply = { status: 200, body: answer() };
    const well = await night();
    expect(`${well.code} ${well.stderr}`).toMatch(/^0 /);
    expect(await sourcesIn()).toEqual(['Weather']);
  }, 120_000);

  test('new for days, although it answers, makes the run red until something new arrives', async () => {
    await build({ thresholds: 'weather,stale_days,,1\n' });
    reply = { status: 200, body: answer() };
    expect((await night(28)).code).toBe(0);
    await building.upload('Indoor', indoor);
    const stale = await night(30);
    expect(stale.code).toBe(5);
    expect(stale.stderr).toMatch(
      /error stale-file \[weather\].*2 days ago.*APIs gave nothing: weather \(stale-file\)/s,
    );
    expect(await sourcesIn()).toEqual(['ThermoPro', 'Weather']);
    reply = { status: 200, body: answer(48) };
    expect((await night(30)).code).toBe(0);
  }, 120_000);

  test('new for four days is dead without any row in the seed, as is one that never gave a reading', async () => {
    await build();
    reply = { status: 200, body: answer(-4 * 24) };
    const late = await night(28);
    expect([late.code, /error stale-file \[weather\].*at most 3 days/.test(late.stderr)]).toEqual([5, true]);
    expect(await sourcesIn()).toEqual(['Weather']);
  }, 120_000);

  test('but empty lists from the first night on does not work, and its delivery is too small', async () => {
    await build({ alone: true });
    reply = { status: 200, body: '[]' };
    const { code, stderr } = await night(28);
    expect([code, /error stale-file \[weather\].*no reading so far/.test(stderr)]).toEqual([2, true]);
    expect(stderr).toMatch(/sources are held: weather .*; APIs gave nothing: weather \(stale-file\)/);
  }, 120_000);
});
