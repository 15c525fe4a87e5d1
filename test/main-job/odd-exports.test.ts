import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { projectWith } from '../support/project';
import { fileTree, type PublishedRow, readDataset } from '../support/published';

const CASES = join(root, 'test', 'cases');
const HIDDEN = ['._export_1.csv', '~$export_1.csv', '.DS_Store', 'Thumbs.db', '.~lock.export_1.csv#'];

/** A wide table whose third column has no name, and whose last row has no line end. */
const EXPORT = 'time,A,,B\n2024-10-01 00:00:00,20,40,1\n2024-10-01 00:30:00,21,42,x\n2024-10-01 01:00:00,22,4';

describe.skipIf(!process.env.DBT_PYTHON)('a night with exports that are odd, and readable', () => {
  let scratch: Building;
  let building: Building;
  let ended: Ended;
  let dataset: readonly PublishedRow[];

  beforeAll(async () => {
    scratch = await newBuilding();
    const add =
      (...lines: string[]) =>
      (text: string) =>
        `${text.trimEnd()}\n${lines.join('\n')}\n`;
    const project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) =>
        add(
          'odd,Odd,csv,sm2drive:Odd,*export*,time,temperature',
          'probes,Probes,csv,sm2drive:Probes,probe*,time,temperature,file-per-sensor,,%Y-%m-%d %H:%M,,,,,,,mapping_probes;mapping_probes_columns,,,,,probe_{id}.csv',
        )(text.replace(/^(.*)\n/, '$1,sensor_pattern\n')),
      ignored_columns: add('odd,B,words', 'probes,b2,broken'),
      location_map: add('odd_room,Odd room', 'probe_room,Probe room'),
    });
    const seed = (name: string, ...lines: string[]) =>
      writeFile(join(project, 'seeds', `${name}.csv`), `${lines.join('\n')}\n`);
    // The place comes first in its line, where others may see a comment.
    await seed(
      'mapping_odd',
      'data_key_original,location,data_key',
      '#3,odd_room,humidity_indoor',
      'A,odd_room,temp_indoor',
    );
    await seed('mapping_probes', 'sensor,location', 'a1,probe_room');
    await seed('mapping_probes_columns', 'column,data_key', 'Temperature,temp_indoor', 'Humidity,humidity_indoor');
    building = await newBuilding(project);
    expect(await building.run('models', ['--write'])).toMatchObject({ code: 0 });
    const put = async (folder: string, name: string, bytes: string | Buffer) => {
      await mkdir(join(building.drive, folder), { recursive: true });
      await writeFile(join(building.drive, folder, name), bytes);
    };
    await put('Odd', 'export_1.csv', EXPORT);
    const appleDouble = await readFile(join(CASES, 'hidden-files-hold-the-source', '._appledouble_1.csv'));
    for (const name of HIDDEN) await put('Odd', name, appleDouble);
    const probe = await readFile(join(CASES, 'hidden-files-hold-the-source', 'appledouble_1.csv'), 'utf8');
    await put('Probes', 'probe_a1.csv', probe.replace('Time', 'time'));
    await put('Probes', 'probe_B2.csv', 'of another device, in words');
    ended = await building.run('run');
    dataset = await readDataset(building.warehouse).catch(() => []);
  }, 120_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  const published = (location: string, dataKey: string) =>
    dataset
      .filter((row) => row.location === location && row.data_key === dataKey)
      .map(({ time, n, data_value }) => `${time} ${n} ${data_value}`);

  test('publishes them', () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
  });

  test('has the hours of a column that is named by its place', () => {
    expect(published('Odd room', 'humidity_indoor')).toEqual(['2024-10-01T00:00:00Z 2 41']);
    expect(published('Odd room', 'temp_indoor')).toEqual(['2024-10-01T00:00:00Z 2 20.5']);
  });

  test('quarantines the last row, as received, and reports it', async () => {
    const kept = Object.keys(await fileTree(building.warehouse)).find((path) =>
      /^quarantine\/odd\/.*(?<!\.json|\.md)$/.test(path),
    );
    const text = await readFile(join(building.warehouse, kept!), 'utf8');
    expect(text).toBe('time,A,,B\n2024-10-01 01:00:00,22,4');
    expect(ended.stderr).toMatch(/warning truncated-row \[odd\] export_1\.csv:4: .*final_line_end/);
  });

  test('leaves hidden files where they are, with one info', async () => {
    expect((await readdir(join(building.drive, 'Odd'))).sort()).toEqual([...HIDDEN].sort());
    expect(ended.stderr).toMatch(/info file-unmatched \[odd\].*hidden files/);
  });

  test('leaves the files of an ignored sensor where they are, and reads the others', async () => {
    expect(await readdir(join(building.drive, 'Probes'))).toEqual(['probe_B2.csv']);
    expect(ended.stderr).toMatch(/info ignored-sensor \[probes\]/);
    expect(published('Probe room', 'temp_indoor').length).toBeGreaterThan(5);
  });

  test('adds the quarantined row when an export has it whole', async () => {
    await writeFile(join(building.drive, 'Odd', 'export_1.csv'), `${EXPORT}4,2\n`);
    expect(await building.run('run')).toMatchObject({ code: 0 });
    dataset = await readDataset(building.warehouse);
    expect(published('Odd room', 'humidity_indoor')).toEqual([
      '2024-10-01T00:00:00Z 2 41',
      '2024-10-01T01:00:00Z 1 44',
    ]);
  });
});
