import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { projectWith } from '../support/project';

const OLD = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');
const RUN_BLOCK = join(import.meta.dirname, 'run-block.py');

/** What somebody of another building publishes: its README must say nothing of ours. */
describe('the README of a dataset', () => {
  let scratch: Building;
  let building: Building;
  let duckdb: DuckDBConnection;
  let folder: string;
  let blocks: { readonly language: string; readonly code: string }[];
  const codeOf = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ code }) => code);
  /** The months of the examples, as instants of UTC, by a reader that shares no code with the README. */
  const august = `from 'school.parquet'
    where time >= timestamptz '2026-08-01 00:00:00+00' and time < timestamptz '2026-09-01 00:00:00+00'`;
  const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();

  beforeAll(async () => {
    scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      dataset: (seed) => seed.replace('sm2_public_dataset', 'school'),
      location_map: (seed) => seed.replaceAll('1NP-S1', 'Class_1A'),
    });
    building = await newBuilding(project);
    duckdb = await DuckDBConnection.create();
    const theirs = join(building.folder, 'theirs.parquet');
    await duckdb.run(
      `copy (select * replace (replace(location, '1NP-S1', 'Class_1A') as location) from '${OLD}') to '${theirs}'`,
    );
    const { code, stderr } = await building.run('import-legacy', [theirs, '--label', 'start', '--zone', 'UTC']);
    if (code !== 0) throw new Error(stderr);
    folder = join(building.warehouse, 'public');
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
      language: language!,
      code: code!,
    }));
    await duckdb.run(`set file_search_path = '${folder}'`);
  });
  afterAll(async () => {
    duckdb.closeSync();
    await building.remove();
    await scratch.remove();
  });

  test('has no block of code that is not run here', () => {
    expect(blocks.map(({ language }) => language)).toEqual(['sql', 'python', 'python']);
  });

  test('asks DuckDB for a location and a month that the dataset has, in whatever zone the reader lives', async () => {
    const [sql] = codeOf('sql');
    expect(sql).toContain("location = 'Class_1A'");
    await duckdb.run("set timezone = 'America/Los_Angeles'");
    const shown = await rows(sql!);
    const key = /data_key = '(\w+)'/.exec(sql!)![1]!;
    expect(shown).toEqual(
      await rows(`select time, data_value ${august} and location = 'Class_1A' and data_key = '${key}' order by time`),
    );
    expect(shown.length).toBeGreaterThan(100);
  });

  describe.skipIf(!process.env.PANDAS_PYTHON)('in pandas', () => {
    async function run(code: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
      const child = spawn(process.env.PANDAS_PYTHON!, [RUN_BLOCK], { cwd: folder, stdio: 'pipe' });
      child.stdin.end(code);
      const ended = new Promise<number>((resolve) => child.on('close', resolve));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { code: await ended, out, err };
    }
    const order = (table: readonly (readonly unknown[])[]) => table.map((row) => row.join('|')).sort();

    test.each([
      ['filters by the column `time`', 0],
      ['lets code that asks for `timestamp` without a zone run as it is', 1],
    ])('%s: the rows are those that DuckDB gives', async (_, at) => {
      const { code, out, err } = await run(codeOf('python')[at]!);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const expected = await rows(
        `select strftime(time at time zone 'UTC', '%Y-%m-%dT%H:%M:%S+00:00'), location, data_key, data_value ${august}`,
      );
      expect(order(JSON.parse(out))).toEqual(order(expected));
      expect(expected.length).toBeGreaterThan(100);
    });

    test('says the truth about what does not work: another name of the column, or a time without a zone', async () => {
      const [, , ...lines] = codeOf('python')[0]!.split('\n');
      const [read, query] = lines as [string, string];
      const attempt = (changed: string) => run(`import pandas as pd\n${read}\n${changed}\n`);
      expect((await attempt(query)).code).toBe(0);
      expect((await attempt(query.replaceAll('time', 'timestamp'))).err).toContain("'timestamp' is not defined");
      expect((await attempt(query.replaceAll(' 00:00:00+00:00', ''))).err).toContain('TypeError: Invalid comparison');
    });
  });
});
