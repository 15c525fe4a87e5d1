import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookAtAll, readSamples } from '@sensor-warehouse/cli/options/read-samples';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detailsOf } from '../../packages/model/test/support/failure-of';
import { NOW } from '../support/building';
import { root, warehouse } from '../support/command-line';
import { projectWith } from '../support/project';

const answer = (name: string) => readFile(join(root, 'test', 'api', 'answers', name), 'utf8');
/** 2024-11-28T10:00Z */
const TIME = 1732788000;

/** As Home Assistant answers `/api/history/period`: a list of states for each entity. */
const HISTORY = JSON.stringify(
  ['kitchen', 'hall'].map((room, r) =>
    ['21.4', '21.6', 'unavailable', '21.9'].map((state, i) => {
      const at = new Date((TIME + i * 1800 + r) * 1000).toISOString().replace('Z', '+00:00');
      const attributes = { unit_of_measurement: '°C', friendly_name: room };
      return { entity_id: `sensor.${room}`, state, attributes, last_changed: at, last_updated: at };
    }),
  ),
);

/** Lines of a gateway: milliseconds, numbers in quotation marks. */
const GATEWAY = ['a1', 'b2']
  .flatMap((id, d) =>
    [0, 1, 2, 3].map((i) =>
      JSON.stringify({
        ts: (TIME + i * 600 + d) * 1000,
        device: { id, rssi: -70 },
        data: { t: `${21.5 + i + d * 10}` },
      }),
    ),
  )
  .join('\n');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is known of a sample with these options, and what is asked still. */
async function settled(name: string, text: string, given: Readonly<Record<string, readonly string[]>> = {}) {
  await writeFile(join(folder, name), text);
  const mistakes: string[] = [];
  const form = declaredForm(given, mistakes);
  const look = lookAtAll(await readSamples([{ path: join(folder, name), name }]), Date.parse(NOW), form);
  const configuration = await loadConfiguration(join(root, 'seeds'));
  const { questions, mistakes: more, plan } = settleSource(look, [name], given, configuration);
  const asked = questions.filter(({ proposal }) => proposal === undefined).map(({ flag, choices }) => [flag, choices]);
  return { look, plan, asked, mistakes: [...mistakes, ...more] };
}

async function refusal(name: string, text: string, given: Readonly<Record<string, readonly string[]>> = {}) {
  const { what, found, fix } = await detailsOf(settled(name, text, given));
  return { what, found, fix };
}

const ID = { id: ['x'], name: ['X'], location: ['sm2drive:X/Upload'] };

