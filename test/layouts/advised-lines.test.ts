import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedsWith } from '../support/configured-source';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advised-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TEXT = `Time,Meter,Register,Value
2024-10-01 10:00:00,m1,in,20.5
2024-10-01 10:00:00,"hall, upper",in,21.5
2024-10-01 10:00:00,m1,"out, ""cold""",9.5
`;
const SHAPE = {
  fileName: 'shape.csv',
  row: {
    required_columns: 'Time;Meter;Register;Value',
    layout: 'long',
    sensor_column: 'Meter',
    quantity_column: 'Register',
    value_column: 'Value',
  },
  mapping: 'column,data_key\nin,temp_indoor',
  sensors: 'sensor,location\nm1,SM2_01_L1_01\n',
};

/** Reads the export by the seeds as they are now. */
async function read(seeds: string) {
  const { datasources } = await loadConfiguration(seeds);
  const path = join(folder, 'raw');
  await writeFile(path, TEXT);
  const file = { path, name: SHAPE.fileName, ordinal: 1 };
  const now = Date.parse('2024-12-31T00:00:00Z');
  return readExport(file, datasources.find(({ id }) => id === 'shape')!, join(folder, 'landing'), now, newRoom());
}

/** The line between two phrases of a fix. */
function advised(fix: string, before: string, after: string): string {
  const start = fix.indexOf(before) + before.length;
  return fix.slice(start, fix.indexOf(after, start));
}

describe('the lines that a refused long export advises', () => {
  test('name its sensor and its quantity so that the seeds read them back, whatever is in them', async () => {
    const named = { ...SHAPE, row: { ...SHAPE.row } };
    const seeds = await seedsWith(folder, named);
    const refused = await read(seeds);
    expect(refused.findings.map(({ code }) => code)).toEqual(['sensor-unknown', 'quantity-unknown']);
    const [sensor, quantity] = refused.findings.map(({ fix }) => fix!);
    const sensorLine = advised(sensor!, 'add the line ', ' to the mapping seed of sensors');
    const ignoredLine = advised(quantity!, 'or the line ', ' to seeds/ignored_columns.csv');
    await appendFile(join(seeds, 'mapping_shape_sensors.csv'), `${sensorLine.replace('<location>', 'SM2_02_L1_01')}\n`);
    await appendFile(join(seeds, 'ignored_columns.csv'), `${ignoredLine.replace('<reason>', 'cold water')}\n`);
    const taken = await read(seeds);
    expect(taken.verdict).toBe('accepted');
    expect(taken.counts).toMatchObject({ landed: 3 });
  });

  test('name a sensor that may be ignored instead', async () => {
    const seeds = await seedsWith(folder, SHAPE);
    await appendFile(
      join(seeds, 'ignored_columns.csv'),
      'shape,"hall, upper",not ours\nshape,"out, ""cold""",not ours\n',
    );
    expect((await read(seeds)).verdict).toBe('accepted');
  });
});
