import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modelFindings } from '../src/models/check-models';
import { withoutLeftOvers } from '../src/models/project-copy';
import { readModels } from '../src/models/project-models';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LANDING = 'models/0_landing/landing_weather_raw.sql';
const STAGING = 'models/1_staging/stg_weather.sql';
const UNION = 'models/2_marts/fct_sensor_readings.sql';
const CONFIGURED = ['ventilation', 'indoor', 'openweather', 'openweather_history'];

let folder: string;
let project: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left-over-'));
  project = join(folder, 'project');
  for (const part of ['dbt_project.yml', 'models', 'macros', 'seeds'])
    cpSync(join(root, part), join(project, part), { recursive: true });
  write(LANDING, `select * from {{ source('raw', 'weather') }}\n`);
  write(STAGING, `select *, 'weather' as source from {{ ref('landing_weather_raw') }}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}
const read = (path: string) => readFileSync(path, 'utf8');

async function found(): Promise<string[]> {
  const configuration = await loadConfiguration(join(project, 'seeds'));
  return (await modelFindings(project, configuration, await readModels(project))).map(findingLine);
}

/** The text of a model as dbt gets it. */
async function built(path: string, configured = CONFIGURED): Promise<string> {
  return read(join(await withoutLeftOvers(project, configured, join(folder, 'copy')), path));
}

describe('models of a source without a row', () => {
  test('are one warning that names them all', async () => {
    expect(await found()).toEqual([
      `warning models-left-over ${LANDING}: models of sources without a row were left out; uploads of these sources are not read; found models of "weather"; fix: if a row was removed by mistake, put it back; otherwise remove ${LANDING}, ${STAGING}, and then the lines that bin/warehouse models names`,
    ]);
  });

  test('are switched off in a copy, and the project stays as it is', async () => {
    expect(await built(LANDING)).toBe('{{ config(enabled=false) }}\nselect 1\n');
    expect(read(join(project, LANDING))).toBe(`select * from {{ source('raw', 'weather') }}\n`);
  });

  test('behind a link are switched off only in the copy', async () => {
    renameSync(join(project, 'models/0_landing'), join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(project, 'models/0_landing'));
    expect(await built(LANDING)).toContain('enabled=false');
    expect(read(join(folder, 'elsewhere/landing_weather_raw.sql'))).toContain(`source('raw', 'weather')`);
  });

  test('are the project’s own if every source has a row, switched off or not', async () => {
    expect(await withoutLeftOvers(project, [...CONFIGURED, 'weather'], join(folder, 'copy'))).toBe(project);
  });

  test.each([
    [
      'last',
      `select * from {{ ref('stg_indoor') }}\nunion all select "timestamp" from {{ ref('stg_weather') }}\n`,
      `select * from {{ ref('stg_indoor') }}\nunion all select * from (select * from {{ ref('stg_indoor') }}) where false\n`,
    ],
    [
      'first',
      `select * from {{ ref('stg_weather') }}\nunion all by name\nselect * from {{ ref('stg_indoor') }}\n`,
      `select * from (select * from {{ ref('stg_indoor') }}) where false\nunion all by name\nselect * from {{ ref('stg_indoor') }}\n`,
    ],
    [
      'with a condition, in a common table',
      `with u as (select * from {{ ref('stg_indoor') }} union all select * from {{ ref('stg_weather') }} where temp > 0) select * from u`,
      `with u as (select * from {{ ref('stg_indoor') }} union all select * from (select * from {{ ref('stg_indoor') }}) where false) select * from u`,
    ],
    [
      'as a comment, which dbt reads too',
      `select * from {{ ref('stg_indoor') }}\n-- union all select * from {{ ref('stg_weather') }}\n-- the end\n`,
      `select * from {{ ref('stg_indoor') }}\n \n-- the end\n`,
    ],
  ])('give the union no rows, in the columns of another part: %s', async (_, union, without) => {
    write(UNION, union);
    expect(await built(UNION)).toBe(without);
  });

  test.each([
    ['joined', `select a.* from {{ ref('stg_indoor') }} as a join {{ ref('stg_weather') }} as b on true`],
    [
      'within a branch',
      `select * from {{ ref('stg_indoor') }} {% if true %} union all select * from {{ ref('stg_weather') }} {% endif %}`,
    ],
    ['alone', `select * from {{ ref('stg_weather') }}`],
  ])('are an error if the union needs them: %s', async (_, union) => {
    write(UNION, union);
    expect(await found()).toContainEqual(
      expect.stringMatching(
        /^error source-unconfigured models\/2_marts\/fct_sensor_readings\.sql:1: .*found "stg_weather".*fix: take what reads stg_weather out of this model, or give weather a row/,
      ),
    );
  });

  test('are an error if a model of configured sources reads them', async () => {
    write(
      'models/2_marts/compared.sql',
      `select * from {{ ref('stg_indoor') }}\njoin {{ ref('stg_weather') }} using (x)\n`,
    );
    write('models/1_staging/stg_both.sql', `{{ landing('weather') }} union all {{ landing('indoor') }}\n`);
    expect((await found()).filter((line) => line.startsWith('error')).map((line) => line.split('; fix')[0])).toEqual([
      'error source-unconfigured models/1_staging/stg_both.sql:1: a model of configured sources also reads a source that is not configured; found "weather", expected sources that have a row',
      'error source-unconfigured models/2_marts/compared.sql:2: a model of configured sources also reads a source that is not configured; found "stg_weather", expected sources that have a row',
    ]);
  });

  test('are an error if a model computes what it reads', async () => {
    write(UNION, `{% for id in ['indoor', 'weather'] %} select * from {{ ref('stg_' ~ id) }} {% endfor %}`);
    expect(await found()).toEqual([
      expect.stringMatching(
        /^error source-unconfigured models\/0_landing\/landing_weather_raw\.sql:1: .*found "weather"/,
      ),
    ]);
  });
});