describe('a sample of JSON', () => {
  test('that is one answer is one record: its time, and a label for each value inside', async () => {
    const { look, asked } = await settled('weather_1.json', await answer('openweather.json'), ID);
    expect([look.json?.records.value, look.timeColumns.value, look.datetimeFormat.value]).toEqual(['.', ['dt'], '%s']);
    expect(look.json?.pointers).toMatchObject({ dt: 'dt', temp: 'main.temp', speed: 'wind.speed', '1h': 'rain.1h' });
    expect(asked).toEqual([]);
  });

  test('with a list of hours is read by the list', async () => {
    const { look } = await settled('hours_1.json', await answer('openweather_history.json'), ID);
    expect([look.json?.records.value, look.rows, look.interval]).toEqual(['list[]', 24, 3_600_000]);
    expect(look.json?.pointers).toMatchObject({ dt: 'list[].dt', humidity: 'list[].main.humidity' });
  });

  test('with two times in each record asks which, and with names in them how they are arranged', async () => {
    const { asked } = await settled('history.json', HISTORY, ID);
    expect(asked).toEqual([
      ['time-column', ['last_changed', 'last_updated']],
      ['layout', ['long', 'wide']],
    ]);
  });

  test('of lines reads milliseconds, and numbers in quotation marks', async () => {
    const { look, asked } = await settled('gateway_1.ndjson', GATEWAY, ID);
    expect([look.datetimeFormat.value, look.absolute]).toEqual(['%Q', true]);
    expect(look.columns.find(({ label }) => label === 't')).toMatchObject({ kind: 'number', least: 21.5, most: 34.5 });
    expect(asked).toEqual([['layout', ['long', 'wide']]]);
  });

  test('with several lists of times asks which one', async () => {
    const list = (step: number) => [0, 1, 2].map((i) => ({ dt: TIME + i * step, temp: 20 + i }));
    const text = JSON.stringify({ hourly: list(3600), daily: list(86_400 / 8) });
    expect((await settled('lists.json', text, ID)).asked).toContainEqual(['records', ['hourly[]', 'daily[]']]);
    const { look } = await settled('lists.json', text, { ...ID, records: ['daily[]'] });
    expect(look.json?.pointers).toEqual({ dt: 'daily[].dt', temp: 'daily[].temp' });
  });

  test('with one time and a list of sensors is read by the list', async () => {
    const sensors = ['a', 'b'].map((name, i) => ({ name, temp: 1.5 + i }));
    const { look } = await settled('sensors.json', JSON.stringify({ time: TIME, sensors }), ID);
    expect(look.json?.pointers).toEqual({ name: 'sensors[].name', temp: 'sensors[].temp', time: 'time' });
  });

  test('with values beside a list of sensors asks which of the two are the records', async () => {
    const sensors = ['a', 'b'].map((name, i) => ({ name, temp: 1.5 + i }));
    const text = JSON.stringify({ time: TIME, outdoor: 3.5, sensors });
    expect((await settled('both.json', text, ID)).asked).toContainEqual(['records', ['sensors[]', '.']]);
  });

  test('in which two values end with one name calls both by all of their names', async () => {
    const text = JSON.stringify(
      [0, 1].map((i) => ({ ts: TIME + i, indoor: { temp: 20 + i }, outdoor: { temp: 2 + i } })),
    );
    const { look } = await settled('two.json', text, ID);
    expect(look.json?.pointers).toEqual({ ts: 'ts', indoor_temp: 'indoor.temp', outdoor_temp: 'outdoor.temp' });
  });

  test('leaves out what nobody names, and maps nothing by itself', async () => {
    const given = { ...ID, column: ['temp=temp_ambient@sm2_outdoor'] };
    const { asked, mistakes } = await settled('weather_1.json', await answer('openweather.json'), given);
    expect([asked, mistakes]).toEqual([[], []]);
  });
});

describe('a sample of JSON is refused with the reason', () => {
  test.each([
    ['a mistake of the service', '{"cod":401,"message":"Invalid API key"}', /reports an error/],
    [
      'parallel lists',
      JSON.stringify({ hourly: { time: ['2024-11-28T10:00', '2024-11-28T11:00'], temp: [1, 2] } }),
      /parallel lists/,
    ],
    ['a name twice', `{"dt":${TIME},"temp":1,"temp":2}`, /not valid JSON/],
    ['half of itself', `{"dt":${TIME},"temp`, /not valid JSON/],
    ['NaN', `[{"dt":${TIME},"temp":NaN}]`, /not valid JSON/],
    ['nothing that is a time', '[{"temp":1.5},{"temp":2.5}]', /no records with a time/],
    ['an empty list', '[]', /no records with a time/],
    ['lines under the name of a document', GATEWAY, /lines of JSON, and its name does not say so/],
  ])('that holds %s', async (_, text, what) => {
    expect((await refusal('sample.json', text)).what).toMatch(what);
  });

  test('where no records stand at --records', async () => {
    const { what, found } = await refusal('hours_1.json', await answer('openweather_history.json'), {
      records: ['rows[]'],
    });
    expect([what, found]).toEqual([
      'there are no records where --records says',
      '"list[]", "list[].weather[]", "."'.replace('"list[].weather[]", ', ''),
    ]);
  });
});

