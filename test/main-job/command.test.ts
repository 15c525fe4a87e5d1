import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, NOW, newBuilding } from '../support/building';
import { type Ended, root, warehouse } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { fileTree } from '../support/published';

const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T14:00:00Z', 1, [11, 12]));
const ventilation = atrea(
  'Graph_1.csv',
  UNIT_1,
  samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]),
);

describe.skipIf(!process.env.DBT_PYTHON)('warehouse run', () => {
  let building: Building;
  let project: string;
  let before: object;
  let dry: Ended;
  let afterDry: object;
  let real: Ended;
  const trees = async () => ({ drive: await fileTree(building.drive), project: await fileTree(project) });

  beforeAll(async () => {
    const scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {});
    building = { ...(await newBuilding(project)), remove: scratch.remove };
    await building.upload('Indoor', indoor);
    await building.upload('Vzduchotechnika', ventilation);
    await building.upload('Vzduchotechnika', { name: 'Graph_broken.csv', text: 'Date;Something else;\r\n1;2;\r\n' });
    before = await trees();
    dry = await building.run('run', ['--dry-run']);
    afterDry = await trees();
    await rm(join(building.uploadFolder('Vzduchotechnika'), 'Graph_broken.csv'));
    real = await building.run('run', ['--json'], { process: true });
  }, 240_000);
  afterAll(async () => {
    await rm(building.folder, { recursive: true, force: true });
    await building.remove();
  });

  test('--dry-run changes no byte of the drive and of the project, and says what it would do', () => {
    expect(afterDry).toEqual(before);
    expect(dry.stderr).toMatch(/would write facts\/000001-[0-9a-f]{8} with 505 facts/);
  });

  test('--dry-run finds what the run itself would find', () => {
    expect(dry.stderr).toContain('Graph_broken.csv');
  });

  test('--json prints the stages with their equations, and nothing else, on standard output', () => {
    const { stages, published } = JSON.parse(real.stdout);
    expect(stages.map(({ stage }: { stage: string }) => stage)).toEqual([
      'ingest',
      'validate-schema',
      'transform',
      'publish-facts',
      'check-quality',
      'influx-aggregate',
      'publish-parquet',
    ]);
    expect(stages[1].equation).toBe('lines 245 = landed 245 + quarantined 0');
    expect(stages[2].equation).toBe('readings landed 505 = facts 505 + rejected 0');
    expect(stages[5].equation).toBe('facts 505 = new keys 505 + replaced 0 + repeated 0');
    expect(stages[6].equation).toBe('hours of the partitions 33 = rows of the dataset 33');
    expect(published).toMatchObject({ generation: 1, rows: 33, changed: true, held: {} });
  });

  test('status --json says what is published of each source', async () => {
    const { code, stdout } = await building.run('status', ['--json']);
    const { generation, version, sources, waiting } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect({ generation, version: version.slice(0, -8), waiting }).toEqual({
      generation: 1,
      version: '2024.10.1-',
      waiting: [],
    });
    expect(sources).toEqual([
      { datasource: 'ventilation', months: 1, from: '2024-10', to: '2024-10', readings: 25, hours: 25 },
      { datasource: 'indoor', months: 1, from: '2024-10', to: '2024-10', readings: 480, hours: 8 },
    ]);
  });

  test('status in words says the same', async () => {
    const { stdout } = await building.run('status');
    expect(stdout).toContain('indoor: 1 months 2024-10 to 2024-10, 480 readings, 8 hours');
  });

  test('aggregate-publish --dry-run after a refresh changes nothing and says which version it would publish', async () => {
    await building.upload(
      'Indoor',
      thermoPro('CCEA', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [3, 4])),
    );
    expect((await building.run('refresh')).code).toBe(0);
    const waiting = await fileTree(building.drive);
    const ended = await building.run('aggregate-publish', ['--dry-run']);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/would publish version 2024\.10\.2-[0-9a-f]{8} with 35 rows/);
    expect(await fileTree(building.drive)).toEqual(waiting);
  });
});

