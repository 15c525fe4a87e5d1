import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root, warehouse } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { fileTree, type PublishedRow, readDataset } from '../support/published';

const HOUR = '2024-10-30T10:00:00Z';
const good = thermoPro('493D', samples(HOUR, '2024-10-30T12:00:00Z', 10, [11, 12]), { order: 'DMY' });
/** Two rows of the hour cannot be read: their temperatures are 100 and 200 in the corrected copy. */
const [preamble, header, ...rows] = good.text.split(/(?<=\r\n)/) as [string, string, ...string[]];
const spoiled = (row: string, cell: string) => row.replace(/^([^,]+,[^,]+),[^,]+/, `$1,${cell}`);
const damaged = [preamble, header, spoiled(rows[0]!, '20.0 C'), spoiled(rows[1]!, '@team ::error::'), ...rows.slice(2)];
const corrected = [preamble, header, spoiled(rows[0]!, '20'), spoiled(rows[1]!, '30')].join('');

const october = samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]);
const ventilation = atrea('Graph_october.csv', UNIT_1, october);
const renamed = { ...ventilation, text: ventilation.text.replace('temp-tu1-privod', 'temperature-tu1-privod') };

const hourOf = (dataset: readonly PublishedRow[], location: string, dataKey: string, time: string) =>
  dataset.find((row) => row.location === location && row.data_key === dataKey && row.time === time);

