import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setField } from '@sensor-warehouse/model/seeds/seed-edits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { readParquet } from '../support/published';

/** Leaves out, in each row of a seed, the fields at its end that hold nothing, and of data_keys the words that nobody computes with. */
const shortened = (name: string, text: string): string =>
  text
    .split('\n')
    .map((line, at) => {
      if (at === 0) return line;
      const fewer = name === 'data_keys.csv' ? line.replace(/,("[^"]*"|[^,"]*)$/, '') : line;
      return fewer.replace(/,+$/, '');
    })
    .join('\n');

/** Makes a project what a copy of an earlier version is: its settings and macros say nothing of short rows. */
async function makeOlder(project: string): Promise<void> {
  const path = join(project, 'dbt_project.yml');
  const settings = await readFile(path, 'utf8');
  await writeFile(path, settings.replace(/^ +#.*\n +\+fast: false\n/m, ''));
  for (const macro of ['source', 'united_by_name']) await rm(join(project, 'macros', `${macro}.sql`));
  const decimals = join(project, 'macros', 'shortest_decimals.sql');
  await writeFile(
    decimals,
    (await readFile(decimals, 'utf8')).replace('as_united(model.compiled_code)', 'model.compiled_code'),
  );
}

describe.skipIf(!process.env.DBT_PYTHON)('seeds whose rows leave out what they can', () => {
  let scratch: Building;
  let building: Building;
  const short: string[] = [];

  /** A night that hands nothing over, and the facts that it made. */
  async function facts(project: string): Promise<readonly [Ended, readonly object[]]> {
    const work = `${project}-work`;
    const ended = await building.run('refresh', ['--project', project, '--dry-run', '--work', work]);
    return [ended, await readParquet(join(work, 'transform', 'fact.parquet')).catch(() => [])];
  }

  async function shorten(project: string): Promise<void> {
    for (const name of await readdir(join(project, 'seeds'))) {
      if (!name.endsWith('.csv')) continue;
      const path = join(project, 'seeds', name);
      const text = await readFile(path, 'utf8');
      const fewer = shortened(name, text);
      if (fewer !== text) short.push(name);
      await writeFile(path, fewer);
    }
  }

  let whole: Awaited<ReturnType<typeof facts>>;
  const nights = new Map<string, Awaited<ReturnType<typeof facts>>>();

  beforeAll(async () => {
    scratch = await newBuilding();
    building = await newBuilding();
    const rows = samples('2024-10-20T00:00:00Z', '2024-10-20T03:00:00Z', 10, [1, 2, 3, 4, 5]);
    await building.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, rows));
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-20T00:00:00Z', '2024-10-20T03:00:00Z', 10, [1, 2])),
    );
    whole = await facts(await projectWith(join(scratch.folder, 'whole'), {}));
    for (const kind of ['today', 'older']) {
      const project = await projectWith(join(scratch.folder, kind), {
        exclusions: (text) => `${text.trimEnd()}\nindoor,SM2_01_L1_01,temp_indoor,2024-01-01,2024-01-02,opened\n`,
        location_map: (text) => `${text.trimEnd()}\n\n`,
        datasources_config: (text) => setField(setField(text, 'ventilation', 'enabled', ''), 'indoor', 'enabled', ''),
      });
      await shorten(project);
      if (kind === 'older') await makeOlder(project);
      nights.set(kind, await facts(project));
    }
  }, 300_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  test('are those with optional fields', () => {
    expect([...new Set(short)].sort()).toEqual([
      'data_keys.csv',
      'datasources_config.csv',
      'mapping_indoor.csv',
      'quality_thresholds.csv',
    ]);
  });

  test.each(['today', 'older'])('give the facts that whole rows give, in a project of %s', (kind) => {
    const [ended, made] = nights.get(kind)!;
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
    expect(whole[1].length).toBe(18 * UNIT_1.length + 18 * 2);
    expect(made).toEqual(whole[1]);
  });
});
