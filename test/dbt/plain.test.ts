import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, warehouse } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';
import { projectWith } from '../support/project';
import { ingest, validateSchema } from '../support/stages';

const EXAMPLES = join(root, 'examples', 'sm2');
const LANDING = join('examples', 'landing');

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** dbt as a person runs it in the folder: its own program, and no variable of ours. */
const dbt = (cwd: string, ...words: readonly string[]) =>
  start(join(dirname(process.env.DBT_PYTHON_ITSELF ?? process.env.DBT_PYTHON!), 'dbt'), cwd, words);

/** The same where dbt is loaded already, which is half of its time. */
const loadedDbt = (cwd: string, ...words: readonly string[]) =>
  start(process.env.DBT_PYTHON!, cwd, ['-c', 'from dbt.cli.main import cli; cli()', ...words]);

function start(program: string, cwd: string, words: readonly string[]): Promise<Ended> {
  const ours = Object.entries(process.env).filter(([name]) => !/^(WAREHOUSE|DBT)_/.test(name));
  return new Promise((settle, reject) => {
    const child = spawn(program, [...words, '--profiles-dir', '.'], {
      cwd,
      env: { ...Object.fromEntries(ours), DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => settle({ code, output }));
  });
}

/** What one query gives. */
async function ask(sql: string): Promise<unknown[][]> {
  const duckdb = await DuckDBConnection.create();
  await duckdb.run("set timezone = 'UTC'");
  const rows = (await duckdb.runAndReadAll(sql)).getRowsJson();
  duckdb.closeSync();
  return rows as unknown[][];
}

/** How many rows a relation has that dbt built; another process looks, because this one would keep holding the database. */
async function rowsOf(project: string, relation: string): Promise<number> {
  const program =
    "import duckdb; print(duckdb.connect('warehouse.duckdb').sql('select count(*) from ' + '%s').fetchone()[0])";
  const python = process.env.DBT_PYTHON_ITSELF ?? process.env.DBT_PYTHON!;
  const { stdout } = await promisify(execFile)(python, ['-c', program.replace('%s', relation)], { cwd: project });
  return Number(stdout);
}

describe('the landing of the examples', () => {
  test('is what a night lands of them: npm run landing makes it', async () => {
    const work = await mkdtemp(join(tmpdir(), 'landing-'));
    const places = ['--remote', `sm2drive=${EXAMPLES}`, '--warehouse', join(work, 'warehouse')];
    const context = await contextOfOptions(readOptions(['refresh', '--project', root, ...places]), work);
    await ingest({ ...context, say: () => {} });
    await validateSchema({ ...context, say: () => {} });
    const tables = await readdir(join(work, 'landing'));
    const rows = (folder: string, table: string) => `(from read_parquet('${join(folder, table)}/*.parquet'))`;
    const differing: unknown[] = [];
    for (const table of tables) {
      const [ours, fresh] = [rows(join(root, LANDING), table), rows(join(work, 'landing'), table)];
      const [counts] = await ask(
        `select (select count(*) from (${ours} except all ${fresh}))::int, (select count(*) from (${fresh} except all ${ours}))::int`,
      );
      if (counts!.join() !== '0,0') differing.push([table, ...counts!]);
    }
    await rm(work, { recursive: true });
    expect((await readdir(join(root, LANDING))).sort()).toEqual(tables.sort());
    expect(differing).toEqual([]);
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('dbt alone, in a fresh copy of the repository', () => {
  let folder: string;
  let project: string;
  const ended = new Map<string, Ended>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plain-'));
    project = await projectWith(join(folder, 'clone of it'), {});
    await cp(join(root, LANDING), join(project, LANDING), { recursive: true });
    await writeFile(
      join(project, 'models', '3_aggregations', 'agg_daily.sql'),
      `select date_trunc('day', time) as day, avg(data_value) as mean from {{ source('archive', 'readings') }} group by all`,
    );
    ended.set('parse', await dbt(project, 'parse'));
    ended.set('build', await dbt(project, 'build'));
    ended.set('docs', await loadedDbt(project, 'docs', 'generate'));
  }, 400_000);
  afterAll(() => rm(folder, { recursive: true }));

  test.each(['parse', 'build', 'docs'])('runs dbt %s with nothing set', (command) => {
    const { code, output } = ended.get(command)!;
    expect(`${code} ${output}`).toMatch(/^0 /);
  });

  test('builds the facts of the examples: one for each cell with a value that is mapped', async () => {
    const [[landed]] = (await ask(
      `with cells as (
         select 1 from (unpivot (from '${root}/${LANDING}/indoor/*.parquet') on columns(* exclude (_time, _ordinal, _line)))
         union all
         select 1 from (unpivot (from '${root}/${LANDING}/ventilation/*.parquet') on columns(* exclude (_time, _ordinal, _line))))
       select count(*)::int from cells`,
    )) as [[number]];
    expect(landed).toBeGreaterThan(300_000);
    expect(await rowsOf(project, 'fact')).toBe(landed);
  });

  test('finds the archive of a level empty if no run has left one', async () => {
    expect(await rowsOf(project, 'agg_daily')).toBe(0);
  });

  test('builds on the landing of the last run that was asked to leave it in work', async () => {
    const upload = join(folder, 'drive', 'Indoor', 'Latest', 'Upload');
    await mkdir(upload, { recursive: true });
    const { name, text } = thermoPro('493D', samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 10, [1, 2]));
    await writeFile(join(upload, name), text);
    const places = ['--remote', `sm2drive=${join(folder, 'drive')}`, '--warehouse', 'sm2drive:Warehouse'];
    const run = await warehouse(['refresh', '--dry-run', '--work', 'work', ...places], { cwd: project });
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 .*with 60 facts/s);
    const { code, output } = await loadedDbt(project, 'build');
    expect(`${code} ${output}`).toMatch(/^0 /);
    expect(await rowsOf(project, 'fact')).toBe(60);
  }, 240_000);

  test('says how to make a landing if there is none', async () => {
    for (const place of ['work', LANDING]) await rm(join(project, place), { recursive: true });
    const { code, output } = await loadedDbt(project, 'build');
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /There is no landing of \w+ in work\/landing or examples\/landing\..* bin\/warehouse refresh --dry-run --work work --remote NAME=FOLDER --warehouse PLACE/,
    );
  });
});
