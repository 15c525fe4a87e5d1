import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addRow } from '@sensor-warehouse/model/seeds/seed-edits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';

const CASES = join(root, 'test', 'cases');
const HISTORY = join(CASES, 'ha-text-states', 'ha_mixed.csv');
const ANNOTATED = join(CASES, 'duplicate-or-blank-labels', 'influx_annotated.csv');

type Row = Readonly<Record<string, string>>;

/** The rows that the page gives for each seed. None of their fields needs quotation marks. */
async function recipes(): Promise<(readonly [seed: string, columns: readonly string[], rows: readonly Row[]])[]> {
  const page = await readFile(join(root, 'docs', 'export-recipes.md'), 'utf8');
  return [...page.matchAll(/^`seeds\/(\w+)\.csv`\n\n```csv\n([\s\S]*?)\n```/gm)].map(([, seed, text]) => {
    const [header, ...lines] = text!.split('\n').map((line) => line.split(','));
    return [seed!, header!, lines.map((fields) => Object.fromEntries(header!.map((name, i) => [name, fields[i]!])))];
  });
}

/** Adds rows to a seed, as a person would: with the columns that its header lacks. */
async function addRows(project: string, [seed, columns, rows]: Awaited<ReturnType<typeof recipes>>[number]) {
  const path = join(project, 'seeds', `${seed}.csv`);
  const text = await readFile(path, 'utf8').catch(() => `${columns.join(',')}\n`);
  const header = text.split('\n', 1)[0]!;
  const lacking = columns.filter((column) => !header.split(',').includes(column));
  let csv = text.replace(header, [header, ...lacking].join(','));
  // How the seed is checked does not matter here, only where its columns stand.
  for (const row of rows) csv = addRow(csv, 'datasources_config', row);
  await writeFile(path, csv);
}

/** Hours of numbers that a table shows, of the rows that `pick` takes: `hour n mean`. */
function hoursOf(text: string, pick: (cells: readonly string[]) => readonly [time: string, value: string] | undefined) {
  const hours = new Map<string, number[]>();
  for (const line of text.split(/\r?\n/)) {
    const [time, value] = pick(line.split(',')) ?? [];
    if (time === undefined || value === undefined || !/^-?\d/.test(value)) continue;
    const hour = `${time.slice(0, 13)}:00:00Z`;
    hours.set(hour, [...(hours.get(hour) ?? []), Number(value)]);
  }
  return [...hours].map(
    ([hour, all]) => `${hour} ${all.length} ${(all.reduce((a, b) => a + b) / all.length).toFixed(6)}`,
  );
}

describe.skipIf(!process.env.DBT_PYTHON)('the recipes for Home Assistant and InfluxDB', () => {
  let scratch: Building;
  let building: Building;
  let ended: Ended;
  let dataset: readonly PublishedRow[];

  beforeAll(async () => {
    scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {});
    for (const recipe of await recipes()) await addRows(project, recipe);
    building = await newBuilding(project);
    expect(await building.run('models', ['--write'])).toMatchObject({ code: 0 });
    for (const [folder, name, from] of [
      ['HomeAssistant', 'history_1.csv', HISTORY],
      ['Influx', 'influx_1.csv', ANNOTATED],
    ] as const) {
      await mkdir(join(building.drive, folder), { recursive: true });
      await writeFile(join(building.drive, folder, name), await readFile(from));
    }
    ended = await building.run('run');
    dataset = await readDataset(building.warehouse).catch(() => []);
  }, 120_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  const published = (location: string, dataKey: string) =>
    dataset
      .filter((row) => row.location === location && row.data_key === dataKey)
      .map(({ time, n, data_value }) => `${time} ${n} ${data_value.toFixed(6)}`);

  test('are read as they stand', () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
  });

  test('publish the temperature of Home Assistant, and leave the door out', async () => {
    const history = await readFile(HISTORY, 'utf8');
    const truth = hoursOf(history, ([id, state, time]) =>
      id === 'sensor.living_temperature' ? [time!, state!] : undefined,
    );
    expect(truth.length).toBeGreaterThan(5);
    expect(published('Living room', 'temp_indoor')).toEqual(truth);
    expect(new Set(dataset.map(({ location }) => location))).toEqual(new Set(['Living room', 'Kitchen', 'Hall']));
  });

  test.each([
    ['Kitchen', 'kitchen', 'temperature', 'temp_indoor'],
    ['Hall', 'hall', 'temperature', 'temp_indoor'],
    ['Kitchen', 'kitchen', 'humidity', 'humidity_indoor'],
    ['Hall', 'hall', 'humidity', 'humidity_indoor'],
  ])('publish what InfluxDB has of the %s, %s, %s', async (location, room, field, dataKey) => {
    const text = await readFile(ANNOTATED, 'utf8');
    const truth = hoursOf(text, (cells) =>
      cells[9] === room && cells[7] === field ? [cells[5]!, cells[6]!] : undefined,
    );
    expect(truth.length).toBeGreaterThan(5);
    expect(published(location, dataKey)).toEqual(truth);
  });
});
