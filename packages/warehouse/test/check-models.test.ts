import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modelFindings, requireModels } from '../src/models/check-models';
import { missingModels, writeModels } from '../src/models/complete-models';
import { isHandWritten, readModels } from '../src/models/project-models';
import { unreadColumns } from '../src/models/unread-columns';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LANDING = 'models/0_landing/landing_weather_raw.sql';
const STAGING = 'models/1_staging/stg_weather.sql';
const UNION = 'models/2_marts/fct_sensor_readings.sql';
const ROW = 'weather,OpenWeather,csv,sm2drive:Weather,weather_*.csv,timestamp;location;temp;humidity\n';
const OWN_STAGING = `with raw as (select * from {{ ref('landing_weather_raw') }})
select cast(timestamp as timestamp) as timestamp, location, cast(temp - 273.15 as float) as temperature,
       cast(humidity as float) as humidity, 'openweather' as source, current_timestamp as ingested_at
from raw where timestamp is not null
`;
const part = (column: string, measurement: string) =>
  `union all by name\nselect timestamp, location, '${measurement}' as measurement, ${column} as value, source from {{ ref('stg_weather') }}\n`;

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'models-'));
  for (const part of ['dbt_project.yml', 'models', 'macros', 'seeds'])
    cpSync(join(root, part), join(project, part), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}
const append = (path: string, text: string) => appendFileSync(join(project, path), text);
const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(join(project, path), change(readFileSync(join(project, path), 'utf8')));

function addWeather(union: string): void {
  append('seeds/datasources_config.csv', ROW);
  write(LANDING, `{{ config(materialized='table') }}\nselect * from {{ source('raw', 'weather') }}\n`);
  write(STAGING, OWN_STAGING);
  append(UNION, union);
}

async function found(): Promise<string[]> {
  const configuration = await loadConfiguration(join(project, 'seeds'));
  return (await modelFindings(project, configuration, await readModels(project))).map(findingLine);
}

async function unread(): Promise<Record<string, string[]>> {
  const configuration = await loadConfiguration(join(project, 'seeds'));
  return Object.fromEntries(unreadColumns(configuration, await readModels(project)));
}