describe('warehouse validate', () => {
  let folder: string;
  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'validate-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('accepts a good export with its counts, ends with 0 and changes nothing', async () => {
    const file = await put(indoor.name, indoor.text);
    const before = await fileTree(folder);
    const { code, stdout } = await warehouse(['validate', file, '--now', NOW]);
    expect(code).toBe(0);
    expect(stdout).toBe(`accepted ${indoor.name} [indoor]: lines 240 = landed 240 + quarantined 0\n`);
    expect(await fileTree(folder)).toEqual(before);
  });

  test('refuses a broken one with file, line, column and a fix, and ends with 2', async () => {
    const file = await put('Graph_broken.csv', ventilation.text.replace('tu1-privod', 'tu1-supply'));
    const { code, stdout } = await warehouse(['validate', file, '--now', NOW]);
    expect(code).toBe(2);
    expect(stdout).toContain('refused Graph_broken.csv [ventilation]');
    expect(stdout).toMatch(/Graph_broken\.csv:1:.*vzt01_temp-tu1-supply.*; fix: /);
  });

  test('checks all files and reports each, as JSON with --json', async () => {
    const files = [await put('Graph_a.csv', ventilation.text), await put('Graph_b.csv', 'no table')];
    const { code, stdout } = await warehouse(['validate', ...files, '--json', '--now', NOW]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).map((one: Record<string, string>) => [one.file, one.datasource, one.verdict])).toEqual([
      ['Graph_a.csv', 'ventilation', 'accepted'],
      ['Graph_b.csv', 'ventilation', 'refused'],
    ]);
  });

  test('names every path that is not there or fits no source before it reads any file', async () => {
    const file = await put(indoor.name, indoor.text);
    const other = await put('notes.csv', 'no export');
    const absent = join(folder, 'Graph_absent.csv');
    const { code, stdout, stderr } = await warehouse(['validate', file, absent, other, folder, '--now', NOW]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain(`these files cannot be read: ${absent} (ENOENT), ${folder} (not a file)`);
    expect(stderr).toContain(`no file_pattern matches the name: ${other}; expected Graph* or `);
    expect(stderr).toContain('nothing was done');
  });

  test('a file that does not exist is not a bug', async () => {
    const { code, stderr } = await warehouse(['validate', join(folder, 'Graph_absent.csv')]);
    expect(stderr).toContain('Graph_absent.csv');
    expect(code).toBe(3);
  });
});

describe('the command line', () => {
  test.each([
    [['republish'], 'unknown command'],
    [['run'], '--warehouse is missing'],
    [['run', '--warehouse', 'x:W', '--now', 'yesterday'], 'is not a UTC instant'],
    [['run', '--warehouse', 'x:W', '--engine', 'spark'], 'expected embedded or influxdb'],
    [['run', '--warehouse', 'x:W', '--dry-run', '--influx-url', 'http://x'], 'need --engine influxdb'],
    [['run', '--warehouse', 'x:W', '--engine', 'influxdb', '--influx-org', 'x'], '--influx-org needs --influx-url'],
    [['backfill', '--warehouse', 'x:W', '--engine', 'influxdb', '--influx-url', 'http://x'], '--influx-org is missing'],
    [
      ['run', '--warehouse', 'x:W', '--engine', 'influxdb', '--influx-url', 'http://x', '--influx-org', 'x'],
      'INFLUX_TOKEN is missing',
    ],
    [['run', '--warehouse', 'x:W', '--fast'], '--fast'],
    [['status', '--warehouse', 'nowhere:W'], 'the remote \\"nowhere\\" is neither bound'],
    [['status', '--warehouse', '--help=x'], '--warehouse'],
    [
      ['status', '--remote', 'drive=nowhere', '--warehouse', 'drive:W'],
      'the folder "nowhere" of the remote "drive" does not exist',
    ],
    [['status', '--project', 'nowhere', '--warehouse', './W'], 'the folder with seeds is missing'],
  ])('%j is a configuration failure that says what is wrong, with exit code 3', async (args, said) => {
    const { code, stderr, stdout } = await warehouse(args);
    expect(code).toBe(3);
    expect(stderr.replaceAll('\\"', '"')).toContain(said.replaceAll('\\"', '"'));
    expect(stdout).toBe('');
  });

  test('refuses an rclone that is too old, before it reaches any remote', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'old-rclone-'));
    await writeFile(join(folder, 'rclone'), '#!/bin/sh\n[ "$1" = version ] && echo rclone v1.74.3\n', { mode: 0o755 });
    const config = join(folder, 'rclone.conf');
    await writeFile(config, '[drive]\ntype = local\n');
    const { code, stderr, stdout } = await warehouse(
      ['status', '--warehouse', 'drive:Warehouse', '--rclone-config', config],
      { env: { PATH: `${folder}:${process.env.PATH}` } },
    );
    await rm(folder, { recursive: true });
    expect(stderr).toMatch(/rclone is too old; found rclone v1\.74\.3, expected rclone v1\.75\.0 or newer/);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  test('--help lists every command and exit code', async () => {
    const { code, stdout } = await warehouse(['--help']);
    expect(code).toBe(0);
    for (const word of ['run', 'refresh', 'aggregate-publish', 'validate', 'status', 'Exit codes'])
      expect(stdout).toContain(word);
  });

  test('works from any folder, with a project that is named', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await mkdir(join(elsewhere, 'drive'));
    const options = ['--remote', 'sm2drive=drive', '--warehouse', 'sm2drive:W', '--project', root];
    const { code, stdout } = await warehouse(['status', ...options], { cwd: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(`${code} ${stdout}`).toContain('0 generation 0');
  });
});
