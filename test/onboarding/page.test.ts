import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../main-job/command-line';
import { projectWith } from '../main-job/project';
import { fenced } from '../repository/files';

const PAGE = 'docs/add-a-datasource.md';
const run = promisify(execFile);

describe.skipIf(!process.env.DBT_PYTHON)('the commands of the page on adding a datasource', () => {
  const commands = fenced(PAGE, 'sh');
  let project: string;
  let outputs: string[];

  beforeAll(async () => {
    project = await projectWith(await mkdtemp(join(tmpdir(), 'page-')), {});
    for (const part of ['bin', 'examples']) await symlink(join(root, part), join(project, part));
    outputs = [];
    for (const command of commands) {
      const { stdout } = await run('bash', ['-euc', command], { cwd: project });
      outputs.push(stdout);
    }
  }, 120_000);
  afterAll(() => rm(project, { recursive: true, force: true }));

  test('add a source each, and the seeds are sound with all of them', async () => {
    const { datasources } = await loadConfiguration(join(project, 'seeds'));
    expect(datasources.map(({ id, layout }) => [id, layout])).toEqual([
      ['ventilation', 'wide'],
      ['indoor', 'file-per-sensor'],
      ['ventilation_b', 'wide'],
      ['rooms_b', 'file-per-sensor'],
      ['station', 'wide'],
    ]);
    const rooms = datasources.find(({ id }) => id === 'rooms_b')!;
    expect([...rooms.sensors]).toEqual(['493D', 'CCEA', '0042']);
    expect(rooms.datetimeFormats).toEqual(['%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M']);
  });

  test('print the hours that the page shows', async () => {
    const page = await readFile(join(root, PAGE), 'utf8');
    const [, shown] = /^```\n(hour [\s\S]*?)^```/m.exec(page)!;
    expect(outputs[0]).toContain(shown);
  });

  test('show the hours of the station as DuckDB computes them from the file', async () => {
    const duckdb = await DuckDBConnection.create();
    const sample = join(root, 'examples', 'sources', 'station_2024-10-02.txt');
    const sql = `
      select strftime(date_trunc('hour', t at time zone 'UTC'), '%Y-%m-%dT%H:%MZ') as hour, data_key,
        round(avg(cast(cell as double)), 3)::double as value, count(*) as readings
      from (
        unpivot (select strptime("Time", '%d/%m/%Y %H:%M') at time zone 'Europe/Prague' as t, * exclude ("Time", "Remark")
                 from read_csv('${sample}', skip = 1, delim = '\t', header = true, all_varchar = true))
        on columns(* exclude (t)) into name label value cell) as cells
      join (values ('Outdoor temperature (°C)', 'outdoor_temperature'), ('Relative humidity (%)', 'relative_humidity'),
        ('Pressure (hPa)', 'pressure'), ('Rain total', 'rain_total')) as keys(label, data_key) using (label)
      where cell <> '--' group by all order by hour, data_key limit 12`;
    const rows = (await duckdb.runAndReadAll(sql)).getRowsJson().map((row) => row.map(String));
    duckdb.closeSync();
    const table = outputs[2]!.slice(outputs[2]!.indexOf('\nhour ')).trim().split('\n');
    const printed = table.slice(1, 13).map((line) => line.split(/ +/));
    expect(printed.map(([hour, , , ...rest]) => [hour, ...rest])).toEqual(rows);
  });
});
