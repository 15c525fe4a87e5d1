import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/command-line';
import { projectWith } from '../support/project';
import { fileTree } from '../support/published';
import { fenced } from '../support/repository-files';

const PAGE = 'docs/add-a-datasource.md';
const run = promisify(execFile);
/** The command that is asked for JSON as well. */
const JSON_AT = 1;

describe.skipIf(!process.env.DBT_PYTHON)('the commands of the page on adding a datasource', () => {
  const commands = fenced(PAGE, 'sh');
  let project: string;
  let outputs: string[];
  /** Before the first command, and after each. */
  let trees: Record<string, string>[];

  const written = async () => {
    const [seeds, models] = await Promise.all(['seeds', 'models'].map((folder) => fileTree(join(project, folder))));
    const below = (folder: string, tree: Record<string, string>) =>
      Object.entries(tree).map(([path, hash]) => [`${folder}/${path}`, hash] as const);
    return Object.fromEntries([...below('seeds', seeds!), ...below('models', models!)]);
  };

  beforeAll(async () => {
    project = await projectWith(await mkdtemp(join(tmpdir(), 'page-')), {});
    trees = [await written()];
    for (const part of ['bin', 'examples']) await symlink(join(root, part), join(project, part));
    outputs = [];
    for (const command of commands) {
      const asked = outputs.length === JSON_AT ? `${command.trimEnd()} --json` : command;
      const { stdout } = await run('bash', ['-euc', asked], { cwd: project });
      outputs.push(stdout);
      trees.push(await written());
    }
  }, 300_000);
  afterAll(() => rm(project, { recursive: true, force: true }));

  test('add a source each, and the seeds are valid with all of them', async () => {
    const { datasources } = await loadConfiguration(join(project, 'seeds'));
    expect(datasources.map(({ id, layout }) => [id, layout])).toEqual([
      ['ventilation', 'wide'],
      ['indoor', 'file-per-sensor'],
      ['ventilation_b', 'wide'],
      ['rooms_b', 'file-per-sensor'],
      ['classrooms', 'long'],
      ['prague', 'wide'],
    ]);
    const rooms = datasources.find(({ id }) => id === 'rooms_b')!;
    expect([...rooms.sensors]).toEqual(['493D', 'CCEA', '0042']);
    expect(rooms.datetimeFormats).toEqual(['%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M']);
  });

  test('change what the page says, and nothing else', () => {
    const changed = (at: number) =>
      Object.entries(trees[at + 1]!).flatMap(([path, hash]) => (trees[at]![path] === hash ? [] : [path]));
    expect(changed(2).sort()).toEqual([
      'models/0_landing/_sources.yml',
      'models/0_landing/landing_classrooms_raw.sql',
      'models/1_staging/stg_classrooms.sql',
      'models/2_marts/fct_sensor_readings.sql',
      'seeds/contracts/classrooms.json',
      'seeds/data_keys.csv',
      'seeds/datasources_config.csv',
      'seeds/location_map.csv',
      'seeds/mapping_classrooms.csv',
      'seeds/mapping_classrooms.yml',
      'seeds/mapping_classrooms_columns.csv',
    ]);
  });

  test('of an answer of an API write what is asked of it, too', () => {
    const path = 'seeds/apis/prague.json';
    expect([trees[3]![path], trees[4]![path]]).toEqual([undefined, expect.any(String)]);
    expect(outputs[3]).toContain('2024-11-29T02:00Z  prague    Prague weather  temp_k            279.946         1');
  });

  test('with --json print what is seen, planned, changed and tried, and nothing else', () => {
    const { written, look, plan, changes, tried } = JSON.parse(outputs[JSON_AT]!);
    expect({ written, rows: look.rows, id: plan.id, changes: changes.length }).toEqual({
      written: true,
      rows: 4712 + 4402,
      id: 'rooms_b',
      changes: 10,
    });
    expect(tried.hours.first[0]).toMatchObject({ source: 'ThermoPro B', hour: '2024-10-29T23:00Z' });
  });

  test('print the hours that the page shows', async () => {
    const page = await readFile(join(root, PAGE), 'utf8');
    const [, shown] = /^```\n(hour [\s\S]*?)^```/m.exec(page)!;
    expect(outputs[0]).toContain(shown);
  });

  test('show the hours of the classrooms as DuckDB computes them from the file, both of the doubled hour too', async () => {
    const duckdb = await DuckDBConnection.create();
    const sample = join(root, 'examples', 'sources', 'classrooms_2024-10-27.csv');
    const sql = `
      set timezone = 'UTC';
      select strftime(date_trunc('hour', "Timestamp"::timestamptz), '%Y-%m-%dT%H:%MZ') as hour,
        'school_' || lower(replace("Device", 'Class ', '')) as location, 'SenseCloud' as source,
        case label when 'Temperature' then 'temp_indoor' when 'Humidity' then 'humidity_indoor' else 'co2_indoor' end as data_key,
        round(avg(cell::double), 3)::double as value, count(*) as readings
      from (unpivot (select * from read_csv('${sample}', skip = 2, header = false, all_varchar = true,
              names = ['Timestamp', 'Device', 'Temperature', 'Humidity', 'CO2']))
            on "Temperature", "Humidity", "CO2" into name label value cell)
      where "Device" is not null group by all order by hour, location, source, data_key limit 12`;
    const rows = (await duckdb.runAndReadAll(sql)).getRowsJson().map((row) => row.map(String));
    duckdb.closeSync();
    const table = outputs[2]!.slice(outputs[2]!.indexOf('\nhour ')).trim().split('\n');
    expect(table.slice(1, 13).map((line) => line.split(/ +/))).toEqual(rows);
    expect(outputs[2]).toContain('… 54 hours in all');
  });
});