describe.skipIf(!process.env.DBT_PYTHON)('a night that leaves rows and a file out', () => {
  let building: Building;
  let scratch: Building;
  let project: string;
  let quarantined: string[];
  let rowsEntry: string;
  let fileEntry: string;
  const replay = (...options: string[]) => building.run('replay', options);
  const inQuarantine = (source: string, name: string) =>
    readFile(join(building.warehouse, 'quarantine', source, name), 'utf8');

  beforeAll(async () => {
    scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) => text.replace('mapping_indoor_columns,0,hold', 'mapping_indoor_columns,3,hold'),
    });
    building = await newBuilding(project);
    await building.upload('Indoor', { ...good, text: damaged.join('') });
    await building.upload('Vzduchotechnika', renamed);
    const night = await building.run('run');
    expect(`${night.code} ${night.stderr}`).toMatch(/^2 /);
    quarantined = Object.keys(await fileTree(building.warehouse)).filter((path) => path.startsWith('quarantine/'));
    rowsEntry = quarantined.find((path) => path.endsWith('.rows'))!;
    fileEntry = quarantined.find((path) => path.endsWith('Graph_october.csv.report.json'))!;
  });
  afterAll(async () => {
    await building.remove();
    await scratch.remove();
  });

  test('keeps each beside a report for programs and one for people', () => {
    expect(quarantined.map((path) => path.replace(/[0-9a-f]{12}/, '…'))).toEqual([
      `quarantine/indoor/…_${good.name}.report.json`,
      `quarantine/indoor/…_${good.name}.report.md`,
      `quarantine/indoor/…_${good.name}.rows`,
      'quarantine/ventilation/…_Graph_october.csv',
      'quarantine/ventilation/…_Graph_october.csv.report.json',
      'quarantine/ventilation/…_Graph_october.csv.report.md',
    ]);
  });

  test('keeps the rows after the opening of their file, byte for byte', async () => {
    expect(await readFile(join(building.warehouse, rowsEntry), 'utf8')).toBe(damaged.slice(0, 4).join(''));
  });

  test('says of each row where it stood and why it was left out', async () => {
    const report = JSON.parse(await inQuarantine('indoor', `${rowsEntry.split('/')[2]!.slice(0, -5)}.report.json`));
    expect(report).toMatchObject({ file: good.name, verdict: 'accepted', counts: { quarantined: 2 } });
    expect(report.rows).toEqual([
      { line: 3, lastLine: 3, code: 'type-error' },
      { line: 4, lastLine: 4, code: 'type-error' },
    ]);
  });

  test('shows people the command that accepts the change, and the one that puts the file back', async () => {
    const text = await inQuarantine('ventilation', `${fileEntry.split('/')[2]!.slice(0, -'.json'.length)}.md`);
    expect(text).toContain(
      '\nwarehouse accept ventilation renamed-label:vzt01_temperature-tu1-privod-C Graph_october.csv\n',
    );
    expect(text).toContain(`\nwarehouse replay ${fileEntry} --warehouse PLACE\n`);
  });

  test('shows cells in the report in a form that nothing obeys', async () => {
    const text = await inQuarantine('indoor', `${rowsEntry.split('/')[2]!.slice(0, -5)}.report.md`);
    expect(text).toContain('20.0 C');
    expect(text).not.toMatch(/@team|::error::/);
  });

  test('puts nothing back that is not right yet', async () => {
    const { code, stdout } = await replay(rowsEntry);
    expect(code).toBe(2);
    expect(stdout).toContain('still refused; nothing was changed');
    expect(await readdir(building.uploadFolder('Indoor'))).toEqual([]);
  });

  test('says that a refused file which still is in its folder is taken from there', async () => {
    await accept();
    const { code, stdout } = await replay(fileEntry);
    expect(code).toBe(0);
    expect(stdout).toContain('already in the upload folder; the next run takes it');
  });

  describe('and then is put right', () => {
    let dryRun: string;
    let second: Awaited<ReturnType<Building['run']>>;
    let dataset: PublishedRow[];
    const copy = () => join(scratch.folder, 'corrected.csv');

    beforeAll(async () => {
      await accept();
      await writeFile(copy(), corrected);
      await rm(join(building.uploadFolder('Vzduchotechnika'), 'Graph_october.csv'));
      dryRun = (await replay(rowsEntry, '--file', copy(), '--dry-run')).stdout;
      expect(await readdir(building.uploadFolder('Indoor'))).toEqual([]);
      const first = await replay(rowsEntry, '--file', copy());
      expect(`${first.code} ${first.stderr}`).toMatch(/^0 /);
      second = await replay(rowsEntry, '--file', copy());
      expect((await replay(fileEntry)).code).toBe(0);
      const night = await building.run('run');
      expect(`${night.code} ${night.stderr}`).toMatch(/^0 /);
      dataset = await readDataset(building.warehouse);
    });

    test('tells with --dry-run what it would do', () => {
      expect(dryRun).toContain('lines 2 = landed 2 + quarantined 0; would be put into the upload folder');
    });

    test('does nothing when it is run twice', () => {
      expect(second.code).toBe(0);
      expect(second.stdout).toContain('already in the upload folder');
    });

    test('publishes the hour with the corrected rows, as counted by hand', () => {
      const others = rows.slice(2, 6).map((row) => Number(row.split(',')[2]));
      const mean = others.reduce((total, value) => total + value, 50) / 6;
      expect(hourOf(dataset, '1NP-S1', 'temp_indoor', HOUR)!.n).toBe(6);
      expect(hourOf(dataset, '1NP-S1', 'temp_indoor', HOUR)!.data_value).toBeCloseTo(mean, 9);
    });

    test('publishes the file that had been refused', () => {
      expect(hourOf(dataset, 'sm2_01', 'temp_fresh', '2024-10-20T00:00:00Z')!.data_value).toBe(october[0]!.values[3]);
    });

    test('says of what was handed over that nothing is to be done', async () => {
      const { code, stdout } = await replay(rowsEntry, '--file', copy());
      expect(code).toBe(0);
      expect(stdout).toContain('already handed over; there is nothing to do');
    });

    test('leaves a note in the quarantine for those who look there', async () => {
      const notes = (await readdir(join(building.warehouse, 'quarantine', 'indoor'))).filter((name) =>
        /\.replayed-[0-9a-f]{8}\.json$/.test(name),
      );
      expect(notes).toHaveLength(1);
    });
  });

  /** Accepts the new name in the project, once. */
  async function accept() {
    if ((await readFile(join(project, 'seeds', 'contracts', 'ventilation.json'), 'utf8')).includes('temperature-tu1'))
      return;
    const path = join(building.uploadFolder('Vzduchotechnika'), 'Graph_october.csv');
    const id = 'renamed-label:vzt01_temperature-tu1-privod-C';
    const ended = await warehouse(['accept', 'ventilation', id, path, '--project', project]);
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
  }
});

describe('what is not an entry of the quarantine', () => {
  let building: Building;
  beforeAll(async () => {
    building = await newBuilding();
  });
  afterAll(() => building.remove());

  test('is an error that names it', async () => {
    const { code, stderr } = await building.run('replay', ['quarantine/indoor/none.csv']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"quarantine\/indoor\/none\.csv\.report\.json" is not an entry.*code=quarantine-entry/);
  });

  test('a report whose file name leads out of the folder is not followed', async () => {
    const path = join(building.folder, 'x.report.json');
    const sha256 = 'a'.repeat(64);
    const report = { datasource: 'indoor', file: '../../x.csv', sha256, verdict: 'refused', rows: [], whole: true };
    await writeFile(path, JSON.stringify(report));
    const { code } = await building.run('replay', [path]);
    expect(code).toBe(2);
    expect(existsSync(join(root, 'x.csv'))).toBe(false);
  });
});
