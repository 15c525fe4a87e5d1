import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { rowReader, type TimeStep } from '@sensor-warehouse/explorer/dataset/series-rows';
import { csvOf } from '@sensor-warehouse/explorer/page/csv';
import { duckdbQuery, pandasQuery, type Wanted } from '@sensor-warehouse/explorer/page/query-texts';
import { fileRanges, readFilesList } from '@sensor-warehouse/explorer/serve/folder-dataset';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeFolder } from '../support/explorer';

const NAMES = [
  { location: '1NP-S1', source: 'indoor', dataKey: 'temp_indoor' },
  { location: '7NP-S1', source: 'indoor', dataKey: 'temp_indoor' },
];
const PERIODS: readonly (readonly [TimeStep, string, string])[] = [
  ['hour', '2024-10-26T22:00:00Z', '2024-10-28T00:00:00Z'],
  ['hour', '2023-12-30T10:30:00Z', '2024-01-02T10:30:00Z'],
  ['day', '2024-03-30T23:00:00Z', '2024-04-02T22:00:00Z'],
  ['day', '2023-12-30T10:30:00Z', '2024-01-02T10:30:00Z'],
  ['week', '2023-12-20T00:00:00Z', '2024-01-20T00:00:00Z'],
];

describe('the queries of the explorer', () => {
  let folder: string;
  beforeAll(async () => {
    folder = `${await madeFolder('building')}/`;
  });

  const wanted = ([step, from, to]: (typeof PERIODS)[number]): Wanted => ({
    keys: NAMES,
    step,
    from: Date.parse(from),
    to: Date.parse(to),
  });
  /** Values as the page has them in its CSV, in the order of the queries. */
  const valuesOfPage = async ({ step, from, to }: Wanted) => {
    const list = await readFilesList(folder);
    const reader = rowReader(list, (file) => fileRanges(folder, file));
    const series = await Promise.all(
      NAMES.map(async (key) => ({ key, unit: '°C', rows: await reader.rows(key, step, from, to) })),
    );
    const csv = csvOf(series, step, [from, to], openZone('Europe/Prague'), 'en');
    const [head, ...lines] = csv.trimEnd().split('\r\n');
    const at = head!.split(',').indexOf('data_value');
    return lines.map((line) => Number(line.split(',')[at]));
  };

  it.each(PERIODS)('give in DuckDB the rows of the CSV, by %s from %s', async (...period) => {
    const list = await readFilesList(folder);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll(duckdbQuery(wanted(period), list, folder));
    const values = rows.getRowObjects().map(({ data_value }) => data_value);
    expect(values.length).toBeGreaterThan(5);
    expect(values).toEqual(await valuesOfPage(wanted(period)));
  });

  it.skipIf(!process.env.PANDAS_PYTHON)('give in pandas the rows of the CSV', async () => {
    const list = await readFilesList(folder);
    const programs = PERIODS.map(
      (period) => `${pandasQuery(wanted(period), list, folder)}out.append(rows["data_value"].tolist())\n`,
    );
    const program = `import json\nout = []\n${programs.join('')}print(json.dumps(out))\n`;
    const { stdout } = await promisify(execFile)(process.env.PANDAS_PYTHON!, ['-c', program]);
    expect(JSON.parse(stdout)).toEqual(await Promise.all(PERIODS.map((period) => valuesOfPage(wanted(period)))));
  });

  it('keep names what they are, whatever quotes are in them', async () => {
    const [key] = [{ location: `it's "x"\\`, source: 'indoor', dataKey: 'temp_indoor' }];
    const list = await readFilesList(folder);
    const one = { ...wanted(PERIODS[0]!), keys: [key!] };
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const sql = duckdbQuery(one, list, join(folder, '/'));
    expect((await connection.runAndReadAll(sql)).getRows()).toEqual([]);
    expect(sql).toContain(`('it''s "x"\\', 'indoor', 'temp_indoor')`);
    expect(pandasQuery(one, list, folder)).toContain(String.raw`("it's \"x\"\\", "indoor", "temp_indoor")`);
  });
});
