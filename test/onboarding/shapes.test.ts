import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setField } from '@sensor-warehouse/model/seeds/seed-edits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUntried } from '../support/add-untried';
import { type Building, newBuilding } from '../support/building';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';
import { type Made, SHAPES, type Shape } from './shapes';

const HOUR = 3_600_000;

/** Five hours, every ten minutes; each shape has numbers of its own. */
function made(shape: Shape): Made[] {
  const seed = SHAPES.indexOf(shape) + 1;
  return Array.from({ length: 30 }, (_, i) => ({
    time: Date.UTC(2024, 9, 1, 6) + i * 600_000,
    values: shape.series.map(([, key], s) => {
      const value = 15.5 + ((i * 7 * seed + s * 13) % 60) / 10;
      return key === 'pressure' ? 1000 + value : Number(value.toFixed(1));
    }),
  }));
}

/** The hours that these readings have: sums of what is additive, means of all other. */
function hoursOf(rows: readonly Made[], { series }: Shape): string[] {
  return series
    .flatMap(([location, dataKey], s) =>
      [6, 7, 8, 9, 10].map((hour) => {
        const start = Date.UTC(2024, 9, 1, hour);
        const values = rows
          .filter(({ time }) => time >= start && time < start + HOUR)
          .map(({ values }) => (dataKey === 'energy_made' ? Math.round(values[s]!) : values[s]!));
        const sum = values.reduce((total, value) => total + value, 0);
        const value = dataKey === 'energy_made' ? sum : sum / values.length;
        return `${new Date(start).toISOString()} ${location} ${dataKey} ${values.length} ${value.toFixed(6)}`;
      }),
    )
    .sort();
}

describe.skipIf(!process.env.DBT_PYTHON)('what programs export goes from file to dataset with options alone', () => {
  let building: Building;
  let project: string;
  let dataset: PublishedRow[];
  const sources = new Map<Shape, string>();

  /** As `add-datasource --yes`, but for the trial: all of them are tried at once in the end. */
  async function add(shape: Shape): Promise<void> {
    const path = join(building.folder, shape.file);
    await writeFile(path, shape.write(made(shape)));
    const plan = await addUntried(project, path, {
      location: [`sm2drive:Shapes/${SHAPES.indexOf(shape)}`],
      ...shape.options,
    });
    const uploads = join(building.drive, 'Shapes', String(SHAPES.indexOf(shape)));
    await mkdir(uploads, { recursive: true });
    await writeFile(join(uploads, shape.file), shape.write(made(shape)));
    sources.set(shape, plan.row.name!);
  }

  beforeAll(async () => {
    const scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      // Thirty rows with a gap are short of a night.
      quality_thresholds: (text) => text.replace(/^\*,null_share.*$/m, '*,null_share,,0.5'),
    });
    building = { ...(await newBuilding(project)), remove: scratch.remove };
    for (const shape of SHAPES) await add(shape);
    const { code, stderr } = await building.run('run');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    dataset = await readDataset(building.warehouse);
  }, 300_000);
  afterAll(async () => {
    await rm(building.folder, { recursive: true, force: true });
    await building.remove();
  });

  test.each(SHAPES.map((shape) => [shape.sentence, shape] as const))('%s', (_, shape) => {
    const of = new Set(shape.series.map(([location]) => location));
    const published = dataset
      .filter(({ source, location }) => source === sources.get(shape) && of.has(location))
      .map(
        (row) =>
          `${new Date(row.time).toISOString()} ${row.location} ${row.data_key} ${row.n} ${row.data_value.toFixed(6)}`,
      );
    expect(published.sort()).toEqual(hoursOf(made(shape), shape));
  });

  test('stays in the dataset when its source is switched off, or removed as the page says', async () => {
    const edit = async (path: string, change: (text: string) => string) =>
      writeFile(join(project, path), change(await readFile(join(project, path), 'utf8')));
    await edit('seeds/datasources_config.csv', (text) => setField(text, 'mast', 'enabled', 'false'));
    await edit('seeds/datasources_config.csv', (text) => text.replace(/^feeds,.*\n/m, ''));
    await edit('seeds/ignored_columns.csv', (text) => text.replaceAll(/^feeds,.*\n/gm, ''));
    await edit('models/2_marts/fct_sensor_readings.sql', (text) =>
      text.replace(/\n *union all by name\n *select \* from \{\{ ref\('stg_feeds'\) \}\}/, ''),
    );
    await edit('models/0_landing/_sources.yml', (text) => text.replace(/^ *- name: feeds\n/m, ''));
    const files = ['landing_feeds_raw.sql', 'stg_feeds.sql', 'mapping_feeds.csv', 'mapping_feeds.yml'];
    for (const folder of ['models/0_landing', 'models/1_staging', 'seeds'])
      for (const file of files) await rm(join(project, folder, file), { force: true });
    // Something new, so that a version is published without them.
    const [first] = SHAPES as [Shape];
    const later = made(first).map((row) => ({ ...row, time: row.time + 24 * HOUR }));
    await writeFile(join(building.drive, 'Shapes', '0', 'Hygro-Bedroom_export202410021859.csv'), first.write(later));
    const { code, stderr } = await building.run('run');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    const keyOf = ({ time, location, source, data_key, data_value }: PublishedRow) =>
      [time, location, source, data_key, data_value].join(' ');
    const after = new Set((await readDataset(building.warehouse)).map(keyOf));
    expect(after.size).toBe(dataset.length + 10);
    expect(dataset.map(keyOf).filter((key) => !after.has(key))).toEqual([]);
  });
});
