import { appendFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import {
  landingModel,
  landingPath,
  stagingModel,
  stagingPath,
  UNION_PATH,
} from '@sensor-warehouse/warehouse/models/model-texts';
import { withUnion } from '@sensor-warehouse/warehouse/models/union';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { hoursOf, measured, samples } from '../support/made-exports';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';

// Through the night in which the clocks go back; sensor 0012 moves at 01:00 UTC.
const NIGHT = samples('2024-10-26T22:00:00Z', '2024-10-27T04:00:00Z', 10, [1]);
const MOVED = '2024-10-27T01:00:00Z';
const SENSORS = ['0012', 'a7'];
const shown = (sensor: string, quantity: number, time: number) =>
  measured(SENSORS.indexOf(sensor) * 10 + quantity, time);

/** Two sensors, a row for each time and sensor. */
const ROOMS = `when,device,°C,% rh\n${NIGHT.flatMap(({ time }) =>
  SENSORS.map(
    (sensor) =>
      `${new Date(time).toISOString().slice(0, 19)}Z,${sensor},${shown(sensor, 1, time)},${shown(sensor, 2, time)}\n`,
  ),
).join('')}`;

/** A row for each reading; the place is a location itself. */
const YARD = `t;place;what;is\n${NIGHT.flatMap(({ time }) =>
  ['temperature', 'moisture'].map(
    (what, at) => `${time / 1000};Yard;${what};${String(measured(30 + at, time)).replace('.', ',')}\n`,
  ),
).join('')}`;

const HEADER = 'sensor_column,quantity_column,value_column';

async function addLongSources(project: string): Promise<void> {
  const seeds = join(project, 'seeds');
  const config = join(seeds, 'datasources_config.csv');
  const [header, ...rows] = (await readFile(config, 'utf8')).trimEnd().split('\n');
  const columns = [...header!.split(','), ...HEADER.split(',').filter((one) => !header!.split(',').includes(one))];
  const row = (fields: Record<string, string>) => columns.map((one) => fields[one] ?? '').join(',');
  const rooms = {
    ...{ datasource_id: 'rooms', name: 'Rooms', type: 'csv', location: 'sm2drive:Rooms', file_pattern: 'rooms*' },
    ...{ required_columns: 'when;device', layout: 'long', datetime_format: 'iso', sensor_column: 'device' },
    mapping: 'mapping_rooms;mapping_rooms_columns',
  };
  const yard = {
    ...{ datasource_id: 'yard', name: 'Yard', type: 'csv', location: 'sm2drive:Yard', file_pattern: 'yard*' },
    ...{ required_columns: 't;place', layout: 'long', datetime_format: '%s', delimiter: ';', decimal: '","' },
    ...{ sensor_column: 'place', quantity_column: 'what', value_column: 'is' },
  };
  await writeFile(config, `${[columns.join(','), ...rows, row(rooms), row(yard)].join('\n')}\n`);
  const places = [`0012,Hall,,${MOVED}`, `0012,Attic,${MOVED},`, 'A7,Cellar,,'];
  await writeFile(join(seeds, 'mapping_rooms.csv'), `sensor,location,valid_from,valid_to\n${places.join('\n')}\n`);
  await writeFile(join(seeds, 'mapping_rooms_columns.csv'), 'column,data_key\n°C,temp_indoor\n% rh,humidity_indoor\n');
  await writeFile(
    join(seeds, 'mapping_yard.csv'),
    'column,data_key\ntemperature,temp_ambient\nmoisture,humidity_indoor\n',
  );
  await appendFile(
    join(seeds, 'location_map.csv'),
    ['Hall', 'Attic', 'Cellar', 'Yard'].map((one) => `${one},${one}\n`).join(''),
  );
  const { datasources } = await loadConfiguration(seeds);
  let union = await readFile(join(project, UNION_PATH), 'utf8');
  for (const datasource of datasources.filter(({ layout }) => layout === 'long')) {
    await writeFile(join(project, landingPath(datasource.id)), landingModel(datasource.id));
    await writeFile(join(project, stagingPath(datasource.id)), stagingModel(datasource));
    union = withUnion(union, datasource.id)!;
  }
  await writeFile(join(project, UNION_PATH), union);
}

describe.skipIf(!process.env.DBT_PYTHON)('sources with a row for each sensor or reading', () => {
  let scratch: Building;
  let building: Building;
  let ended: Ended;
  let dataset: readonly PublishedRow[];

  beforeAll(async () => {
    scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {});
    await addLongSources(project);
    await writeFile(join(project, 'models', '1_staging', '_long.yml'), UNIT_TESTS);
    building = await newBuilding(project);
    for (const [folder, name, text] of [
      ['Rooms', 'rooms_1.csv', ROOMS],
      ['Yard', 'yard_1.csv', YARD],
    ] as const) {
      await mkdir(join(building.drive, folder), { recursive: true });
      await writeFile(join(building.drive, folder, name), text);
      await utimes(join(building.drive, folder, name), 1_732_060_800, 1_732_060_800);
    }
    ended = await building.run('run', []);
    dataset = await readDataset(building.warehouse).catch(() => []);
  }, 60_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  test('are staged by the models that are written for them', () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
  });

  const hours = (location: string, dataKey: string) =>
    dataset
      .filter((row) => row.location === location && row.data_key === dataKey)
      .map(({ time, n, data_value }) => [time, n, (n * data_value).toFixed(6)]);
  const truth = (of: (time: number) => number, within: (time: number) => boolean = () => true) =>
    [
      ...hoursOf(
        NIGHT.filter(({ time }) => within(time)).map(({ time }) => ({ time, values: [of(time)] })),
        0,
      ),
    ].map(([time, { n, sum }]) => [time, n, sum.toFixed(6)]);

  test('give each sensor its location, that of the time where it moved', () => {
    const moved = Date.parse(MOVED);
    expect(hours('Hall', 'temp_indoor')).toEqual(
      truth(
        (time) => shown('0012', 1, time),
        (time) => time < moved,
      ),
    );
    expect(hours('Attic', 'humidity_indoor')).toEqual(
      truth(
        (time) => shown('0012', 2, time),
        (time) => time >= moved,
      ),
    );
    expect(hours('Cellar', 'temp_indoor')).toEqual(truth((time) => shown('a7', 1, time)));
  });

  test('may name the location and the quantity in each row', () => {
    expect(hours('Yard', 'temp_ambient')).toEqual(truth((time) => measured(30, time)));
    expect(hours('Yard', 'humidity_indoor')).toEqual(truth((time) => measured(31, time)));
  });
});