describe('an API', () => {
  const KEYED = 'https://api.example.org/now?lat=50&appid=';
  test('gets its path, its query and the place of its key into its settings', async () => {
    const given = {
      ...ID,
      type: ['api'],
      location: [`${KEYED}{OPENWEATHER_KEY}`],
      pattern: ['x_*.json'],
      column: ['temp=temp_ambient@sm2_outdoor'],
    };
    const ignored = { ...given, ignore: [] as string[] };
    const first = await settled('x_1.json', await answer('openweather.json'), ignored);
    const labels = Object.keys(first.look.json!.pointers).filter((label) => !['dt', 'temp'].includes(label));
    const { plan, mistakes } = await settled('x_1.json', await answer('openweather.json'), {
      ...given,
      ignore: labels,
    });
    expect(mistakes).toEqual([]);
    expect(plan!.row).toMatchObject({
      type: 'api',
      location: 'https://api.example.org',
      required_columns: 'dt;temp=main.temp',
    });
    expect(JSON.parse(plan!.apiSettings!)).toEqual({ path: '/now', query: { lat: '50', appid: '{OPENWEATHER_KEY}' } });
  });

  test.each([
    ['a key that is written out', `${KEYED}canary-4411`],
    ['a secret of the runner', `${KEYED}{GITHUB_TOKEN}`],
    ['plain HTTP', 'http://api.example.org/now'],
    ['a user', 'https://me:canary-4411@api.example.org/now'],
  ])('is refused with %s, which is not shown', async (_, location) => {
    const given = { ...ID, type: ['api'], location: [location] };
    const { mistakes } = await settled('weather_1.json', await answer('openweather.json'), given);
    expect(mistakes).toHaveLength(1);
    expect(mistakes.join()).not.toContain('canary');
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('warehouse add-datasource with JSON', () => {
  const add = async (name: string, text: string, options: readonly string[]) => {
    const project = await projectWith(join(folder, name.replace('.', '-')), {});
    await writeFile(join(folder, name), text);
    const ended = await warehouse([
      'add-datasource',
      join(folder, name),
      '--project',
      project,
      '--now',
      NOW,
      '--yes',
      ...options,
    ]);
    return { ...ended, project };
  };

  test('adds the history of Home Assistant, a list for each entity', async () => {
    const { code, stdout, stderr } = await add('ha_history.json', HISTORY, [
      ...['--location', 'sm2drive:HA/Upload', '--time-column', 'last_changed', '--layout', 'long'],
      ...['--sensor-column', 'entity_id', '--column', 'state=temp_indoor'],
    ]);
    expect(code === 0 ? 0 : stderr).toBe(0);
    const hours = [...stdout.matchAll(/^(2024-\S+) +(\S+) +ha_history +temp_indoor +(\S+) +(\d)$/gm)];
    expect(hours.map(([, hour, place, value, n]) => `${hour} ${place} ${value} ${n}`)).toEqual([
      '2024-11-28T10:00Z ha_history_sensor_hall 21.5 2',
      '2024-11-28T10:00Z ha_history_sensor_kitchen 21.5 2',
      '2024-11-28T11:00Z ha_history_sensor_hall 21.9 1',
      '2024-11-28T11:00Z ha_history_sensor_kitchen 21.9 1',
    ]);
  });

  test('adds an API with its settings, and asks nobody meanwhile', async () => {
    const { code, stderr, stdout, project } = await add('now_20241129.json', await answer('openweather.json'), [
      ...['--type', 'api', '--location', 'https://api.example.org/data?q=Prague&appid={OPENWEATHER_KEY}'],
      ...['--column', 'humidity=humidity_ambient@sm2_outdoor', '--column', 'pressure=pressure_ambient@sm2_outdoor'],
    ]);
    expect(code === 0 ? 0 : stderr).toBe(0);
    expect(stdout).toMatch(/^2024-11-29T02:00Z +sm2_outdoor +now +humidity_ambient +87 +1$/m);
    const settings = await readFile(join(project, 'seeds', 'apis', 'now.json'), 'utf8');
    expect(JSON.parse(settings)).toEqual({ path: '/data', query: { q: 'Prague', appid: '{OPENWEATHER_KEY}' } });
    expect(await readFile(join(project, 'seeds', 'ignored_columns.csv'), 'utf8')).not.toContain('now,');
  });
});
