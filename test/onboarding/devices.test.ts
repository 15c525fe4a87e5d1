import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUntried } from '../support/add-untried';
import { type Building, newBuilding } from '../support/building';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';
import { DEVICES, type Device, type DeviceRow } from './devices';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2024, 9, 13, 8);

/** Ten hours over noon and midnight of clocks of Prague, every ten minutes; each device has numbers of its own. */
function readings(device: Device): DeviceRow[] {
  const seed = DEVICES.indexOf(device) + 2;
  return Array.from({ length: 96 }, (_, i) => ({
    time: FIRST + i * (HOUR / 6),
    values: [Number((18 + ((i * seed) % 50) / 10).toFixed(1)), Number((41.5 + ((i * 7 * seed) % 90) / 10).toFixed(1))],
  }));
}

/** The hours that they have: sums of energy, means of all other. */
function hoursOf(device: Device): string[] {
  return device.series
    .flatMap(([location, dataKey], s) =>
      Array.from({ length: 16 }, (_, hour) => {
        const values = readings(device)
          .slice(6 * hour, 6 * hour + 6)
          .map((row) => row.values[s]!);
        const sum = values.reduce((total, value) => total + value, 0);
        const value = dataKey.includes('energy') ? sum : sum / 6;
        return `${new Date(FIRST + hour * HOUR).toISOString()} ${location} ${dataKey} 6 ${value.toFixed(5)}`;
      }),
    )
    .sort();
}

describe.skipIf(!process.env.DBT_PYTHON)('exports of devices that nobody here has go from file to dataset', () => {
  let building: Building;
  let dataset: PublishedRow[];
  const sources = new Map<Device, string>();

  beforeAll(async () => {
    const scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      // A logger ends with a row of events alone.
      quality_thresholds: (text) => text.replace(/^\*,null_share.*$/m, '*,null_share,,0.5'),
    });
    building = { ...(await newBuilding(project)), remove: scratch.remove };
    for (const [i, device] of DEVICES.entries()) {
      const folder = join(building.drive, 'Devices', String(i));
      await mkdir(folder, { recursive: true });
      const path = join(folder, device.file);
      await writeFile(path, device.write(readings(device)));
      const plan = await addUntried(project, path, { location: [`sm2drive:Devices/${i}`], ...device.options });
      sources.set(device, plan.row.name!);
    }
    const { code, stderr } = await building.run('run');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    dataset = await readDataset(building.warehouse);
  }, 300_000);
  afterAll(async () => {
    await rm(building.folder, { recursive: true, force: true });
    await building.remove();
  });

  test.each(DEVICES.map((device) => [device.sentence, device] as const))('%s', (_, device) => {
    const published = dataset
      .filter(({ source }) => source === sources.get(device))
      .map(
        (row) =>
          `${new Date(row.time).toISOString()} ${row.location} ${row.data_key} ${row.n} ${row.data_value.toFixed(5)}`,
      );
    expect(published.sort()).toEqual(hoursOf(device));
  });
});