/** Rows that validate-schema refuses, should they come all the same: they are rejected, not lost. */
const UNIT_TESTS = `version: 2
unit_tests:
  - name: a_long_row_of_an_unknown_quantity_or_sensor_has_no_place
    model: stg_rooms
    given:
      - input: ref('landing_rooms_raw')
        format: sql
        rows: >
          select timestamptz '2024-10-27 00:00:00+00' as _time, 'a.csv' as _file, 1 as _ordinal, 2 as _line, '' as _sensor,
          'Rooms' as _source, 'A7' as "device", 20.5::double as "°C", null::double as "% rh", 3.0::double as "lux"
          union all select timestamptz '2024-10-27 00:00:00+00', 'a.csv', 1, 3, '', 'Rooms', 'zz', 21.0, null, null
      - input: ref('mapping_rooms')
        rows:
          - { sensor: a7, location: Cellar, valid_from: null, valid_to: null }
      - input: ref('mapping_rooms_columns')
        rows:
          - { column: °C, data_key: temp_indoor }
    expect:
      rows:
        - { location: Cellar, measurement: temp_indoor, value: 20.5, sensor: A7, source: Rooms, line: 2 }
        - { location: Cellar, measurement: null, value: 3.0, sensor: A7, source: Rooms, line: 2 }
        - { location: null, measurement: temp_indoor, value: 21.0, sensor: ZZ, source: Rooms, line: 3 }
`;
