import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../support/command-line';
import { mapCells, ROOM, UNIT_1 } from './mutations';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layouts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HOURS = Array.from({ length: 24 }, (_, hour) => `2026-05-01 ${String(hour).padStart(2, '0')}:00`);
const table = (header: string, rows: (time: string) => readonly string[], mark = ';') =>
  [header, ...HOURS.flatMap(rows), ''].join('\n').replaceAll(',', mark);
const long = (mark: string) =>
  table('timestamp,sensor_id,temp,humidity', (time) => ['a1', 'b2'].map((id) => `${time},${id},21,45`), mark);

test.each<readonly [string, string, (text: string) => string, string]>([
  ['a long table', UNIT_1, () => long(';'), 'now a long table: one row for each time and "sensor_id"'],
  [
    'a long table with another delimiter',
    UNIT_1,
    () => long(','),
    'now a long table: one row for each time and "sensor_id"',
  ],
  [
    'a long table of one sensor',
    UNIT_1,
    () => table('time,Čidlo,Teplota', (time) => [`${time},Obývák,21`]),
    'now a long table: one row for each time and "Čidlo"',
  ],
  [
    'all sensors in one file',
    ROOM,
    (text) =>
      mapCells(text, ',', 1, (cells, row) => [row === 0 ? 'Sensor' : row % 2 ? 'A1' : 'B2', ...cells]).replace(
        /^(A1,.*)$/gm,
        (line) => `${line}\n${line.replace('A1', 'B2')}`,
      ),
    'now a long table: one row for each time and "Sensor"',
  ],
  [
    'date and time in one column',
    ROOM,
    (text) => text.replace('Date,Time,', 'Datetime,').replace(/^(\d+\/\d+\/\d{4}),/gm, '$1 '),
    'date and time are now in one column, "Datetime"',
  ],
  [
    'date and time in two columns',
    UNIT_1,
    (text) => text.replace('Date;', 'Date;Time;').replace(/^(\d\d\.\d\d\.\d{4}) /gm, '$1;'),
    'date and time are now in two columns, "Date" and "Time"',
  ],
  [
    'a column for each time of day',
    UNIT_1,
    () => `Date;${HOURS.map((time) => time.slice(11)).join(';')}\n2026-05-01;${HOURS.map(() => '0,5').join(';')}\n`,
    'a column for each time of day, such as "00:00"',
  ],
  [
    'a column for each date',
    UNIT_1,
    () => 'sensor;2026-05-01;2026-05-02;2026-05-03\nhall;20,5;20,6;20,7\n',
    'a column for each date, such as "2026-05-01" and "2026-05-03"',
  ],
  [
    'columns of another device',
    UNIT_1,
    () => table('when,CO2 (ppm),Noise (dB)', (time) => [`${time},420,35`]),
    'none of its 3 columns',
  ],
])('%s is one finding, which proposes nothing', async (_, file, change, message) => {
  const lines = (await readFile(join(root, 'examples', 'sm2', file), 'utf8')).split(/\r?\n/).slice(0, 200);
  const path = join(folder, basename(file));
  await writeFile(path, change(`${lines.join('\n')}\n`));
  const { datasources } = await loadConfiguration(join(root, 'seeds'));
  const source = datasources.find(({ location }) => location.endsWith(file.slice(0, file.lastIndexOf('/'))))!;
  const report = await readExport(
    { path, name: basename(file), ordinal: 1 },
    source,
    `${path}.landing`,
    Date.UTC(2027, 0),
    newRoom(),
  );
  const told = report.findings.map(findingLine).join('\n');
  expect(
    report.findings.map(({ code }) => code),
    told,
  ).toEqual(['layout-changed']);
  expect(report.findings[0]!.message).toContain(message);
  expect(report.findings[0]!.accept).toBeUndefined();
});
