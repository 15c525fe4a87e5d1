import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';
import { projectWith } from '../support/project';

/** What a night left in the work folder of the stage transform. */
interface Built {
  readonly folder: string;
  readonly facts: Buffer;
  /** Whether dbt built a database, rather than another night of this run. */
  readonly itself: boolean;
}

const buildings: Building[] = [];

async function buildIn(project: string, sensor = '493D'): Promise<Built> {
  const building = await newBuilding(project);
  buildings.push(building);
  const rows = samples('2024-11-02T00:00:00Z', '2024-11-02T03:00:00Z', 20, [1, 2]);
  await building.upload('Indoor', thermoPro(sensor, rows));
  const work = join(building.folder, 'work');
  const { code, stderr } = await building.run('refresh', ['--work', work]);
  if (code !== 0) throw new Error(stderr);
  const folder = join(work, 'transform');
  return {
    folder,
    facts: await readFile(join(folder, 'fact.parquet')),
    itself: existsSync(join(folder, 'warehouse.duckdb')),
  };
}

describe('a night whose landing another test has built', () => {
  let scratch: string;
  let first: Built;
  let second: Built;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'shared-'));
    const project = await projectWith(join(scratch, 'one'), {});
    first = await buildIn(project);
    second = await buildIn(project);
  }, 120_000);
  afterAll(() =>
    Promise.all([scratch, ...buildings.map(({ folder }) => folder)].map((it) => rm(it, { recursive: true }))),
  );

  test('gets its facts, and no database', () => {
    expect([first.itself, second.itself]).toEqual([true, false]);
    expect(second.facts.equals(first.facts)).toBe(true);
  });

  test('is built itself if a model differs by one space', async () => {
    const project = await projectWith(join(scratch, 'two'), {});
    await appendFile(join(project, 'models', '2_marts', 'fact.sql'), ' ');
    expect((await buildIn(project)).itself).toBe(true);
  });

  test('is built itself if its upload is of another sensor', async () => {
    const { itself, facts } = await buildIn(join(scratch, 'one'), '050D');
    expect(itself).toBe(true);
    expect(facts.equals(first.facts)).toBe(false);
  });

  test('is built after all if something else is to be exported', async () => {
    const { folder } = second;
    const order = {
      database: join(folder, 'warehouse.duckdb'),
      landing: join(folder, '..', 'landing'),
      facts: join(folder, 'none.parquet'),
      locations: [],
      columns: {},
    };
    const program = join(root, 'packages', 'warehouse', 'src', 'python', 'export_facts.py');
    const ran = promisify(execFile)(process.env.DBT_PYTHON!, ['-E', '-s', '-B', '-W', 'ignore', program]);
    ran.child.stdin!.end(JSON.stringify(order));
    const { rows, rejected } = JSON.parse((await ran).stdout);
    expect([rows, rejected.length > 0, existsSync(order.database)]).toEqual([0, true, true]);
  });
});