describe('the models of a project', () => {
  test('are complete as they are', async () => {
    expect(await found()).toEqual([]);
  });

  test('lack everything for a source that has only its row; with the lines that are named nothing is missing', async () => {
    append('seeds/datasources_config.csv', ROW);
    const [line, ...others] = await found();
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^error source-unmodelled \[weather\] models\/1_staging\/stg_weather.sql: no dbt model reads the source; fix: /,
    );
    const texts = [...line!.matchAll(/write (\S+): (.*?)(?=; (?:write|add to))/g)];
    expect(texts.map(([, path]) => path)).toEqual([LANDING, STAGING]);
    for (const [, path, text] of texts) write(path!, `${text}\n`);
    append(UNION, line!.split(`add to ${UNION}: `)[1]!);
    expect(await found()).toEqual([]);
    expect(await unread()).toEqual({});
  });

  test('lack a way into fact for a source that is staged', async () => {
    addWeather('');
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error source-not-united \[weather\] .*found "stg_weather".*fix: add to models\/2_marts\/fct_sensor_readings\.sql: union all by name select .*'temp' as measurement, "temp" as value/,
      ),
    ]);
  });

  test('may be those of the specification; a column of the landing that nothing unites is known', async () => {
    addWeather(part('temperature', 'temperature'));
    expect(await found()).toEqual([]);
    expect(await unread()).toEqual({ weather: ['humidity'] });
    append(UNION, part('humidity', 'humidity'));
    expect(await unread()).toEqual({});
  });

  test.each([
    [
      'a part of the union takes it from an unpivot',
      `unpivot (select * from {{ ref('landing_weather_raw') }}) on humidity into name label value value`,
    ],
    ['a part of the union joins', undefined],
  ])('do not show which column is left out if %s', async (_, sql) => {
    addWeather(part('temperature', 'temperature'));
    if (sql === undefined)
      append(
        UNION,
        `union all by name select a.humidity as value from {{ ref('stg_weather') }} as a join {{ ref('stg_indoor') }} as b on true\n`,
      );
    else {
      write('models/1_staging/stg_weather_more.sql', sql);
      append(UNION, `union all by name select * from {{ ref('stg_weather_more') }}\n`);
    }
    expect(await unread()).toEqual({});
  });

  test('are a person’s if they are more than a macro call', async () => {
    addWeather(part('temperature', 'temperature'));
    const models = await readModels(project);
    expect(['ventilation', 'indoor', 'weather'].filter((id) => isHandWritten(models, id))).toEqual(['weather']);
  });

  test('must give the columns that a reading has', async () => {
    addWeather(`union all by name\nselect * from {{ ref('stg_weather') }}\n`);
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error reading-columns models\/2_marts\/fct_sensor_readings\.sql:8: .*"stg_weather" have no column measurement, value/,
      ),
    ]);
  });

  test('may be united by position as the specification does, for a macro unites them by name', async () => {
    addWeather(part('temperature', 'temperature').replace('union all by name', 'UNION ALL'));
    expect(await found()).toEqual([]);
  });

  test('must be united by name if no macro does it, and without dropping identical readings', async () => {
    rmSync(join(project, 'macros/united_by_name.sql'));
    addWeather(part('temperature', 'temperature').replace('union all by name', 'union all'));
    append(UNION, part('humidity', 'humidity').replace('union all by name', 'union'));
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error union-form .*:8: "stg_weather" is united by the positions of its columns, and its columns differ; found "union all"/,
      ),
      expect.stringMatching(
        /^error union-form .*:10: "stg_weather" is united in a way that loses identical readings; found "union"/,
      ),
    ]);
  });

  test('must say which of two sources they mean if one has the other’s name as its id', async () => {
    addWeather(part('temperature', 'temperature'));
    edit('seeds/datasources_config.csv', (text) => text.replace(/^(openweather,.*),false$/m, '$1,true'));
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error source-ambiguous models\/1_staging\/stg_weather\.sql:3: .*may be openweather or weather; found "openweather".*fix: write 'OpenWeather current' or 'weather' as source$/,
      ),
    ]);
    edit(STAGING, (text) => text.replace(`'openweather' as source`, `'weather' as source`));
    expect(await found()).toEqual([]);
  });

  test('must read every mapping seed of a source', async () => {
    addWeather(part('temperature', 'temperature'));
    write('seeds/mapping_weather.csv', 'data_key_original,location,data_key\ntemp,sm2_01,temp_ambient\n');
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error mapping-unread \[weather\] seeds\/mapping_weather\.csv: .*fix: write models\/1_staging\/stg_weather\.sql: {{ wide_readings\('weather'/,
      ),
    ]);
  });

  test('of an older project must declare the landing themselves', async () => {
    addWeather(part('temperature', 'temperature'));
    edit('dbt_project.yml', (text) => text.replace(/^model-paths: .*$/m, 'model-paths: [models]'));
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error source-undeclared \[weather\] models\/0_landing\/_sources\.yml: .*fix: add the line " {6}- name: weather" under tables:/,
      ),
    ]);
    edit('models/0_landing/_sources.yml', (text) => text.replace(/^ {6}- name: _files/m, '      - name: weather\n$&'));
    expect(await found()).toEqual([]);
  });

  test('of a source that is switched off need not be there', async () => {
    append('seeds/datasources_config.csv', ROW.replace('\n', ',,,,,,,,,,,,,,,false\n'));
    expect(await found()).toEqual([]);
  });

  test.each([
    [
      'one model reads the landings',
      `select * from {{ source('raw', 'ventilation') }}, {{ source('raw', "indoor") }}, {{ ref('mapping') }}, {{ ref('mapping_indoor') }}, {{ ref('mapping_indoor_columns') }}`,
    ],
    [
      'a landing is read by its path',
      `select * from read_parquet('{{ env_var('WAREHOUSE_LANDING') }}/ventilation/*.parquet'), {{ source('raw', 'indoor') }}, {{ ref('mapping') }}, {{ ref('mapping_indoor') }}, {{ ref('mapping_indoor_columns') }}`,
    ],
    [
      'a loop names the staging models',
      `{% for id in ['ventilation', 'indoor'] %} select * from {{ ref('stg_' ~ id) }} {% endfor %}`,
    ],
  ])('may be of any form: %s', async (_, sql) => {
    write(UNION, sql);
    expect(await found()).toEqual([]);
  });

  test.each([
    ['as it is', (select: string) => select],
    ['in lower case', (select: string) => select.toLowerCase()],
    ['below a comment', (select: string) => `-- union all by name\n/* the weather */\n${select}`],
    ['with Jinja before it', (select: string) => `{# union all #}{{ config(tags=['x']) }}\n${select}`],
  ])('see a SELECT that was appended without a union: %s', async (_, written) => {
    addWeather(
      written(
        part('temperature', 'temperature').replace('union all by name\n', 'SELECT ').replace('SELECT select', 'SELECT'),
      ),
    );
    const line =
      readFileSync(join(project, UNION), 'utf8')
        .split('\n')
        .findLastIndex((one) => /^select/i.test(one)) + 1;
    expect(await found()).toEqual([
      `error union-form ${UNION}:${line}: a SELECT follows another one and is not united with it; found a SELECT with nothing before it, expected union all by name; fix: write union all by name before it`,
    ]);
    edit(UNION, (text) => text.replace(/\n(select timestamp)/i, '\nunion all by name\n$1'));
    expect(await found()).toEqual([]);
  });

  test.each([
    [
      'common tables',
      `with a as (select * from {{ ref('stg_ventilation') }}), b as (select * from {{ ref('stg_indoor') }}) select * from a union all by name select * from b`,
    ],
    [
      'one select alone',
      `SELECT * FROM (SELECT * FROM {{ ref('stg_ventilation') }} UNION ALL BY NAME SELECT * FROM {{ ref('stg_indoor') }})`,
    ],
    [
      'branches',
      `{% if target.name == 'x' %} select * from {{ ref('stg_indoor') }} {% else %} select * from {{ ref('stg_ventilation') }} union all by name select * from {{ ref('stg_indoor') }} {% endif %}`,
    ],
  ])('see no SELECT without a union in %s', async (_, sql) => {
    write(UNION, sql);
    expect((await found()).filter((line) => line.includes('union-form'))).toEqual([]);
  });

  test('see what is left of a source whose models are gone: what dbt would stop at is reported with its lines, and without them nothing is missing', async () => {
    for (const path of ['models/0_landing/landing_ventilation_raw.sql', 'models/1_staging/stg_ventilation.sql'])
      rmSync(join(project, path));
    edit('seeds/datasources_config.csv', (text) => text.replace(/^ventilation,.*\n/m, ''));
    for (const seed of ['ignored_columns', 'quality_thresholds'])
      edit(`seeds/${seed}.csv`, (text) => text.replaceAll(/^ventilation,.*\n/gm, ''));
    const lines = await found();
    expect(lines).toEqual([
      expect.stringMatching(
        /^error model-missing models\/2_marts\/fct_sensor_readings\.sql:4: .*found "stg_ventilation"/,
      ),
      expect.stringMatching(
        /^error model-missing models\/2_marts\/_marts\.yml:23: the unit test "a_wide_row_becomes_a_reading_per_filled_cell" .*"stg_ventilation", "landing_ventilation_raw".*fix: remove the lines 23 to 37,/,
      ),
    ]);
    edit(UNION, (text) => text.replace(/^select \* from .*stg_ventilation.*\nunion all by name\n/m, ''));
    edit('models/2_marts/_marts.yml', (text) => text.split('\n').toSpliced(22, 15).join('\n'));
    expect(await found()).toEqual([]);
  });

  test('see models that were renamed, and what still has the old name', async () => {
    edit('models/1_staging/stg_indoor.sql', (text) => {
      write('models/1_staging/stg_rooms.sql', text);
      return text;
    });
    rmSync(join(project, 'models/1_staging/stg_indoor.sql'));
    write('tests/no_rooms.sql', `select * from {{ ref('stg_indoor') }}`);
    expect((await found()).map((line) => line.split(': ')[0])).toEqual([
      'error source-not-united [indoor] models/2_marts/fct_sensor_readings.sql',
      'error model-missing models/2_marts/fct_sensor_readings.sql:6',
      'warning model-missing tests/no_rooms.sql:1',
      'error model-missing models/2_marts/_marts.yml:38',
    ]);
  });

  test('see two files of one name, and a description of a model that does not exist', async () => {
    write('models/1_staging/more/stg_indoor.sql', 'select 1 as one');
    write('models/1_staging/_more.yml', 'models:\n  - name: stg_attic\n    columns: []\n');
    expect(await found()).toEqual([
      expect.stringMatching(/^error model-twice .*found "stg_indoor" in models\/1_staging\/more\/stg_indoor\.sql and/),
      expect.stringMatching(/^warning model-missing models\/1_staging\/_more\.yml:2: .*found "stg_attic"/),
    ]);
  });

  test.each([
    ['a branch that may not be taken', `{% if false %}{{ ref('gone') }}{% endif %}`],
    ['a choice', `{{ ref('gone') if false else ref('stg_indoor') }}`],
    ['a comment of Jinja', `{# {{ ref('gone') }} #}`],
    ['another package', `{{ ref('elsewhere', 'gone') }}`],
    ['a computed name', `{{ ref('gone' ~ '_1') }}`],
  ])('report nothing that their texts do not show: a reference in %s', async (_, jinja) => {
    write('models/1_staging/own.sql', `select 1 as one ${jinja}`);
    expect((await found()).filter((line) => line.includes('model-missing'))).toEqual([]);
  });

  test('of a mapped source are written by a command, which leaves those that are there as they are', async () => {
    append('seeds/datasources_config.csv', ROW);
    write('seeds/mapping_weather.csv', 'data_key_original,location,data_key\ntemp,sm2_01,temp_ambient\n');
    write(LANDING, `{{ landing('weather') }} -- ours\n`);
    const configuration = await loadConfiguration(join(project, 'seeds'));
    const models = await readModels(project);
    const changes = missingModels(configuration, models, await modelFindings(project, configuration, models));
    expect(changes.map(({ path, before }) => [path, before === ''])).toEqual([
      [STAGING, true],
      [UNION, false],
    ]);
    await writeModels(project, changes);
    expect(await found()).toEqual([]);
    expect(readFileSync(join(project, UNION), 'utf8')).toContain(
      `union all by name\nselect * from {{ ref('stg_weather') }}\n`,
    );
  });

  test('are all reported at once, as one failure', async () => {
    append('seeds/datasources_config.csv', ROW);
    write(UNION, `select * from {{ ref('stg_indoor') }}\n`);
    await expect(loadConfiguration(join(project, 'seeds')).then((one) => requireModels(project, one))).rejects.toThrow(
      /^transform: 2 mistakes in the dbt models:[\s\S]*source-not-united \[ventilation\][\s\S]*source-unmodelled \[weather\][\s\S]*class=config code=models-incomplete$/,
    );
  });
});
