import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, root, warehouse } from '../support/command-line';
import { EXAMPLES } from '../support/example-uploads';
import { inShell } from '../support/in-shell';
import { projectWith } from '../support/project';
import { fenced } from '../support/repository-files';

const PLACE = ['--remote', 'sm2drive=./drive', '--warehouse', 'sm2drive:Warehouse'];
const UPLOAD = join('Vzduchotechnika', 'Latest', 'Upload');

/**
 * What the pipeline before this one would have published of the same readings: the label is the end of the hour on Prague's
 * clock, marked as UTC; of the doubled hour one row. Two places have a history that the new one does not know.
 */
const OLD = `
  select ((time at time zone 'Europe/Prague') + interval 1 hour) at time zone 'UTC' as time,
    location, source, measurement, data_key, last(data_value order by time) as data_value
  from 'drive/Warehouse/public/sm2_public_dataset.parquet' group by all
  union all select timestamptz '2022-06-01 12:00:00+02:00' + to_hours(hour::int), 'sm2_01', 'Atrea', 'nonadditive', 'temp_fresh', 20
  from range(48) as hours(hour)
  union all select timestamptz '2022-06-01 12:00:00+02:00', 'test', 'test', 'nonadditive', 'test_test', 1`;

describe.skipIf(!process.env.DBT_PYTHON)('the commands of the page on moving in, in a fresh folder', () => {
  let project: string;
  const ended: Ended[] = [];

  beforeAll(async () => {
    project = await projectWith(await mkdtemp(join(tmpdir(), 'moving-in-')), {});
    await symlink(join(root, 'bin'), join(project, 'bin'));
    const uploads = join(project, 'drive', UPLOAD);
    await mkdir(uploads, { recursive: true });
    await cp(join(EXAMPLES, UPLOAD, 'Graph_sm2_01.csv'), join(uploads, 'Graph_sm2_01.csv'));
    const night = await warehouse(['run', ...PLACE, '--now', '2024-11-29T12:00:00Z'], { cwd: project });
    if (night.code !== 0) throw new Error(night.stderr);
    const duckdb = await DuckDBConnection.create();
    await duckdb.run(`set file_search_path = '${project}'`);
    await duckdb.run("set timezone = 'UTC'");
    await duckdb.run(`create table old as ${OLD}`);
    await duckdb.run(`copy old to '${project}/sm2_public_dataset.parquet' (format parquet)`);
    await mkdir(join(project, 'Normalized'));
    // The last hours of October have labels of November.
    for (const month of ['2024-10', '2024-11'])
      await duckdb.run(`copy (
        select strftime(time, '%Y-%m-%dT%H:%M:%SZ') as time, * exclude (time) from old
        where strftime(time, '%Y-%m') = '${month}' and location <> 'test'
      ) to '${project}/Normalized/nonadditive_${month}.hourly.csv' (format csv, header)`);
    duckdb.closeSync();
    const commands = fenced('docs/moving-in.md', 'sh').flatMap((block) => block.trim().split('\n'));
    for (const command of commands) ended.push(await inShell(command, project));
  }, 300_000);
  afterAll(() => rm(project, { recursive: true, force: true }));

  test('compare the two, and say what the old labels mean', () => {
    const [{ code, stdout }] = ended as [Ended];
    expect(code).toBe(2);
    expect(stdout).toContain('the old labels are the window’s end, in Europe/Prague local time marked as UTC');
    expect(stdout).toContain('49 hours are unexplained');
  });

  test('compare a month of the monthly tables, as JSON', () => {
    const { code, stdout } = ended[1]!;
    const { unexplained, groups } = JSON.parse(stdout);
    expect({ code, unexplained, months: new Set(groups.map((one: { month: string }) => one.month)) }).toEqual({
      code: 2,
      unexplained: 0,
      months: new Set(['2024-10']),
    });
  });

  test('end with 0 for a month that the rule explains, when that is asked for', () => {
    const { code, stdout } = ended[2]!;
    expect(stdout).toContain('the rule explains every hour');
    expect(code).toBe(0);
  });

  test('import what only the old one has: first as a trial, then for real', () => {
    const [trial, import_] = ended.slice(3) as [Ended, Ended];
    expect([trial.code, import_.code]).toEqual([0, 0]);
    expect(trial.stdout).toContain('rejected left-out: 1');
    expect(trial.stdout).toMatch(/would publish version 20\d\d\.\d\d\.2-/);
    expect(import_.stdout).toContain('2022-06: 48 hours, 48 added');
  });

  test('show the imported hours in the status', () => {
    const { code, stdout } = ended[5]!;
    expect({ code, commands: ended.length }).toEqual({ code: 0, commands: 6 });
    expect(stdout).toMatch(/imported from an earlier pipeline: \d+ hours in \d+ months, 2022-06 to 2024-11/);
  });
});
